import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openGeneric } from 'afnetlink';
import { runCommand } from '../helpers/processes.js';

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

function open() {
  const controller = openGeneric();
  opened.push(controller);
  return controller;
}

const isLoaded = (module: string) => readFileSync('/proc/modules', 'utf8').includes(`${module} `);

// Another suite of the same guest may have had it loaded.
beforeEach(async () => {
  if (isLoaded('wireguard')) expect(await runCommand('rmmod', ['wireguard'])).toMatchObject({ status: 0 });
});

test('asking for a family loads its module; that it came is noticed', async () => {
  expect(isLoaded('wireguard')).toBe(false);
  const watching = open();
  await watching.family('nlctrl');
  const arrivals = watching.socket.subscribe({ groups: [16] });
  const family = await open().family('wireguard');
  expect(isLoaded('wireguard')).toBe(true);
  expect(family).toMatchObject({ name: 'wireguard', version: 1 });
  expect(family.operations.length).toBeGreaterThan(0);
  expect(await arrivals.next()).toMatchObject({ value: { kind: 'event', event: { type: 16 } } });
});

test('a family that no module gives is refused with advice', async () => {
  await expect(open().family('no_such_family')).rejects.toMatchObject({
    code: 'ENOENT',
    message: expect.stringContaining("there is no Generic Netlink family 'no_such_family' here"),
  });
});
