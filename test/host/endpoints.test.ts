// The table of netlink sockets against this kernel, with /proc/net/netlink as the oracle.
import { readlinkSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { openSocket } from 'afnetlink';
import { NETLINK_GENERIC, NETLINK_ROUTE, NETLINK_USERSOCK } from 'afnetlink/wire';
import { type Endpoint, listEndpoints, watchEndpoints } from 'afnetlink/endpoints';
import { testUnless } from '../helpers/conditional';
import { withoutCapabilities } from '../helpers/namespaces';
import { privateNamespace } from '../helpers/private-namespace';
import { packageRoot, runCommand } from '../helpers/processes';

const namespace = privateNamespace();
const namespaceId = (pid: number | 'self') => Number(/\d+/.exec(readlinkSync(`/proc/${pid}/ns/net`))?.[0]);

const UNPRIVILEGED = process.getuid?.() === 0 ? undefined : 'needs root, to run it as somebody else';
const NLCTL = `${packageRoot}/dist/cli/nlctl.js`;

function find(endpoints: readonly Endpoint[], protocol: number, portId: number): Endpoint | undefined {
  return endpoints.find((endpoint) => endpoint.protocol === protocol && endpoint.portId === portId);
}

/** Rows of /proc/net/netlink in the namespace: what both tell, as text. */
function shownByProc(): string[] {
  const rows = namespace.run('cat', '/proc/net/netlink').trim().split('\n').slice(1);
  return rows.map((row) => {
    const [, protocol, portId, groups = '', rmem, wmem, , , drops, inode] = row.trim().split(/\s+/);
    return [protocol, portId, parseInt(groups, 16), rmem, wmem, drops, inode].join(' ');
  });
}

/** The same of our table. /proc shows the first 32 groups only. */
function asProc({ protocol, portId, groups, memory, drops, inode }: Endpoint): string {
  const mask = groups.filter((group) => group <= 32).reduce((bits, group) => bits + 2 ** (group - 1), 0);
  return [protocol, portId, mask, memory.receiveQueued, memory.sendQueued, drops, inode].join(' ');
}

describe('nlctl endpoints', () => {
  const nlctl = (...args: readonly string[]) => namespace.run(process.execPath, NLCTL, 'endpoints', ...args);

  test('lists what /proc/net/netlink does', () => {
    using member = openSocket({ protocol: NETLINK_ROUTE, groups: [1, 3, 36], netns: namespace.netns });
    using silent = openSocket({ protocol: NETLINK_USERSOCK, netns: namespace.netns });
    const endpoints = JSON.parse(nlctl('--json')) as Endpoint[];
    // The memory of the kernel's end counts requests in flight, those of the asking itself too.
    const settled = (rows: readonly string[]) => rows.filter((row) => !row.startsWith('4 0 ')).sort();
    expect(settled(endpoints.map(asProc))).toEqual(settled(shownByProc()));
    expect(endpoints.every((each) => each.namespace === namespaceId(namespace.netns.pid))).toBe(true);
    expect(find(endpoints, NETLINK_ROUTE, member.portId)?.groups).toEqual([1, 3, 36]);
    expect(find(endpoints, NETLINK_USERSOCK, silent.portId)?.processes).toEqual([
      { pid: process.pid, name: expect.any(String) as unknown },
    ]);
    expect(find(endpoints, NETLINK_ROUTE, 0)?.processes).toEqual([]);
  });

  test('prints a table', () => {
    using socket = openSocket({ protocol: NETLINK_ROUTE, groups: [1, 2, 3], netns: namespace.netns });
    const [heading, ...lines] = nlctl().trim().split('\n');
    expect(heading).toMatch(/^PROTOCOL +PORT ID +GROUPS/);
    const row = lines.find((line) => line.includes(` ${socket.portId} `));
    expect(row).toMatch(/^route +\d+ +1-3 +- +unconnected /);
    expect(row).toContain(`/${process.pid} `);
    expect(lines.find((line) => line.startsWith('generic '))).toContain(' kernel ');
  });

  testUnless(UNPRIVILEGED, 'says ? of processes that we may not look into', async () => {
    using socket = openSocket({ protocol: NETLINK_ROUTE });
    const [program, ...args] = [...withoutCapabilities, process.execPath, NLCTL, 'endpoints'];
    const { status, stdout, stderr } = await runCommand(program, args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const row = stdout.split('\n').find((line) => line.includes(` ${socket.portId} `));
    expect(row).toMatch(/ \? +\d+$/);
  });

  test('wrong arguments say what is right', async () => {
    const { status, stderr } = await runCommand(process.execPath, [NLCTL, 'endpoints', '--interval', 'soon']);
    expect(status).toBe(2);
    expect(stderr).toContain("--interval: must be a number of seconds from 0.01 to 86400, got 'soon'");
  });
});

test('a row is there from bind to close, and the socket that asks is not', async () => {
  const count = (endpoints: readonly Endpoint[]) =>
    endpoints.filter(({ processes }) => processes.some(({ pid }) => pid === process.pid)).length;
  const before = count(await listEndpoints());
  const socket = openSocket({ protocol: NETLINK_GENERIC });
  const { portId } = socket;
  const during = await listEndpoints();
  expect(count(during)).toBe(before + 1);
  expect(find(during, NETLINK_GENERIC, portId)).toMatchObject({ state: 'unconnected', groups: [], drops: 0 });
  socket.close();
  expect(find(await listEndpoints(), NETLINK_GENERIC, portId)).toBeUndefined();
});

test('what is queued and what was dropped is seen', async () => {
  using socket = openSocket({
    protocol: NETLINK_ROUTE,
    groups: [1],
    netns: namespace.netns,
    options: { receiveBufferSize: 4096 },
  });
  for (let round = 0; round < 40; round++) {
    namespace.ip(`link set lo mtu ${1500 + round}`);
  }
  const endpoint = find(await listEndpoints({ allNamespaces: true }), NETLINK_ROUTE, socket.portId);
  expect(endpoint?.memory.receiveQueued).toBe(socket.memory().receiveQueued);
  expect(endpoint?.memory.receiveQueued).toBeGreaterThan(0);
  expect(endpoint?.drops).toBe(socket.memory().drops);
  expect(endpoint?.drops).toBeGreaterThan(0);
});

test('other namespaces are found through their processes', async () => {
  using socket = openSocket({ protocol: NETLINK_ROUTE, portId: 77_777, netns: namespace.netns });
  const all = await listEndpoints({ allNamespaces: true });
  const [own, other] = [namespaceId('self'), namespaceId(namespace.netns.pid)];
  expect(find(all, NETLINK_ROUTE, socket.portId)?.namespace).toBe(other);
  expect(new Set(all.map((each) => each.namespace)).has(own)).toBe(true);
  expect((await listEndpoints()).every((each) => each.namespace === own)).toBe(true);
});

test('watching tells of those that come, join a group, and go', async () => {
  const seen: unknown[] = [];
  let socket: ReturnType<typeof openSocket> | undefined;
  let portId = 0;
  for await (const { kind, endpoint } of watchEndpoints({ interval: 10 })) {
    // The first look is over when something of it was given.
    if (socket === undefined) {
      expect(kind).toBe('present');
      socket = openSocket({ protocol: NETLINK_USERSOCK });
      ({ portId } = socket);
    }
    if (endpoint.protocol !== NETLINK_USERSOCK || endpoint.portId !== portId) continue;
    seen.push([kind, endpoint.groups]);
    if (kind === 'appeared') socket.joinGroup(5);
    if (kind === 'changed') socket.close();
    if (kind === 'gone') break;
  }
  expect(seen).toEqual([
    ['appeared', []],
    ['changed', [5]],
    ['gone', [5]],
  ]);
});

test('watching ends with its signal', async () => {
  const signal = AbortSignal.timeout(50);
  const watching = async () => {
    for await (const { kind } of watchEndpoints({ interval: 10_000, signal })) expect(kind).toBe('present');
  };
  await expect(watching()).rejects.toThrow('aborted');
});
