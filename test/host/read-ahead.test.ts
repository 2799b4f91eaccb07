import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { NetlinkMessage } from 'afnetlink/wire';
import { privateNamespace } from '../helpers/private-namespace.js';
import { runInProcess } from '../helpers/processes.js';
import {
  address,
  dumpLinks,
  dumpRoutes,
  getLink,
  linkName,
  newRoute,
  routeDestination,
  RTM_NEWROUTE,
} from '../helpers/route.js';
import { NETLINK_ROUTE, open, untilFree } from '../helpers/sockets.js';

// A dump that takes long is received on a thread, from its third millisecond on.

const COUNT = 60_000;
const TABLE = 254;
const OTHER_TABLE = 1000;
const RTNLGRP_IPV4_ROUTE = 7;
const namespace = privateNamespace();
const openRoute = (options = {}) => open({ protocol: NETLINK_ROUTE, netns: namespace.netns, ...options });
/** The threads that read ahead. */
function threads(): number {
  const name = (task: string) => {
    try {
      return readFileSync(`/proc/self/task/${task}/comm`, 'utf8');
    } catch {
      return '';
    }
  };
  return readdirSync('/proc/self/task').filter((task) => name(task) === 'afnetlink\n').length;
}

async function untilNoThread(): Promise<void> {
  while (threads() > 0) await sleep(5);
}

beforeAll(async () => {
  const batch = openRoute().batch({ acknowledge: 'last' });
  for (let index = 0; index < COUNT; index++) batch.add(newRoute(address(index), TABLE));
  expect((await batch.send()).filter(({ status }) => status !== 'done')).toEqual([]);
});

describe('a long dump', () => {
  test('has a thread while it is received, and is what a blocking one gives', async () => {
    const socket = openRoute();
    const expected = socket.dump(dumpRoutes(TABLE)).toArraySync().map(routeDestination);
    expect(new Set(expected).size).toBe(COUNT);
    expect(threads()).toBe(0);
    const streamed: string[] = [];
    let most = 0;
    for await (const batch of socket.dump(dumpRoutes(TABLE)).batches()) {
      streamed.push(...batch.map(routeDestination));
      most = Math.max(most, threads());
    }
    expect(most).toBe(1);
    expect(streamed).toEqual(expected);
    await untilNoThread();
    expect((await socket.dump(dumpRoutes(TABLE)).toArray()).map(routeDestination)).toEqual(expected);
    expect(socket.counters).toEqual({ overruns: 0, foreignDatagrams: 0 });
  });

  test('lets requests of every kind through, with their own answers', async () => {
    const socket = openRoute();
    const asked: Promise<unknown>[] = [];
    let streamed = 0;
    let batches = 0;
    for await (const batch of socket.dump(dumpRoutes(TABLE)).batches()) {
      streamed += batch.length;
      batches += 1;
      if (batches % 5 === 0) {
        asked.push(socket.request(getLink({ index: 1 })));
        asked.push(
          expect(socket.request(getLink({ index: 99_999 }))).rejects.toMatchObject({ code: 'ENODEV' }),
        );
      }
      if (batches % 7 === 0) {
        expect(nameOf(socket.requestSync(getLink({ index: 1 })))).toBe('lo');
        expect(() => socket.requestSync(getLink({ index: 99_999 }))).toThrow(
          expect.objectContaining({ code: 'ENODEV' }),
        );
      }
      if (batches % 11 === 0) {
        const several = socket.batch();
        for (let index = 0; index < 10; index++) several.add(getLink({ index: 1 }));
        expect(several.sendSync().map(({ status }) => status)).toEqual(Array(10).fill('done'));
      }
      if (batches % 13 === 0) await sleep(3); // a consumer that is slower than the kernel
    }
    expect(streamed).toBe(COUNT);
    await Promise.all(asked);
  });

  test('is received to its end by a blocking one that waits for its turn', async () => {
    const socket = openRoute();
    let streamed = 0;
    let links: string[] = [];
    for await (const batch of socket.dump(dumpRoutes(TABLE)).batches()) {
      streamed += batch.length;
      if (streamed > COUNT / 2 && links.length === 0)
        links = socket.dump(dumpLinks).toArraySync().map(linkName);
    }
    expect(streamed).toBe(COUNT);
    expect(links).toContain('lo');
  });

  test('does not end a blocking receive that waits for something else', async () => {
    const socket = openRoute({ groups: [RTNLGRP_IPV4_ROUTE] });
    // That of all tables ends with a call that takes milliseconds, for which a reader has to wait.
    const dump = socket.dump(dumpRoutes(0));
    let streamed = 0;
    let received = 0;
    for await (const batch of dump.batches()) {
      streamed += batch.length;
      if (received !== 0 || threads() === 0) continue;
      const later = spawn('nsenter', [
        `--net=/proc/${namespace.netns.pid}/ns/net`,
        'sh',
        '-c',
        `sleep 0.5; ip route add blackhole 192.0.2.0/24 table ${OTHER_TABLE}`,
      ]);
      received = socket.receiveSync({ timeout: 120_000 }).type;
      await once(later, 'exit');
    }
    expect(received).toBe(RTM_NEWROUTE);
    expect(streamed).toBeGreaterThanOrEqual(COUNT);
  });

  test('goes by when its loop is left or its signal is aborted', async () => {
    const socket = openRoute();
    for await (const batch of socket.dump(dumpRoutes(TABLE)).batches())
      if (batch.length < 0 || threads() > 0) break;
    expect(nameOf(await socket.request(getLink({ index: 1 })))).toBe('lo');
    const controller = new AbortController();
    const read = async () => {
      for await (const batch of socket.dump(dumpRoutes(TABLE), { signal: controller.signal }).batches())
        if (batch.length > 0 && threads() > 0) controller.abort('enough');
    };
    await expect(read()).rejects.toBe('enough');
    expect(nameOf(socket.requestSync(getLink({ index: 1 })))).toBe('lo');
    expect(await socket.dump(dumpRoutes(TABLE)).toArray()).toHaveLength(COUNT);
    await untilNoThread();
  });

  test('runs beside many others, each with its socket', async () => {
    const dumps = Array.from({ length: 20 }, () => openRoute().dump(dumpRoutes(TABLE)).toArray());
    for (const dump of dumps) expect(await dump).toHaveLength(COUNT);
    await untilNoThread();
  });

  test('goes on when messages for the same socket are lost', async () => {
    const socket = openRoute({ groups: [RTNLGRP_IPV4_ROUTE], options: { receiveBufferSize: 64 * 1024 } });
    const other = openRoute();
    let streamed = 0;
    let lost = false;
    for await (const batch of socket.dump(dumpRoutes(TABLE)).batches()) {
      streamed += batch.length;
      if (lost || threads() === 0) continue;
      const events = other.batch({ acknowledge: 'last' });
      for (let index = 0; index < 2000; index++) events.add(newRoute(address(index), OTHER_TABLE));
      expect(events.sendSync().filter(({ status }) => status !== 'done')).toEqual([]);
      lost = true;
    }
    expect(lost).toBe(true);
    expect(streamed).toBeGreaterThanOrEqual(COUNT);
    expect(nameOf(await socket.request(getLink({ index: 1 })))).toBe('lo');
    // It is counted when what the thread has received before it is taken, which may be a turn of the loop later.
    while (socket.counters.overruns === 0) await sleep(1);
    expect(socket.memory().drops).toBeGreaterThan(0);
  });
});

