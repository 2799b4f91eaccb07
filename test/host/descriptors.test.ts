import { closeSync, constants, openSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { adoptSocket, openSocket } from 'afnetlink';
import { native } from '#lib/native/addon';
import { inPrivateNamespace } from '../helpers/namespaces.js';
import { runInProcess } from '../helpers/processes.js';
import { NETLINK_ROUTE, open, openPair } from '../helpers/sockets.js';

const failed = (code: string) => expect.objectContaining({ code });
const O_CLOEXEC = 0o2000000;
const flagsOf = (descriptor: number) =>
  Number.parseInt(
    /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1] ?? '',
    8,
  );
const descriptors = () => readdirSync('/proc/self/fd').length;

describe('adopt and release', () => {
  test('a socket goes from one object to another, with its queue and address', async () => {
    const [sender, receiver] = openPair();
    const { portId } = receiver;
    sender.send({ type: 44, to: { portId } });
    const pending = receiver.receive();
    await expect(pending).resolves.toMatchObject({ type: 44 });
    sender.send({ type: 45, to: { portId } });
    const waiting = receiver.receive();
    const descriptor = receiver.release();
    await waiting.catch(() => undefined);
    expect(receiver.closed).toBe(true);
    using adopted = adoptSocket(descriptor);
    expect(adopted.portId).toBe(portId);
    expect(adopted.protocol).toBe(2);
    expect(adopted.fd).toBe(descriptor);
    sender.send({ type: 46, to: { portId } });
    const types = [(await adopted.receive()).type];
    if (types[0] === 45) types.push((await adopted.receive()).type);
    expect(types.at(-1)).toBe(46);
  });

  test('options that were on stay on', async () => {
    const [sender, receiver] = openPair();
    receiver.setOption('passCredentials', true);
    using adopted = adoptSocket(receiver.release());
    sender.send({ to: { portId: adopted.portId } });
    expect((await adopted.receive()).sender.credentials?.processId).toBe(process.pid);
  });

  test('a descriptor that is handed out does not block and is closed on exec', () => {
    const [sender, receiver] = openPair();
    sender.send({ to: { portId: receiver.portId } });
    receiver.receiveSync();
    expect(flagsOf(receiver.fd)).toBe(O_CLOEXEC | constants.O_NONBLOCK | constants.O_RDWR);
    const descriptor = receiver.release();
    expect(flagsOf(descriptor)).toBe(O_CLOEXEC | constants.O_NONBLOCK | constants.O_RDWR);
    adoptSocket(descriptor).close();
  });

  test('an unbound one is bound', () => {
    const handle = native().open(3, NETLINK_ROUTE, -1);
    using adopted = adoptSocket(native().release(handle));
    expect(adopted.portId).not.toBe(0);
  });

  test('a descriptor that is not a netlink socket stays with the caller', () => {
    const file = openSync('/dev/null', 'r');
    expect(() => adoptSocket(file)).toThrow(/is not a netlink socket/);
    closeSync(file);
    expect(() => adoptSocket(file)).toThrow(failed('EBADF'));
    expect(() => adoptSocket(-1)).toThrow(failed('ERR_NETLINK_INVALID_ARGUMENT'));
  });

  test('a descriptor is inherited by a child process, and adopted there', async () => {
    const socket = open();
    const result = await runInProcess(
      `
      const { spawnSync } = require('node:child_process');
      const { openSocket } = require('afnetlink');
      const socket = openSocket({ protocol: 2 });
      const child = "const { adoptSocket } = require('afnetlink'); adoptSocket(3).send({ type: 321, to: { portId: ${socket.portId} } });";
      const { status } = spawnSync(process.execPath, ['-e', child], { stdio: ['ignore', 'inherit', 'inherit', socket.fd] });
      console.log(status, socket.portId);
      `,
    );
    const { type, sender } = await socket.receive();
    expect(type).toBe(321);
    expect(result.stdout).toBe(`0 ${sender.portId}\n`);
  });
});

