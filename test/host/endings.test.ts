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

describe('a process', () => {
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
    const waits = `const { openSocket } = require('afnetlink'); openSocket({ protocol: 2 })`;
    expect(await runInProcess(`${waits}.receive()`, { timeout: 1000 })).toMatchObject({
      signal: 'SIGKILL',
    });
    expect(await runInProcess(`${waits}.unref().receive()`)).toMatchObject({ status: 0 });
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