describe('closing its socket', () => {
  test('rejects it, and gives its port id back', async () => {
    for (let round = 0; round < 20; round++) {
      const socket = openRoute();
      const { portId } = socket;
      const read = async () => {
        for await (const batch of socket.dump(dumpRoutes(TABLE)).batches())
          if (batch.length > 0 && threads() > 0) socket.close();
      };
      await expect(read()).rejects.toMatchObject({ code: 'ERR_NETLINK_CLOSED' });
      await untilFree(() => openRoute({ portId }));
    }
    await untilNoThread();
  });

  test('by the end of its worker or process leaves nothing behind', async () => {
    const source = (ending: string) => `
      const { readdirSync } = require('node:fs');
      const { openSocket } = require('afnetlink');
      const threads = () => readdirSync('/proc/self/task').length;
      (async () => {
        const before = threads();
        const socket = openSocket({ protocol: 0, netns: ${JSON.stringify(namespace.netns)} });
            const dump = socket.dump({ type: 26, payload: Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) });
        for await (const batch of dump.batches()) if (batch.length > 0 && threads() > 0) { ${ending} }
        throw new Error('the dump ended too soon');
      })();
    `;
    const result = await runInProcess(`
      const { readdirSync } = require('node:fs');
      const { Worker } = require('node:worker_threads');
      const tasks = () => readdirSync('/proc/self/task').length;
      const run = (source) => new Promise((resolve) => {
        const worker = new Worker(source, { eval: true });
        worker.on('message', () => worker.terminate());
        worker.on('error', resolve);
        worker.on('exit', resolve);
      });
      const sources = ${JSON.stringify([source('process.exit(0);'), source("require('node:worker_threads').parentPort.postMessage(1);")])};
      (async () => {
        await run(sources[0]);
        const before = tasks();
        const outcomes = [];
        for (let round = 0; round < 10; round++) outcomes.push(await run(sources[round % 2]));
        // A thread that was joined is listed until the kernel is done with it.
        while (tasks() > before) await new Promise((resolve) => setTimeout(resolve, 10));
        console.log(outcomes.filter((outcome) => outcome instanceof Error));
        ${source('process.exit(0);')}
      })();
    `);
    expect(result).toMatchObject({ status: 0, signal: null, stdout: '[]\n', stderr: '' });
  });
});

function nameOf({ message }: { readonly message: NetlinkMessage | undefined }): string {
  return message === undefined ? '' : linkName(message);
}
