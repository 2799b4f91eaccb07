// Endpoints of the module in the table of netlink sockets. Runs in the guest; puts the module back.
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { openSocket } from 'afnetlink';
import { listEndpoints, watchEndpoints } from 'afnetlink/endpoints';
import { nt } from '../helpers/module.js';
import { runCommand } from '../helpers/processes.js';

const PROTOCOL = 17;
const moduleFile = process.env['AFNETLINK_MODULE'] ?? '';
const loaded = (): boolean => /^netlink_test /m.test(readFileSync('/proc/modules', 'utf8'));
const succeeded = expect.objectContaining({ status: 0 }) as unknown;

afterEach(async () => {
  if (!loaded()) expect(await runCommand('insmod', [moduleFile])).toEqual(succeeded);
});

test('rows go on rmmod and appear on insmod', async () => {
  const seen: string[] = [];
  for await (const { kind, endpoint } of watchEndpoints({ interval: 20 })) {
    if (endpoint.protocol !== PROTOCOL) continue;
    seen.push(`${kind} ${endpoint.portId}`);
    if (kind === 'present') expect(await runCommand('rmmod', ['netlink_test'])).toEqual(succeeded);
    if (kind === 'gone') expect(await runCommand('insmod', [moduleFile])).toEqual(succeeded);
    if (kind === 'appeared') break;
  }
  expect(seen).toEqual(['present 0', 'gone 0', 'appeared 0']);
});

test('the protocol has the kernel’s endpoint and ours', async () => {
  using socket = openSocket({ protocol: PROTOCOL, groups: [nt('GROUP_ANNOUNCE')] });
  const endpoints = (await listEndpoints()).filter(({ protocol }) => protocol === PROTOCOL);
  expect(endpoints.map(({ portId, groups }) => [portId, groups])).toEqual([
    [0, []],
    [socket.portId, [1]],
  ]);
  expect(endpoints[0]?.processes).toEqual([]);
  expect(endpoints[1]?.processes.map(({ pid }) => pid)).toEqual([process.pid]);
});
