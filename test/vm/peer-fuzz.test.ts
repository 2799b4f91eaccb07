// Random and mutated messages from several processes at once, while the module comes and goes and namespaces too. A kernel
// that complains ends the whole run as a failure (nlctl vm). Runs in the guest.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { openGeneric, openSocket } from 'afnetlink';
import { nt } from '../helpers/module.js';
import { packageRoot } from '../helpers/processes.js';

const SEED = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));
const MILLISECONDS = 10_000;
const MODULE = process.env['AFNETLINK_MODULE'] ?? '';

/** Sends until its time is over, and prints how many messages that were. */
const fuzzer = `
  const { openGeneric, openSocket, WireWriter } = require('afnetlink');
  const [seed, milliseconds, ...commands] = process.argv.slice(1).map(Number);
  let state = seed >>> 0;
  // xorshift32: the same seed gives the same messages.
  const random = (below) => {
    state ^= state << 13; state >>>= 0; state ^= state >>> 17; state ^= state << 5; state >>>= 0;
    return state % below;
  };
  const bytes = (length) => Uint8Array.from({ length }, () => random(256));
  const attempt = (call) => {
    try { return call(); } catch (error) {
      if (error.name !== 'NetlinkError') throw error;
      return undefined;
    }
  };
  /** Attributes that look right, nested up to three deep, with lengths that lie now and then. */
  const attributes = (writer, depth) => {
    for (let left = random(5); left > 0; left--) {
      if (depth < 3 && random(4) === 0) {
        writer.nestStart(random(40));
        attributes(writer, depth + 1);
        writer.nestEnd();
      } else writer.binary(random(48), bytes([0, 1, 2, 4, 8, 16, 70][random(7)]));
    }
  };
  const payload = () => {
    const writer = new WireWriter();
    const header = writer.space(4);
    writer.putU8(header, commands[random(commands.length)]);
    attributes(writer, 0);
    const made = writer.finish();
    for (let flips = random(4) === 0 ? 1 + random(4) : 0; flips > 0; flips--) made[random(made.length)] = random(256);
    return made;
  };
  const open = (protocol) => attempt(() => openSocket({ protocol, options: { receiveBufferSize: 4096 } }));
  (async () => {
    const end = Date.now() + milliseconds;
    let sent = 0;
    while (Date.now() < end) {
      const raw = open(17);
      const generic = open(16);
      const controller = attempt(() => openGeneric());
      const family = await controller.family('netlink_test').catch(() => undefined);
      controller.close();
      for (let round = 0; round < 200 && Date.now() < end; round++, sent++) {
        const flags = random(4) === 0 ? random(65536) : 1 | 4 * random(2) | 0x300 * random(2);
        if (raw) attempt(() => raw.send({ type: random(4) === 0 ? random(16) : random(65536), flags, payload: bytes(random(200)) }));
        if (generic && family) attempt(() => generic.send({ type: family.id, flags, payload: payload() }));
        for (const socket of [raw, generic]) if (socket && random(3) === 0) attempt(() => socket.receiveSync({ timeout: 0 }));
      }
      raw?.close();
      generic?.close();
      await new Promise(setImmediate);
    }
    console.log(sent);
  })();`;

/** Every command but the ones that begin a flood, a timer or a sleep: those would go on behind the test. */
const COMMANDS = [
  'GET_COUNTERS',
  'GET_MODE',
  'REPLY_ACK',
  'REPLY_ERROR',
  'REPLY',
  'DUMP',
  'INTERRUPT_DUMPS',
  'GET_VALUES',
  'ECHO_VALUES',
].map((name) => nt(`CMD_${name}`));

const references = (): number => Number(readFileSync('/sys/module/netlink_test/refcnt', 'utf8'));

/** Sockets of the protocol family in this kernel, as it counts them itself. */
function netlinkSockets(): number {
  const line = readFileSync('/proc/net/protocols', 'utf8')
    .split('\n')
    .find((one) => one.startsWith('NETLINK '));
  return Number(line?.split(/\s+/)[2]);
}

/** Objects in use of a slab cache. */
function slab(name: string): number {
  const line = readFileSync('/proc/slabinfo', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name} `));
  return Number(line?.split(/\s+/)[1]);
}

async function fuzz(seed: number, inNamespace: boolean): Promise<number> {
  const command = [process.execPath, '-e', fuzzer, ...[seed, MILLISECONDS, ...COMMANDS].map(String)];
  const [program = '', ...args] = inNamespace ? ['unshare', '--net', ...command] : command;
  const child = spawn(program, args, { cwd: packageRoot, stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  const [status] = (await once(child, 'close')) as [number | null];
  expect(status).toBe(0);
  return Number(out);
}

/** The module goes where nobody uses it, and comes back; returns how often it did. */
async function reload(end: number): Promise<number> {
  let times = 0;
  while (Date.now() < end) {
    if (spawnSync('rmmod', ['netlink_test']).status === 0) {
      times += 1;
      execFileSync('insmod', [MODULE]);
    }
    spawnSync('unshare', ['--net', 'true']);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return times;
}

test(`messages of any kind harm nobody (FUZZ_SEED=${SEED})`, async () => {
  const before = { references: references(), sockets: netlinkSockets(), buffers: slab('skbuff_head_cache') };
  const end = Date.now() + MILLISECONDS;
  const [first, second, third] = await Promise.all([
    fuzz(SEED, false),
    fuzz(SEED + 1, false),
    fuzz(SEED + 2, true),
    reload(end),
  ]);
  expect(Math.min(first, second, third)).toBeGreaterThan(100);

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
  while (netlinkSockets() > before.sockets) await new Promise((resolve) => setTimeout(resolve, 50));
  expect({ references: references(), sockets: netlinkSockets() }).toEqual({
    references: before.references,
    sockets: before.sockets,
  });
  // Caches keep some objects for each processor; a buffer lost for each message would be thousands.
  expect(slab('skbuff_head_cache') - before.buffers).toBeLessThan(500);
});
