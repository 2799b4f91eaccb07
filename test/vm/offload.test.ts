// Calls that the kernel holds, off the event loop: netlink_test's handler sleeps in its sender's context. Runs in the guest.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NetlinkSocket, openSocket } from 'afnetlink';
import { cString } from 'afnetlink/wire';
import { Control, nt } from '../helpers/module.js';
import { runInProcess } from '../helpers/processes.js';
import { untilFree } from '../helpers/sockets.js';

/** Milliseconds, in which a test has to see that a call is held; a busy machine takes a second for little. */
const SLEEP = 5000;

let control: Control;
const sockets: NetlinkSocket[] = [];

function open(): NetlinkSocket {
  const socket = openSocket({ protocol: 17, offload: true });
  sockets.push(socket);
  return socket;
}

function setSleep(milliseconds: number): void {
  control.call('SET_MODE', (writer) => {
    writer.u32(nt('A_MODE'), nt('MODE_DIRECT'));
    writer.u32(nt('A_SLEEP'), milliseconds);
  });
}

beforeEach(() => {
  control = new Control();
  setSleep(SLEEP);
});

afterEach(() => {
  setSleep(0);
  control.close();
  for (const socket of sockets.splice(0)) socket.close();
});

describe('a call that the kernel holds', () => {
  test('leaves the event loop its turns, and more of them than libuv’s pool has threads run at once', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 10);
    const senders = Array.from({ length: 8 }, open);
    const sent = senders.map((socket) => socket.sendAsync({ payload: cString('slowly') }));
    // All are inside the handler at the same time: none waits for another's thread.
    while (heldThreads() < senders.length) await sleep(10);
    const echoes = await Promise.all(senders.map((socket) => socket.receive()));
    await Promise.all(sent);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(20);
    for (const { payload } of echoes) expect(Buffer.from(payload).toString()).toBe('slowly\0');
  });

  test('keeps the order of what is sent behind it', async () => {
    setSleep(100);
    const socket = open();
    const sent = [1, 2, 3].map((sequence) => socket.sendAsync({ sequence }));
    for (const sequence of [1, 2, 3]) expect((await socket.receive()).sequence).toBe(sequence);
    await Promise.all(sent);
  });

  test('is given up at once by its signal; the late echo is an ordinary message', async () => {
    const socket = open();
    const controller = new AbortController();
    const sent = socket.sendAsync({ sequence: 71 }, { signal: controller.signal });
    await untilHeld();
    let echoed = false;
    const echo = socket.receive().then(({ sequence }) => {
      echoed = true;
      return sequence;
    });
    controller.abort('enough');
    await expect(sent).rejects.toBe('enough');
    expect(echoed).toBe(false);
    expect(await echo).toBe(71);
  });

  test('is rejected at once when its socket is closed, which frees the port id when it returns', async () => {
    const socket = open();
    const { portId } = socket;
    const sent = socket.sendAsync({ payload: cString('slowly') });
    await untilHeld();
    socket.close();
    await expect(sent).rejects.toMatchObject({ code: 'ERR_NETLINK_CLOSED' });
    await expect(untilFree(() => openSocket({ protocol: 17, portId }))).resolves.toBeUndefined();
  });

  test('is waited for by worker.terminate() and by the end of the process, and leaves nothing behind', async () => {
    const result = await runInProcess(`
      const { readdirSync, readFileSync } = require('node:fs');
      const { Worker } = require('node:worker_threads');
      const source = \`
        const { openSocket } = require('afnetlink');
        const socket = openSocket({ protocol: 17, offload: true });
        socket.sendAsync({ sequence: 1 }).catch(() => {});
        socket.receive().catch(() => {});
      \`;
      const tasks = () => readdirSync('/proc/self/task');
      const held = () => tasks().some((task) => {
        try {
          return readFileSync('/proc/self/task/' + task + '/stack', 'utf8').includes('[netlink_test]');
        } catch {
          return false;
        }
      });
      const descriptors = () => readdirSync('/proc/self/fd').length;
      const pause = () => new Promise((resolve) => setTimeout(resolve, 10));
      const round = async () => {
        const worker = new Worker(source, { eval: true });
        while (!held()) await pause();
        await worker.terminate();
        return held();
      };
      (async () => {
        const first = await round();
        const before = [tasks().length, descriptors()];
        const second = await round();
        // A thread that was joined is listed until the kernel is done with it.
        while (tasks().length > before[0]) await pause();
        console.log(first, second, descriptors() - before[1]);
        const { openSocket } = require('afnetlink');
        openSocket({ protocol: 17, offload: true }).sendAsync({ sequence: 1 });
        while (!held()) await pause();
        process.exit(0);
      })();
    `);
    expect(result).toMatchObject({ status: 0, signal: null, stdout: 'false false 0\n', stderr: '' });
  });
});

/** How many threads of this process are inside the module's handler. */
function heldThreads(): number {
  const held = (task: string): boolean =>
    readFileSync(`/proc/self/task/${task}/stack`, 'utf8').includes('[netlink_test]');
  return readdirSync('/proc/self/task').filter(held).length;
}

async function untilHeld(): Promise<void> {
  while (heldThreads() === 0) await sleep(10);
}