describe('handles', () => {
  test('a stale one is EBADF, and never the socket that took its place', () => {
    const addon = native();
    const first = addon.open(3, 2, -1);
    addon.close(first);
    const second = addon.open(3, 2, -1);
    const EBADF = -9;
    const buffer = new ArrayBuffer(64);
    expect(second % 65536).toBe(first % 65536);
    expect(addon.close(first)).toBe(EBADF);
    expect(addon.bind(first, 0, 0)).toBe(EBADF);
    expect(addon.send(first, buffer, 0, 16)).toBe(EBADF);
    expect(addon.receive(first, buffer, 1)).toBe(EBADF);
    expect(addon.watch(first, true)).toBe(EBADF);
    expect(addon.descriptor(second)).toBeGreaterThan(2);
    expect(addon.close(second)).toBe(0);
  });

  test.each([-1, 0.5, 1e300, Number.NaN, Number.POSITIVE_INFINITY, 65_535, 2 ** 53])(
    '%d is EBADF',
    (handle) => {
      expect(native().descriptor(handle)).toBe(-9);
    },
  );

  test('one of another environment is EBADF', async () => {
    const { stdout } = await runInProcess(`
      const { Worker } = require('node:worker_threads');
      const { native } = require('./unbundled/native/addon.js');
      const mine = native().open(3, 2, -1);
      const worker = new Worker(\`
        const { parentPort, workerData } = require('node:worker_threads');
        const { native } = require('./unbundled/native/addon.js');
        const own = native().open(3, 2, -1);
        parentPort.postMessage([native().descriptor(workerData), own % 65536 === workerData % 65536, own]);
      \`, { eval: true, workerData: mine });
      worker.on('message', ([result, sameIndex, own]) => console.log(result, sameIndex, native().descriptor(own)));
    `);
    expect(stdout).toBe('-9 true -9\n');
  });

  test('a ring that is too small, or says what is not so, is EFAULT', () => {
    const addon = native();
    const handle = addon.open(3, 2, -1);
    const EFAULT = -14;
    const ring = (size: number, ...words: number[]) => {
      const buffer = new ArrayBuffer(size);
      new Int32Array(buffer).set(words);
      return buffer;
    };
    for (const bad of [
      new ArrayBuffer(0),
      new ArrayBuffer(63),
      ring(64, 1024, 1),
      ring(4096, 1 << 30, 1),
      ring(4096, 1024, 1 << 30),
      ring(4096, -1, 1),
      ring(4096, 1024, -1),
      ring(4096, 0, 0),
      ring(1 << 20, 64, 65),
    ]) {
      expect(addon.receive(handle, bad, 1)).toBe(EFAULT);
    }
    expect(addon.send(handle, new ArrayBuffer(16), 8, 9)).toBe(EFAULT);
    expect(addon.send(handle, new ArrayBuffer(16), 17, 0)).toBe(EFAULT);
    expect(addon.send(handle, new ArrayBuffer(16), 0xffffffff, 0xffffffff)).toBe(EFAULT);
    addon.close(handle);
  });
});

