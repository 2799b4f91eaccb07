// Calls that block the thread: what ends them, and what must not.
import { describe, expect, test } from '@jest/globals';
import { runInProcess } from '../helpers/processes.js';

/** A process with a child that ends, and a signal that is handled, while `call` blocks. */
const underSignals = (call: string) => `
  const { spawn } = require('node:child_process');
  const { Worker } = require('node:worker_threads');
  const { openSocket } = require('afnetlink');
  let handled = 0;
  process.on('SIGUSR2', () => (handled += 1));
  const receiver = openSocket({ protocol: 2 });
  const silent = openSocket({ protocol: 2 });
  /** Sends from another thread, later. */
  const sendLater = (portId) => new Worker(
    'const { openSocket } = require("afnetlink");' +
      'setTimeout(() => openSocket({ protocol: 2 }).send({ type: 77, to: { portId: ' + portId + ' } }), 200);',
    { eval: true },
  );
  spawn('sh', ['-c', 'sleep 0.05; kill -USR2 ' + process.pid + '; sleep 0.05'], { stdio: 'ignore' }).on('spawn', () => {
    ${call}
    const report = () => (handled > 0 ? console.log('handled', handled) : setTimeout(report, 5));
    report();
  });
`;

describe('a child that ends, and a signal that is handled', () => {
  test.each([
    [
      'receiveSync with a message later',
      'sendLater(receiver.portId); console.log(receiver.receiveSync().type);',
      '77',
    ],
    [
      'receiveSync with a time-out',
      'try { receiver.receiveSync({ timeout: 300 }); } catch (error) { console.log(error.code); }',
      'ERR_NETLINK_TIMEOUT',
    ],
    [
      'requestSync',
      `receiver.connect({ portId: silent.portId });
       try { receiver.requestSync({ type: 16 }, { timeout: 300 }); } catch (error) { console.log(error.code); }`,
      'ERR_NETLINK_TIMEOUT',
    ],
  ])('leave %s waiting; the handler runs afterwards', async (_name, call, outcome) => {
    const result = await runInProcess(underSignals(call));
    expect(result).toEqual({ status: 0, signal: null, stdout: `${outcome}\nhandled 1\n`, stderr: '' });
  });
});

describe('a worker that blocks for ever', () => {
  test.each([
    ['receiveSync', 'socket.receiveSync();'],
    [
      'requestSync',
      'socket.connect({ portId: silent.portId }); socket.requestSync({ type: 16 }, { timeout: Infinity });',
    ],
  ])('in %s can be terminated', async (_name, call) => {
    const worker = `
      const { parentPort } = require('node:worker_threads');
      const { openSocket } = require('afnetlink');
      const socket = openSocket({ protocol: 2 });
      const silent = openSocket({ protocol: 2 });
      parentPort.postMessage('blocks');
      ${call}
    `;
    const result = await runInProcess(`
      const { Worker } = require('node:worker_threads');
      const worker = new Worker(${JSON.stringify(worker)}, { eval: true });
      worker.on('error', (error) => console.log(error));
      worker.on('message', () => setTimeout(async () => console.log('ended', await worker.terminate()), 50));
    `);
    expect(result).toEqual({ status: 0, signal: null, stdout: 'ended 1\n', stderr: '' });
  });
});
