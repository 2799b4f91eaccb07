import { describe, expect, test } from '@jest/globals';
import { cString } from 'afnetlink/wire';
import { withoutCapabilities } from '../helpers/namespaces.js';
import { runInProcess } from '../helpers/processes.js';
import { NETLINK_ROUTE, open, openPair, words } from '../helpers/sockets.js';

const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const failed = (code: string) => expect.objectContaining({ code });

describe('datagrams of another process', () => {
  test('are dropped and counted, and the kernel’s come through', async () => {
    const socket = open({ protocol: NETLINK_ROUTE });
    const forger = open({ protocol: NETLINK_ROUTE });
    const to = { portId: socket.portId };
    forger.send({ type: RTM_NEWLINK, payload: cString('forged'), to });
    socket.send({ type: RTM_GETLINK, payload: words(0, 1, 0, 0) });
    forger.send({ type: RTM_NEWLINK, payload: cString('forged'), to });
    const reply = await socket.receive();
    expect(reply.sender.portId).toBe(0);
    expect(reply.payload.length).toBeGreaterThan(100);
    expect(() => socket.receiveSync({ timeout: 0 })).toThrow(failed('ERR_NETLINK_TIMEOUT'));
    expect(socket.counters.foreignDatagrams).toBe(2);
  });

  test('are dropped from among others in one batch', async () => {
    const socket = open({ protocol: NETLINK_ROUTE });
    const forger = open({ protocol: NETLINK_ROUTE });
    for (let index = 0; index < 10; index++) {
      forger.send({ type: 99, to: { portId: socket.portId } });
      socket.send({ type: RTM_GETLINK, sequence: index, payload: words(0, 1, 0, 0) });
    }
    const sequences: number[] = [];
    await new Promise<void>((resolve) => {
      const stop = socket.onDatagrams((batch) => {
        for (let index = 0; index < batch.count; index++) {
          expect(batch.portId(index)).toBe(0);
          sequences.push(batch.words(index)[batch.offset(index) / 4 + 2] ?? -1);
        }
        stop();
        resolve();
      });
    });
    expect(sequences).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(socket.counters.foreignDatagrams).toBe(10);
  });

  test('are taken where the socket was opened for them', async () => {
    const socket = open({ protocol: NETLINK_ROUTE, acceptFrom: 'anyone' });
    const peer = open({ protocol: NETLINK_ROUTE });
    peer.send({ type: 99, to: { portId: socket.portId } });
    expect((await socket.receive()).sender.portId).toBe(peer.portId);
    expect(socket.counters.foreignDatagrams).toBe(0);
  });

  test('are dropped on NETLINK_USERSOCK if asked, although it has no kernel end', () => {
    const [sender, receiver] = openPair({ acceptFrom: 'kernel' });
    sender.send({ to: { portId: receiver.portId } });
    expect(() => receiver.receiveSync({ timeout: 0 })).toThrow(failed('ERR_NETLINK_TIMEOUT'));
    expect(receiver.counters.foreignDatagrams).toBe(1);
  });

  test('acceptFrom must be one of its two words', () => {
    expect(() => open({ acceptFrom: 'root' as 'kernel' })).toThrow(/acceptFrom is 'root'/);
  });
});

describe('two processes', () => {
  const peer = (portId: number, action: string) => `
    const { openSocket } = require('afnetlink');
    const socket = openSocket({ protocol: 2 });
    const to = { portId: ${portId} };
    ${action}
  `;

  test('talk, by port id, with credentials', async () => {
    const socket = open({ options: { passCredentials: true } });
    const other = runInProcess(
      peer(
        socket.portId,
        `socket.send({ payload: Buffer.from(String(process.pid)), to });
         socket.receive().then((answer) => console.log(Buffer.from(answer.payload).toString()));`,
      ),
    );
    const { payload, sender } = await socket.receive();
    expect(sender.credentials?.processId).toBe(Number(Buffer.from(payload).toString()));
    socket.send({ payload: Buffer.from('welcome'), to: { portId: sender.portId } });
    expect(await other).toMatchObject({ status: 0, stdout: 'welcome\n' });
  });

  test('talk by a group', async () => {
    const socket = open({ groups: [12] });
    const other = runInProcess(peer(0, 'socket.send({ type: 1234, to: { group: 12 } });'));
    expect(await socket.receive()).toMatchObject({ type: 1234, sender: { group: 12 } });
    await other;
  });

  test('with user-to-user permission only where the protocol grants it', async () => {
    const socket = open({ protocol: NETLINK_ROUTE, acceptFrom: 'anyone' });
    const source = `
      const { openSocket } = require('afnetlink');
      const attempt = (protocol, to) => {
        try { openSocket({ protocol }).send({ to }); return 'sent'; } catch (error) { return error.code; }
      };
      console.log(process.getuid(), attempt(0, { portId: ${socket.portId} }), attempt(0, { group: 1 }), attempt(2, { group: 1 }));
    `;
    const { stdout } = await runInProcess(source, { prefix: withoutCapabilities });
    expect(stdout).toMatch(/^[1-9]\d* EPERM EPERM sent\n$/);
  });

  test('the other end is gone: ECONNREFUSED', async () => {
    const { stdout } = await runInProcess(peer(0, 'console.log(socket.portId);'));
    expect(() => open().send({ to: { portId: Number(stdout) } })).toThrow(failed('ECONNREFUSED'));
  });
});
