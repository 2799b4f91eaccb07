// Opens and closes sockets, and echoes messages, for long enough that a leak shows: npm run soak. The host suite runs a
// hundredth of it. Arguments: how many cycles, and how many echoes. Prints a line of JSON; judged by who runs it.
import { readdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { openSocket } from 'afnetlink';

const NETLINK_USERSOCK = 2;
const WINDOW = 32;

const [cycles = 100_000, echoes = 10_000_000] = process.argv.slice(2).map(Number);

interface Usage {
  readonly descriptors: number;
  readonly residentBytes: number;
  readonly outsideHeapBytes: number;
}

async function usage(): Promise<Usage> {
  // Finalizers run between turns of the loop.
  for (let round = 0; round < 5; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { rss, external } = process.memoryUsage();
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    residentBytes: rss,
    outsideHeapBytes: external,
  };
}

/** Sockets in every state in which they can be closed. */
async function openAndClose(count: number): Promise<void> {
  for (let cycle = 0; cycle < count; cycle++) {
    const socket = openSocket({ protocol: NETLINK_USERSOCK, offload: cycle % 50 === 0 });
    if (cycle % 3 === 0) socket.receive().catch(() => undefined);
    else if (cycle % 5 === 0) socket.onDatagrams(() => undefined)();
    if (cycle % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
    socket.close();
  }
}

async function echo(count: number): Promise<void> {
  using client = openSocket({ protocol: NETLINK_USERSOCK });
  using server = openSocket({ protocol: NETLINK_USERSOCK });
  const payload = new Uint8Array(64);
  server.onDatagrams((batch) => {
    for (let index = 0; index < batch.count; index++) {
      const offset = batch.offset(index);
      const bytes = batch.bytes(index).subarray(offset, offset + batch.length(index));
      server.sendDatagram(bytes, { portId: batch.portId(index) });
    }
  });
  for (let sent = 0; sent < count; sent += WINDOW) {
    for (let index = 0; index < WINDOW; index++) client.send({ payload, to: { portId: server.portId } });
    for (let index = 0; index < WINDOW; index++) await client.receive();
  }
}

async function workers(count: number): Promise<void> {
  const source = `
    const { openSocket } = require('afnetlink');
    for (let count = 0; count < 5; count++) openSocket({ protocol: 2 }).receive();
    setImmediate(() => process.exit(0));
  `;
  for (let index = 0; index < count; index++) {
    await new Promise((resolve) => new Worker(source, { eval: true }).on('exit', resolve));
  }
}

async function main(): Promise<void> {
  // What is built once and kept is built by the first tenth.
  await openAndClose(cycles / 10);
  await echo(echoes / 10);
  await workers(3);
  const before = await usage();
  const began = performance.now();
  await openAndClose(cycles);
  const opened = performance.now();
  await echo(echoes);
  const echoed = performance.now();
  await workers(10);
  const after = await usage();
  console.log(
    JSON.stringify({
      cycles,
      echoes,
      microsecondsACycle: ((opened - began) * 1000) / cycles,
      microsecondsAnEcho: ((echoed - opened) * 1000) / echoes,
      before,
      after,
    }),
  );
}

void main();
