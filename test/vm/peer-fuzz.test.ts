// Random and mutated messages from several processes at once, while the module comes and goes and namespaces too. A kernel
// that complains ends the whole run as a failure (nlctl vm). Runs in the guest.
import { type ChildProcessByStdio, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { openGeneric, openSocket } from 'afnetlink';
import { packageRoot } from '../helpers/processes.js';

const SEED = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));
const MILLISECONDS = 20_000;
const NAMESPACES = 3;
const MODULE = process.env['AFNETLINK_MODULE'] ?? '';

const FUZZER = 'out/test/helpers/fuzzer.js';

const references = (): number => Number(readFileSync('/sys/module/netlink_test/refcnt', 'utf8'));

/** Sockets of the protocol family in this kernel, as it counts them itself. */
function netlinkSockets(): number {
  const line = readFileSync('/proc/net/protocols', 'utf8')
    .split('\n')
    .find((one) => one.startsWith('NETLINK '));
  return Number(line?.split(/\s+/)[2]);
}

/** What a message or a namespace may leave behind. */
const CACHES = [
  ...['skbuff_head_cache', 'skbuff_fclone_cache', 'skbuff_small_head', 'net_namespace', 'sock_inode_cache'],
  ...['kmalloc-64', 'kmalloc-128', 'kmalloc-256', 'kmalloc-512', 'kmalloc-1k', 'kmalloc-2k', 'kmalloc-4k'],
];

/** Objects in use of each cache that this kernel has, without those that only wait to be used again. */
function objects(): Record<string, number> {
  for (const name of CACHES) {
    const shrink = `/sys/kernel/slab/${name}/shrink`;
    if (existsSync(shrink)) writeFileSync(shrink, '1');
  }
  const lines = readFileSync('/proc/slabinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(/\s+/));
  return Object.fromEntries(
    lines.flatMap(([name = '', count]) => (CACHES.includes(name) ? [[name, Number(count)]] : [])),
  );
}

interface Fuzzer {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  /** Settles when the first sockets are open. */
  readonly ready: Promise<void>;
  /** How many datagrams were sent; NaN for one that was killed. */
  readonly sent: Promise<number>;
}

function fuzz(seed: number, prefix: readonly string[] = []): Fuzzer {
  const command = [...prefix, process.execPath, FUZZER, `${seed}`];
  const child = spawn('env', command, { cwd: packageRoot, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout);
  const ready = once(lines, 'line').then(() => undefined);
  let last = '';
  lines.on('line', (line) => (last = line));
  const sent = once(child, 'close').then(([status]) => {
    expect([0, null]).toContain(status);
    return status === 0 ? Number(last) : Number.NaN;
  });
  return { child, ready, sent };
}

/** The module goes in a moment in which nobody uses it, and comes back: until the end, and once at least. */
async function reload(end: number): Promise<void> {
  let times = 0;
  while (Date.now() < end || times === 0) {
    if (spawnSync('rmmod', ['netlink_test']).status === 0) {
      times += 1;
      execFileSync('insmod', [MODULE]);
    }
    await delay(150);
  }
}

/** Namespaces end one after the other, while there is traffic in them. */
async function endNamespaces(): Promise<void> {
  for (let count = 0; count < NAMESPACES; count++) {
    const { child, ready, sent } = fuzz(SEED + 2 + count, ['unshare', '--net']);
    await ready;
    await delay(500);
    child.kill('SIGKILL');
    await sent;
  }
}

test(`messages of any kind harm nobody (FUZZ_SEED=${SEED})`, async () => {
  // The kernel frees what is left of a namespace when the next one has ended: one is always there from now on.
  spawnSync('unshare', ['--net', 'true']);
  const before = { references: references(), sockets: netlinkSockets(), objects: objects() };
  const fuzzers = [fuzz(SEED), fuzz(SEED + 1)];
  await Promise.all(fuzzers.map(({ ready }) => ready));
  await Promise.all([reload(Date.now() + MILLISECONDS), endNamespaces()]);
  for (const { child } of fuzzers) child.stdin.end();
  const sent = await Promise.all(fuzzers.map((fuzzer) => fuzzer.sent));
  expect(Math.min(...sent)).toBeGreaterThan(100);

  // With nobody left it can be unloaded, and loaded again; it answers as before.
  expect(spawnSync('rmmod', ['netlink_test']).status).toBe(0);
  execFileSync('insmod', [MODULE]);
  using socket = openSocket({ protocol: 17 });
  socket.send({ payload: Uint8Array.of(1, 2, 3) });
  expect([...(await socket.receive()).payload]).toEqual([1, 2, 3]);
  using controller = openGeneric();
  expect((await controller.family('netlink_test')).name).toBe('netlink_test');
  socket.close();
  controller.close();

  // Namespaces and sockets end a little after their last user.
  const left = (): Record<string, number> => ({
    references: references() - before.references,
    sockets: netlinkSockets() - before.sockets,
    namespaces: Math.max(0, (objects()['net_namespace'] ?? 0) - (before.objects['net_namespace'] ?? 0)),
  });
  const deadline = Date.now() + 120_000;
  while (Object.values(left()).some((count) => count > 0) && Date.now() < deadline) await delay(50);
  expect(left()).toEqual({ references: 0, sockets: 0, namespaces: 0 });
  // Everything else in the guest uses these too, which makes a difference of some dozens.
  const lost = Object.entries(objects()).filter(([name, count]) => count - (before.objects[name] ?? 0) > 150);
  expect(lost).toEqual([]);
});
