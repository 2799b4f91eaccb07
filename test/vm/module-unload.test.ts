// rmmod and a worker's end. Runs in the guest; puts the module back.
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { openSocket } from 'afnetlink';
import { cString } from 'afnetlink/wire';
import { Control, nt } from '../helpers/module.js';
import { runCommand, runInWorker } from '../helpers/processes.js';

const moduleFile = process.env['AFNETLINK_MODULE'] ?? '';
const loaded = (): boolean => /^netlink_test /m.test(readFileSync('/proc/modules', 'utf8'));

afterEach(async () => {
  if (!loaded()) expect(await runCommand('insmod', [moduleFile])).toMatchObject({ status: 0, stderr: '' });
});

test('rmmod is refused while a socket is open, and works after the last close', async () => {
  const sockets = [openSocket({ protocol: 17 }), openSocket({ protocol: 17 })];
  for (const socket of sockets) {
    const refused = await runCommand('rmmod', ['netlink_test']);
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('in use');
    socket.close();
  }
  expect(await runCommand('rmmod', ['netlink_test'])).toMatchObject({ status: 0, stderr: '' });
  expect(() => openSocket({ protocol: 17 })).toThrow(expect.objectContaining({ code: 'EPROTONOSUPPORT' }));
});

test('rmmod with datagrams waiting has them handled before it goes', async () => {
  const control = new Control();
  control.call('SET_MODE', (writer) => {
    writer.u32(nt('A_MODE'), nt('MODE_DEFERRED'));
    writer.u32(nt('A_SLEEP'), 100);
  });
  const socket = openSocket({ protocol: 17 });
  for (let count = 0; count < 20; count++) socket.send({ payload: cString('waits') });
  let queued = 0;
  for (const { attributes } of control.call('GET_MODE')) {
    while (attributes.next()) if (attributes.type === nt('A_QUEUED')) queued = attributes.u32();
  }
  expect(queued).toBeGreaterThan(10);
  socket.close();
  control.close();
  // A datagram that outlived the module would end the guest: its work item is the module's code.
  expect(await runCommand('rmmod', ['netlink_test'])).toMatchObject({ status: 0, stderr: '' });
  expect(await runCommand('insmod', [moduleFile])).toMatchObject({ status: 0 });
  using again = openSocket({ protocol: 17 });
  again.send({ payload: cString('after it') });
  expect(Buffer.from((await again.receive()).payload).toString()).toBe('after it\0');
});

test('another protocol number is one parameter', async () => {
  expect(await runCommand('rmmod', ['netlink_test'])).toMatchObject({ status: 0 });
  expect(await runCommand('insmod', [moduleFile, 'protocol=23'])).toMatchObject({ status: 0 });
  const echo = await runCommand(process.execPath, ['dist/cli/nl_recv.js', '--protocol', '23', 'x']);
  expect(echo).toMatchObject({ status: 0, stdout: 'Send to kernel: x\nReceived from kernel: x\n' });
  expect(await runCommand('rmmod', ['netlink_test'])).toMatchObject({ status: 0 });
});

test.each([-1, 32])('protocol %i is refused', async (protocol) => {
  expect(await runCommand('rmmod', ['netlink_test'])).toMatchObject({ status: 0 });
  const refused = await runCommand('insmod', [moduleFile, `protocol=${protocol}`]);
  expect(refused.stderr).toContain('Invalid');
});

test('a worker that ends with its socket open leaves the module free', async () => {
  const { exitCode } = await runInWorker(`
    const { openSocket } = require('afnetlink');
    const { cString } = require('afnetlink/wire');
    const socket = openSocket({ protocol: 17 });
    socket.send({ payload: cString('from a worker') });
    socket.receive().then(() => process.exit(7));
  `);
  expect(exitCode).toBe(7);
  using socket = openSocket({ protocol: 17 });
  socket.send({ payload: cString('after it') });
  expect(Buffer.from((await socket.receive()).payload).toString()).toBe('after it\0');
  socket.close();
  expect(await runCommand('rmmod', ['netlink_test'])).toMatchObject({ status: 0, stderr: '' });
});