describe('network namespaces', () => {
  const loopbackIsUp = (netns: string) => `
    const { execFileSync, spawn } = require('node:child_process');
    const { openSync } = require('node:fs');
    const { openSocket } = require('afnetlink');
    const ip = (text) => execFileSync('ip', text.split(' '), { encoding: 'utf8' });
    ip('netns add blue');
    // Loopback is up in the namespace of this process, and down in the new one: IFF_UP is bit 0 of the flags.
    const up = async (options) => {
      const socket = openSocket({ protocol: 0, ...options });
      socket.send({ type: 18, payload: new Uint8Array(new Int32Array([0, 1, 0, 0]).buffer) });
      const { payload } = await socket.receive();
      socket.close();
      return payload[8] & 1;
    };
    (async () => console.log(await up({}), await up({ netns: ${netns} }), await up({})))();
  `;

  test.each([
    ['a path', `'/run/netns/blue'`],
    ['a descriptor', `{ fd: openSync('/run/netns/blue') }`],
    [
      'a process',
      `(() => { globalThis.child = spawn('ip', ['netns', 'exec', 'blue', 'sleep', '60'], { stdio: 'ignore' }); child.unref();
         process.on('exit', () => child.kill());
         const inside = () => execFileSync('readlink', ['/proc/' + child.pid + '/ns/net'], { encoding: 'utf8' });
         const own = execFileSync('readlink', ['/proc/self/ns/net'], { encoding: 'utf8' });
         while (inside() === own);
         return { pid: child.pid }; })()`,
    ],
  ])('by %s', async (_name, netns) => {
    const result = await runInProcess(loopbackIsUp(netns), { prefix: inPrivateNamespace });
    expect(result).toMatchObject({ status: 0, stdout: '1 0 1\n', stderr: '' });
  });

  test('leave every thread where it was, and no descriptor open', async () => {
    const result = await runInProcess(
      `
      const { execFileSync } = require('node:child_process');
      const { readdirSync, readlinkSync } = require('node:fs');
      const { openSocket } = require('afnetlink');
      execFileSync('ip', ['netns', 'add', 'blue']);
      const tasks = () => readdirSync('/proc/self/task');
      const threads = () => tasks().map((task) => readlinkSync('/proc/self/task/' + task + '/ns/net'));
      const before = [threads(), readdirSync('/proc/self/fd').length];
      for (let count = 0; count < 100; count++) openSocket({ protocol: 0, netns: '/run/netns/blue' }).close();
      // A thread that has been joined stays in /proc until the kernel has done with it.
      const deadline = Date.now() + 120_000;
      while (tasks().length > before[0].length && Date.now() < deadline);
      const after = [threads(), readdirSync('/proc/self/fd').length];
      console.log(JSON.stringify(before) === JSON.stringify(after), new Set(after[0]).size);
      `,
      { prefix: inPrivateNamespace },
    );
    expect(result).toMatchObject({ status: 0, stdout: 'true 1\n', stderr: '' });
  });

  test('that are none', () => {
    const before = descriptors();
    const attempt = (netns: Parameters<typeof openSocket>[0]['netns']) => () =>
      openSocket({ protocol: 0, ...(netns === undefined ? {} : { netns }) });
    expect(attempt('/run/netns/there-is-none')).toThrow(failed('ENOENT'));
    expect(attempt('/dev/null')).toThrow(/netns is not a network namespace/);
    expect(attempt({ pid: 0x7fffffff })).toThrow(failed('ENOENT'));
    expect(attempt({ pid: -1 })).toThrow(failed('ERR_NETLINK_INVALID_ARGUMENT'));
    expect(attempt({ fd: 1000 })).toThrow(failed('EBADF'));
    expect(descriptors()).toBe(before);
  });
});

describe('a process without a descriptor left', () => {
  test('is told EMFILE by what needs one, and can do and close everything else', async () => {
    const { stdout, stderr, status } = await runInProcess(
      `
      const { openSync } = require('node:fs');
      const { NetlinkError, openFamily, openSocket } = require('afnetlink');
      const { rtLinkFamily } = require('afnetlink/families/rt-link');
      const socket = openSocket({ protocol: 0 });
      try { for (;;) openSync('/dev/null'); } catch ({ code }) { console.log('full', code); }
      const getLinks = { type: 18, payload: Buffer.alloc(16) };
      const calls = {
        openSocket: () => openSocket({ protocol: 0 }),
        subscribe: () => socket.subscribe({ groups: [1] }),
        openFamily: () => openFamily(rtLinkFamily),
        requestSync: () => socket.requestSync({ type: 18, payload: Buffer.alloc(16).fill(1, 4, 5) }),
        refused: () => socket.requestSync({ type: 18, payload: Buffer.alloc(16).fill(99, 4, 8) }),
        dump: () => socket.dump(getLinks).toArraySync(),
        batch: () => socket.batch().add(getLinks),
        options: () => socket.setOption('none', 1),
        close: () => socket.close(),
        closed: () => socket.requestSync(getLinks),
      };
      (async () => {
        for (const [name, call] of Object.entries(calls)) {
          const outcome = await (async () => call())().then(() => 'done', (error) => error);
          console.log(name, outcome instanceof NetlinkError ? outcome.code : outcome instanceof Error ? String(outcome) : outcome);
        }
      })();
      `,
      { prefix: ['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh'] },
    );
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.trim().split('\n')).toEqual([
      'full EMFILE',
      'openSocket EMFILE',
      'subscribe EMFILE',
      'openFamily EMFILE',
      'requestSync done',
      'refused ENODEV',
      'dump done',
      'batch done',
      'options ERR_NETLINK_INVALID_ARGUMENT',
      'close done',
      'closed ERR_NETLINK_CLOSED',
    ]);
  });
});
