import { describe, expect, test } from '@jest/globals';
import { runInProcess } from '../helpers/processes.js';

// A process of its own each: the addon must not be loaded on the main thread, which would hide what these look for.
const inWorkers = (source: string, after: string) => `
  const { Worker } = require('node:worker_threads');
  const { readdirSync } = require('node:fs');
  const descriptors = () => readdirSync('/proc/self/fd').length;
  const run = () => new Promise((resolve) => {
    const worker = new Worker(${JSON.stringify(source)}, { eval: true });
    worker.on('message', () => { ${after} });
    worker.on('error', () => {});
    worker.on('exit', resolve);
  });
  (async () => {
    await run();
    const before = descriptors();
    for (let round = 0; round < 5; round++) await run();
    console.log(before === descriptors() ? 'flat' : before + ' -> ' + descriptors());
  })();
`;

const fiveOpenSockets = `
  const { parentPort } = require('node:worker_threads');
  const { openSocket } = require('afnetlink');
  for (let count = 0; count < 5; count++) openSocket({ protocol: 2 }).receive();
`;

describe('a worker that alone loaded the addon ends with sockets open and polled', () => {
  test.each([
    ['terminated', `parentPort.postMessage('up');`, 'void worker.terminate();'],
    ['throws', `setTimeout(() => { throw new Error('deliberate'); }, 5);`, ''],
    ['process.exit', `setTimeout(() => process.exit(0), 5);`, ''],
  ])('%s', async (_name, ending, after) => {
    const result = await runInProcess(inWorkers(fiveOpenSockets + ending, after));
    expect(result).toMatchObject({ status: 0, signal: null, stdout: 'flat\n' });
  });
});

describe('workers with traffic flowing', () => {
  const talking = `
    const { parentPort } = require('node:worker_threads');
    const { openSocket } = require('afnetlink');
    const sockets = Array.from({ length: 20 }, (_, index) => openSocket({ protocol: 2, groups: [1 + (index % 8)] }));
    for (const [index, socket] of sockets.entries()) {
      const next = sockets[(index + 1) % sockets.length];
      const pass = () => {
        try { socket.send({ payload: new Uint8Array(100), to: { portId: next.portId, group: 1 + (index % 8) } }); }
        catch (error) { if (error.code !== 'EAGAIN') throw error; }
      };
      if (index % 2 === 0) socket.onDatagrams(pass);
      else (async () => { for await (const _ of socket) pass(); })().catch(() => {});
      pass();
    }
  `;

  test.each([
    ['terminated', `setTimeout(() => parentPort.postMessage('up'), 20);`, 'void worker.terminate();'],
    ['throws', `setTimeout(() => { throw new Error('deliberate'); }, 20);`, ''],
    ['process.exit', `setTimeout(() => process.exit(0), 20);`, ''],
  ])('%s', async (_name, ending, after) => {
    const result = await runInProcess(inWorkers(talking + ending, after));
    expect(result).toMatchObject({ status: 0, signal: null, stdout: 'flat\n', stderr: '' });
  });

  test.each([
    ['terminated', `setTimeout(() => parentPort.postMessage('up'), 20);`, 'void worker.terminate();'],
    ['throws', `setTimeout(() => { throw new Error('deliberate'); }, 20);`, ''],
    ['process.exit', `setTimeout(() => process.exit(0), 20);`, ''],
  ])('%s: no netlink socket and no thread is left', async (_name, ending, after) => {
    const result = await runInProcess(`
      const { Worker } = require('node:worker_threads');
      const { readdirSync, readFileSync, readlinkSync } = require('node:fs');
      const read = (call, path) => { try { return call(path, 'latin1'); } catch { return ''; } };
      const left = () => {
        const inodes = new Set(readFileSync('/proc/net/netlink', 'latin1').trim().split('\\n').map((line) => line.trim().split(/ +/).at(-1)));
        const links = readdirSync('/proc/self/fd').map((name) => read(readlinkSync, '/proc/self/fd/' + name));
        const threads = readdirSync('/proc/self/task').map((name) => read(readFileSync, '/proc/self/task/' + name + '/comm'));
        return {
          sockets: links.filter((link) => inodes.has(/^socket:\\[(\\d+)\\]$/.exec(link)?.[1])).length,
          threads: threads.filter((name) => name.startsWith('afnetlink')).length,
        };
      };
      const run = () => new Promise((resolve) => {
        const worker = new Worker(${JSON.stringify(talking + ending)}, { eval: true });
        worker.on('message', () => { ${after} });
        worker.on('error', () => {});
        worker.on('exit', resolve);
      });
      (async () => {
        for (let round = 0; round < 3; round++) await run();
        // A runtime may end a worker's environment after it has said that the worker ended.
        for (let wait = 0; wait < 10_000 && (left().sockets > 0 || left().threads > 0); wait++) await new Promise((resolve) => setTimeout(resolve, 10));
        console.log(JSON.stringify(left()));
      })();
    `);
    expect(result).toMatchObject({ status: 0, signal: null, stdout: '{"sockets":0,"threads":0}\n' });
  });

  test('50 at once', async () => {
    const result = await runInProcess(
      `
      const { Worker } = require('node:worker_threads');
      const { readdirSync } = require('node:fs');
      const source = ${JSON.stringify(talking)} + "setTimeout(() => parentPort.postMessage('up'), 20);";
      const run = (count) => Promise.all(Array.from({ length: count }, (_, index) => new Promise((resolve) => {
        const worker = new Worker(source, { eval: true });
        worker.on('message', () => setTimeout(() => worker.terminate(), index % 7));
        worker.on('exit', resolve);
      })));
      const descriptors = () => readdirSync('/proc/self/fd').length;
      (async () => {
        await run(2);
        const before = descriptors();
        await run(50);
        console.log(descriptors() - before);
      })();
    `,
    );
    expect(result).toMatchObject({ status: 0, signal: null, stdout: '0\n', stderr: '' });
  });
});

