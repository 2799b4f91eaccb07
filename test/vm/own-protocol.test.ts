// examples/own-protocol, as docs/your-own-protocol.md builds it: the run loads its module. Runs in the guest.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openSocket } from 'afnetlink';
import { packageRoot, runCommand } from '../helpers/processes.js';

const NETLINK_OWN = 31;
const source = (file: string): string =>
  readFileSync(join(packageRoot, 'examples/own-protocol', file), 'utf8');

test('module and program talk to each other', async () => {
  const { status, stdout, stderr } = await runCommand(process.execPath, [
    'out/examples/own-protocol/own-protocol.js',
  ]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^Hello, my own protocol!\0\n.*EINVAL: there is nothing to send back.*\n$/);
});

test('the module cannot be unloaded under a program', async () => {
  using socket = openSocket({ protocol: NETLINK_OWN });
  expect((await runCommand('rmmod', ['own_protocol'])).stderr).toContain('in use');
  expect(socket.protocol).toBe(NETLINK_OWN);
});

test('both sides have the same constant, and are as short as the page says', () => {
  expect(source('own_protocol.c')).toMatch(new RegExp(`#define NETLINK_OWN ${NETLINK_OWN}\\b`));
  expect(source('own-protocol.ts')).toMatch(new RegExp(`NETLINK_OWN = ${NETLINK_OWN};`));
  const lines = (file: string): number => source(file).trimEnd().split('\n').length;
  expect(lines('own_protocol.c')).toBeLessThanOrEqual(60);
  expect(lines('own-protocol.ts')).toBeLessThanOrEqual(21);
});
