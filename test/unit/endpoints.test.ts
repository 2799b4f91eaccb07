import { describe, expect, test } from '@jest/globals';
import { endpointTable, markedLine } from '#lib/cli/endpoint-table';
import type { Endpoint } from '#lib/endpoints/endpoint';
import { endpointOf } from '#lib/endpoints/endpoint';

const message = {
  ndiagFamily: 'netlink',
  ndiagType: 'raw',
  ndiagProtocol: 16,
  ndiagState: 'connected',
  ...{ ndiagPortid: 4711, ndiagDstPortid: 99, ndiagDstGroup: 3, ndiagIno: 123, ndiagCookie: [5, 1] },
  groups: [0b1000_0111, 0x80000001],
  flags: ['cb-running'],
} as const;

const memory = { rmemAlloc: 10, rcvbuf: 20, wmemAlloc: 30, sndbuf: 40, drops: 7 };
const meminfo = { ...memory, fwdAlloc: 0, wmemQueued: 0, optmem: 0, backlog: 0 };

test('a connected member of groups beyond the first word', () => {
  expect(endpointOf({ ...message, meminfo }, 42)).toEqual({
    protocol: 16,
    portId: 4711,
    groups: [1, 2, 3, 8, 33, 64],
    destination: { portId: 99, group: 3 },
    state: 'connected',
    type: 'raw',
    memory: { receiveQueued: 10, receiveBufferSize: 20, sendQueued: 30, sendBufferSize: 40 },
    drops: 7,
    flags: ['cb-running'],
    inode: 123,
    cookie: 0x1_0000_0005n,
    namespace: 42,
  });
});

test.each(['new', 'unconnected'] as const)('%s is not connected', (ndiagState) => {
  const endpoint = endpointOf({ ...message, ndiagState, meminfo }, 42);
  expect(endpoint.state).toBe('unconnected');
  expect(endpoint).not.toHaveProperty('destination');
});

describe('nlctl endpoints', () => {
  const endpoint: Endpoint = { ...endpointOf({ ...message, meminfo }, 42), processes: [] };
  const row = (changed: Partial<Endpoint>) => endpointTable([{ ...endpoint, ...changed }])[1] ?? '';

  test('has a row for each endpoint', () => {
    expect(row({ processes: [{ pid: 8, name: 'ip' }] }).split(/ +/)).toEqual([
      ...['generic', '4711', '1-3,8,33,64', '99/3', 'connected', '10/20', '7', '123', 'ip/8', '42'],
    ]);
    expect(row({}).split(/ +/)[8]).toBe('?');
    expect(row({ portId: 0 })).toContain(' kernel ');
    expect(row({ protocol: 29, groups: [] })).toMatch(/^29 .* - /);
  });

  test('prints changes under each other, with a mark', () => {
    const [heading, line] = [markedLine(' '), markedLine('+', endpoint)];
    expect(line).toMatch(/^\+ {2}generic /);
    expect(line.indexOf('connected')).toBe(heading.indexOf('STATE'));
    expect(line.lastIndexOf('42')).toBe(heading.indexOf('NAMESPACE'));
  });
});
