#!/usr/bin/env node
// The demo: sends one text to the kernel module netlink_test and prints the echo. Floor 1 of the API, nothing else.
import { parseArgs } from 'node:util';
import { NetlinkError, cString, openSocket, type NetlinkSocket } from '../index.js';

const usage = `Usage: nl_recv [options] [TEXT]

Sends TEXT ("Hello you!" if absent) to a kernel module's netlink protocol and prints what comes back.

  --protocol N   netlink protocol number, 0 to 31 (17, that of netlink_test)
  --timeout S    seconds to wait for each answer (5)
  --bytes N      send N bytes instead of TEXT, and compare the answer with them
  --count N      send and receive N times (1)
  --help         this text`;

interface Arguments {
  readonly protocol: number;
  readonly timeout: number;
  readonly count: number;
  readonly payload: Uint8Array;
  /** A payload as the user sees it: the text up to its NUL, or a number of bytes. */
  readonly describe: (payload: Uint8Array) => string;
  readonly isEcho: (answer: Uint8Array) => boolean;
}

class UsageError extends Error {}

function number(name: string, text: string, low: number, high: number): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!(value >= low && value <= high))
    throw new UsageError(`--${name} takes a number from ${low} to ${high}, not "${text}"`);
  return value;
}

function integer(name: string, text: string, low: number, high: number): number {
  const value = number(name, text, low, high);
  if (!Number.isInteger(value)) throw new UsageError(`--${name} takes a whole number, not "${text}"`);
  return value;
}

function textOf(payload: Uint8Array): string {
  const end = payload.indexOf(0);
  return new TextDecoder().decode(end === -1 ? payload : payload.subarray(0, end));
}

function parse(): Arguments | undefined {
  const { values, positionals } = parseArgs({
    options: {
      protocol: { type: 'string', default: '17' },
      timeout: { type: 'string', default: '5' },
      bytes: { type: 'string' },
      count: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (values.help) return undefined;
  if (positionals.length > 1)
    throw new UsageError(`one TEXT at most; quote it: nl_recv "${positionals.join(' ')}"`);
  if (values.bytes !== undefined && positionals.length > 0)
    throw new UsageError('TEXT and --bytes exclude each other');
  const common = {
    protocol: integer('protocol', values.protocol, 0, 31),
    timeout: number('timeout', values.timeout, 0.001, 86_400),
    count: integer('count', values.count, 1, Number.MAX_SAFE_INTEGER),
  };
  if (values.bytes === undefined) {
    const text = positionals[0] ?? 'Hello you!';
    // A module of the classic make answers without the terminating NUL.
    return {
      ...common,
      payload: cString(text),
      describe: textOf,
      isEcho: (answer) => textOf(answer) === text,
    };
  }
  const size = integer('bytes', values.bytes, 0, 1 << 20);
  const payload = Uint8Array.from({ length: size }, (_, index) => index);
  return {
    ...common,
    payload,
    describe: (bytes) => `${bytes.length} bytes`,
    isEcho: (answer) => Buffer.compare(answer, payload) === 0,
  };
}

async function echo(socket: NetlinkSocket, { payload, timeout, describe, isEcho }: Arguments): Promise<void> {
  console.log(`Send to kernel: ${describe(payload)}`);
  socket.send({ payload });
  const reply = await socket.receive({ signal: AbortSignal.timeout(timeout * 1000) });
  console.log(`Received from kernel: ${describe(reply.payload)}`);
  if (!isEcho(reply.payload)) {
    throw new Error('the answer is not an echo: its payload differs from what was sent');
  }
}

function explain(error: unknown, args: Arguments): string {
  if (error instanceof NetlinkError && error.code === 'EPROTONOSUPPORT') {
    return (
      `nothing in this kernel answers netlink protocol ${args.protocol}: the module is not loaded. ` +
      `Load it with "insmod netlink_test.ko" (see kernel-module/README.md), or try it in a guest with "npm start".`
    );
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return `no answer from netlink protocol ${args.protocol} within ${args.timeout} s`;
  }
  return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<void> {
  const args = parse();
  if (args === undefined) {
    console.log(usage);
    return;
  }
  try {
    using socket = openSocket({ protocol: args.protocol });
    for (let round = 0; round < args.count; round += 1) await echo(socket, args);
  } catch (error) {
    throw new Error(explain(error, args), { cause: error });
  }
}

main().catch((error: unknown) => {
  console.error(`nl_recv: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