describe('a socket that nobody refers to any more', () => {
  const forget = `
    const { readdirSync } = require('node:fs');
    const { openSocket } = require('afnetlink');
    const descriptors = () => readdirSync('/proc/self/fd').length;
    void process.stderr;
    const before = descriptors();
    (function forgetful() { for (let count = 0; count < 100; count++) openSocket({ protocol: 2 }); })();
    const opened = descriptors() - before;
    const attempt = (left) => setTimeout(() => {
      globalThis.gc();
      if (descriptors() > before && left > 0) attempt(left - 1);
      else console.log(opened, descriptors() - before);
    }, 5);
    attempt(10_000);
  `;

  test('is closed by the garbage collector', async () => {
    const result = await runInProcess(forget, { nodeArguments: ['--expose-gc'] });
    expect(result).toMatchObject({ status: 0, stdout: '100 0\n', stderr: '' });
  });

  test('is warned about when debugging, with the place of its opening', async () => {
    const result = await runInProcess(forget, {
      nodeArguments: ['--expose-gc'],
      env: { AFNETLINK_DEBUG: '1' },
    });
    expect(result).toMatchObject({ status: 0, stdout: '100 0\n' });
    expect(result.stderr).toMatch(
      /NetlinkWarning: a netlink socket was never closed; it was opened at [^]*forgetful/,
    );
    expect(result.stderr.match(/never closed/g)).toHaveLength(100);
  });

  test('stays open while it waits', async () => {
    const result = await runInProcess(
      `
      const { openSocket } = require('afnetlink');
      const sender = openSocket({ protocol: 2 });
      const portId = (() => {
        const socket = openSocket({ protocol: 2 });
        socket.receive().then(({ type }) => console.log(type));
        return socket.portId;
      })();
      let rounds = 0;
      const timer = setInterval(() => {
        globalThis.gc();
        if (++rounds < 10) return;
        clearInterval(timer);
        sender.send({ type: 42, to: { portId } });
      }, 2);
      `,
      { nodeArguments: ['--expose-gc'] },
    );
    expect(result).toMatchObject({ status: 0, stdout: '42\n', stderr: '' });
  });
});

describe('a process', () => {
  test('exits while a socket is readable and JavaScript is over', async () => {
    // Node runs the loop once more before the cleanup hooks; the closing handle of the other socket makes it do so.
    const result = await runInProcess(`
      const { createSocket } = require('node:dgram');
      const { openSocket } = require('afnetlink');
      const [a, b] = [openSocket({ protocol: 2 }), openSocket({ protocol: 2 })];
      b.onDatagrams(() => {});
      const other = createSocket('udp4');
      other.bind(0, () => {
        for (let count = 0; count < 100; count++) a.send({ to: { portId: b.portId } });
        other.close();
        process.exit(3);
      });
    `);
    expect(result).toMatchObject({ status: 3, signal: null, stderr: '' });
  });

  test('ends by itself when nothing waits', async () => {
    const result = await runInProcess(`
      const { openSocket } = require('afnetlink');
      const [a, b] = [openSocket({ protocol: 2 }), openSocket({ protocol: 2 })];
      setTimeout(() => b.send({ to: { portId: a.portId } }), 5);
      a.receive().then(() => console.log('received'));
    `);
    expect(result).toMatchObject({ status: 0, signal: null, stdout: 'received\n' });
  });

  test('stays while a receive waits, unless it was unreferenced', async () => {
    const waits = (how: string) => `
      const { openSocket } = require('afnetlink');
      openSocket({ protocol: 2 })${how}.receive();
      // Keeps nothing alive: it fires only where the socket does.
      setTimeout(() => process.exit(9), 500).unref();`;
    expect(await runInProcess(waits(''))).toMatchObject({ status: 9 });
    expect(await runInProcess(waits('.unref()'))).toMatchObject({ status: 0 });
  });

  test('exits with sockets open', async () => {
    const result = await runInProcess(`
      const { openSocket } = require('afnetlink');
      for (let count = 0; count < 50; count++) openSocket({ protocol: 2 }).receive();
      setTimeout(() => process.exit(7), 5);
    `);
    expect(result).toMatchObject({ status: 7, signal: null, stderr: '' });
  });

  test('exhausted descriptors are an error, not a crash', async () => {
    const result = await runInProcess(
      `
      const { openSocket } = require('afnetlink');
      const open = [];
      try { for (;;) open.push(openSocket({ protocol: 2 })); } catch (error) { console.log(error.code); }
      open.forEach((socket) => socket.close());
      openSocket({ protocol: 2 }).close();
    `,
      { prefix: ['prlimit', '--nofile=64'] },
    );
    expect(result).toMatchObject({ status: 0, stdout: 'EMFILE\n' });
  });
});
