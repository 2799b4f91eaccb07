import { describe, expect, test } from '@jest/globals';
import type { SocketOptions } from 'afnetlink/types';
import { inPrivateNamespace, withoutCapabilities } from '../helpers/namespaces.js';
import { runCommand, runInProcess } from '../helpers/processes.js';
import { NETLINK_ROUTE, open, openPair, wordAt, words } from '../helpers/sockets.js';

const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_REQUEST = 1;
const NLM_F_ACK = 4;
const NLM_F_DUMP = 0x300;
const NLM_F_CAPPED = 0x100;
const NLM_F_ACK_TLVS = 0x200;
const RTM_GETLINK = 18;
const RTM_NEWADDR = 20;
const RTM_GETADDR = 22;
const AF_INET = 2;

const failed = (code: string) => expect.objectContaining({ code });

describe('every flag', () => {
  test.each<keyof SocketOptions>([
    'packetInfo',
    'broadcastError',
    'noOverrunReports',
    'listenAllNamespaces',
    'cappedAcknowledgements',
    'extendedAcknowledgements',
    'strictChecking',
    'passCredentials',
  ])('%s is off, goes on, and off again', (name) => {
    const socket = open();
    expect(socket.getOption(name)).toBe(false);
    socket.setOption(name, true);
    expect(socket.getOption(name)).toBe(true);
    socket.setOption(name, false);
    expect(socket.getOption(name)).toBe(false);
  });

  test('can be set when the socket is opened', () => {
    const socket = open({ options: { packetInfo: true, receiveBufferSize: 100_000 } });
    expect(socket.getOption('packetInfo')).toBe(true);
    expect(socket.getOption('receiveBufferSize')).toBe(200_000);
  });

  test('misspelt, or with a value of another type, is refused', () => {
    const socket = open();
    const name = 'pktinfo' as 'packetInfo';
    expect(() => socket.getOption(name)).toThrow(
      "unknown socket option 'pktinfo' (did you mean 'packetInfo'?)",
    );
    expect(() => socket.setOption(name, true)).toThrow(failed('ERR_NETLINK_INVALID_ARGUMENT'));
    expect(() => socket.setOption('packetInfo', 1 as unknown as boolean)).toThrow(/neither true nor false/);
    expect(() => socket.setOption('receiveBufferSize', -1)).toThrow(
      /must be an integer from 0 to \d+, in bytes, got -1$/,
    );
  });
});

describe('groups', () => {
  test('join and leave, as the kernel lists them', async () => {
    const socket = open({ protocol: NETLINK_ROUTE, groups: [1, 35] });
    socket.joinGroup(33);
    socket.joinGroup(5);
    expect(socket.joinedGroups()).toEqual([1, 5, 33, 35]);
    const { stdout } = await runCommand('cat', ['/proc/net/netlink']);
    const row = stdout.split('\n').find((line) => line.includes(` ${socket.portId} `));
    expect(row?.split(/\s+/)[3]).toBe('00000011');
    socket.leaveGroup(1);
    socket.leaveGroup(33);
    socket.leaveGroup(33);
    expect(socket.joinedGroups()).toEqual([5, 35]);
  });

  test('only members receive, and know the group', async () => {
    const sender = open();
    const members = [open({ groups: [7] }), open({ groups: [7, 8] })];
    const stranger = open({ groups: [8] });
    sender.send({ type: 77, to: { group: 7 } });
    for (const member of members) {
      expect(await member.receive()).toMatchObject({
        type: 77,
        sender: { portId: sender.portId, group: 7 },
      });
    }
    expect(() => stranger.receiveSync({ timeout: 0 })).toThrow(failed('ERR_NETLINK_TIMEOUT'));
  });

  test('that the protocol does not have', () => {
    const socket = open();
    expect(() => socket.joinGroup(1000)).toThrow(/this protocol has no group 1000/);
    expect(() => socket.joinGroup(0)).toThrow(failed('ERR_NETLINK_INVALID_ARGUMENT'));
    expect(socket.joinedGroups()).toEqual([]);
  });

  test('that need a capability', async () => {
    const result = await runInProcess(
      `
      const { openSocket } = require('afnetlink');
      try { openSocket({ protocol: 9, groups: [1] }); } catch (error) { console.log(error.code, error.message); }
      `,
      { prefix: withoutCapabilities },
    );
    expect(result.stdout).toMatch(/^(EPERM .*capability|EPROTONOSUPPORT)/);
  });

  test('above 32 are delivered, and named with packetInfo', async () => {
    // RTNLGRP_IPV4_MCADDR announces multicast addresses; before Linux 6.15, RTNLGRP_BRVLAN the VLANs of a bridge.
    const result = await runInProcess(
      `
      const { execFileSync } = require('node:child_process');
      const { createSocket } = require('node:dgram');
      const { openSocket } = require('afnetlink');
      const socket = openSocket({ protocol: 0, options: { packetInfo: true } });
      let group = 37;
      try { socket.joinGroup(group); } catch { group = 33; socket.joinGroup(group); }
      if (group === 33) {
        execFileSync('ip', 'link add br0 type bridge vlan_filtering 1'.split(' '));
        execFileSync('bridge', 'vlan add dev br0 vid 5 self'.split(' '));
      } else {
        const member = createSocket('udp4');
        member.bind(0, () => { member.addMembership('224.1.2.3', '127.0.0.1'); member.close(); });
      }
      socket.receive().then(({ sender }) => {
        console.log(sender.portId, sender.group === group);
      });
      `,
      { prefix: inPrivateNamespace },
    );
    expect(result).toMatchObject({ stderr: '', stdout: '0 true\n' });
  });
});

describe('acknowledgements', () => {
  const refused = async (options: Partial<SocketOptions>) => {
    const socket = open({ protocol: NETLINK_ROUTE, options });
    // A link with an attribute that must be text, but is not.
    const payload = Buffer.concat([words(0, 0, 0, 0), Uint8Array.of(40, 0, 3, 0), Buffer.alloc(36, 120)]);
    socket.send({ type: RTM_GETLINK, flags: NLM_F_REQUEST | NLM_F_ACK, payload });
    const { type, flags, payload: answer } = await socket.receive();
    expect(type).toBe(NLMSG_ERROR);
    expect(wordAt(answer, 0)).toBeLessThan(0);
    return { flags, length: answer.length };
  };

  test('repeat the request, unless they are capped', async () => {
    expect(await refused({})).toEqual({ flags: 0, length: 4 + 16 + 56 });
    expect(await refused({ cappedAcknowledgements: true })).toEqual({
      flags: NLM_F_CAPPED,
      length: 4 + 16,
    });
  });

  test('carry attributes with extendedAcknowledgements', async () => {
    const { flags, length } = await refused({
      cappedAcknowledgements: true,
      extendedAcknowledgements: true,
    });
    expect(flags).toBe(NLM_F_CAPPED | NLM_F_ACK_TLVS);
    expect(length).toBeGreaterThan(20);
  });
});

test('strictChecking refuses what the kernel else ignores', async () => {
  const answer = async (strictChecking: boolean) => {
    const socket = open({ protocol: NETLINK_ROUTE, options: { strictChecking } });
    // struct ifaddrmsg with a scope, which a dump request must not have.
    const payload = Uint8Array.of(AF_INET, 0, 0, 99, 0, 0, 0, 0);
    socket.send({ type: RTM_GETADDR, flags: NLM_F_REQUEST | NLM_F_DUMP, payload });
    const { type, payload: reply } = await socket.receive();
    // A dump that fails ends with the errno in its NLMSG_DONE.
    return type === NLMSG_ERROR || type === NLMSG_DONE ? wordAt(reply, 0) : type;
  };
  expect(await answer(false)).toBe(RTM_NEWADDR);
  expect(await answer(true)).toBe(-22);
});

test('passCredentials gives the sending process', async () => {
  const [sender, receiver] = openPair();
  receiver.setOption('passCredentials', true);
  sender.send({ to: { portId: receiver.portId } });
  expect((await receiver.receive()).sender.credentials).toEqual({
    processId: process.pid,
    userId: process.getuid?.(),
    groupId: process.getgid?.(),
  });
  receiver.setOption('passCredentials', false);
  sender.send({ to: { portId: receiver.portId } });
  expect((await receiver.receive()).sender).toEqual({ portId: sender.portId, group: 0 });
});

test('listenAllNamespaces hears another namespace, and names it', async () => {
  const result = await runInProcess(
    `
    const { execFileSync } = require('node:child_process');
    const { openSocket } = require('afnetlink');
    const ip = (text) => execFileSync('ip', text.split(' '));
    ip('netns add other');
    ip('netns set other 7');
    const socket = openSocket({ protocol: 0, groups: [1], options: { listenAllNamespaces: true } });
    ip('-n other link set lo up');
    socket.receive().then(({ sender }) => {
      console.log(JSON.stringify(sender));
      ip('link set lo down');
      return socket.receive();
    }).then(({ sender }) => console.log(JSON.stringify(sender)));
    `,
    { prefix: inPrivateNamespace },
  );
  expect(result).toMatchObject({
    stderr: '',
    stdout: '{"portId":0,"group":1,"namespaceId":7}\n{"portId":0,"group":1}\n',
  });
});

describe('buffer sizes', () => {
  test('are doubled by the kernel, and pass the limit with a capability', () => {
    const socket = open();
    socket.setOption('receiveBufferSize', 64 << 20);
    socket.setOption('sendBufferSize', 32 << 20);
    expect(socket.getOption('receiveBufferSize')).toBe(128 << 20);
    expect(socket.getOption('sendBufferSize')).toBe(64 << 20);
  });

  test('fall back to the limit without one', async () => {
    const { stdout } = await runInProcess(
      `
      const { readFileSync } = require('node:fs');
      const { openSocket } = require('afnetlink');
      const limit = (name) => 2 * Number(readFileSync('/proc/sys/net/core/' + name));
      const socket = openSocket({ protocol: 0, options: { receiveBufferSize: 1 << 29, sendBufferSize: 1 << 29 } });
      console.log(socket.getOption('receiveBufferSize') === limit('rmem_max'), socket.getOption('sendBufferSize') === limit('wmem_max'));
      `,
      { prefix: withoutCapabilities },
    );
    expect(stdout).toBe('true true\n');
  });

  test('bound what is queued and what can be sent', async () => {
    const [sender, receiver] = openPair();
    sender.setOption('sendBufferSize', 4096);
    const to = { portId: receiver.portId };
    sender.send({ payload: new Uint8Array(4096), to });
    expect(() => sender.send({ payload: new Uint8Array(8192), to })).toThrow(failed('EMSGSIZE'));
    receiver.setOption('receiveBufferSize', 4096);
    expect(() => {
      for (let count = 0; count < 100; count++) sender.send({ payload: new Uint8Array(1024), to });
    }).toThrow(failed('EAGAIN'));
    expect((await receiver.receive()).payload.length).toBe(4096);
    sender.send({ to });
  });
});

test('memory tells what is queued and what was dropped', () => {
  const [sender, receiver] = [open(), open({ groups: [3] })];
  receiver.setOption('receiveBufferSize', 4096);
  const empty = receiver.memory();
  expect(empty).toMatchObject({ receiveQueued: 0, drops: 0 });
  expect(empty.receiveBufferSize).toBe(receiver.getOption('receiveBufferSize'));
  expect(empty.sendBufferSize).toBe(receiver.getOption('sendBufferSize'));
  sender.send({ payload: new Uint8Array(1000), to: { group: 3 } });
  expect(receiver.memory().receiveQueued).toBeGreaterThan(1000);
  for (let count = 0; count < 99; count++) {
    sender.send({ payload: new Uint8Array(1000), to: { group: 3 } });
  }
  const { drops } = receiver.memory();
  let received = 0;
  for (;;) {
    try {
      receiver.receiveSync({ timeout: 0 });
      received += 1;
    } catch (error) {
      const { code } = error as { code: string };
      if (code === 'ERR_NETLINK_TIMEOUT') break;
      expect(code).toBe('ERR_NETLINK_OVERRUN');
    }
  }
  expect(received).toBeGreaterThan(0);
  expect(received + drops).toBe(100);
});

test('noOverrunReports hides that messages were dropped', () => {
  const overruns = (noOverrunReports: boolean) => {
    const sender = open();
    const receiver = open({ groups: [3], options: { noOverrunReports, receiveBufferSize: 4096 } });
    for (let count = 0; count < 100; count++) {
      sender.send({ payload: new Uint8Array(1000), to: { group: 3 } });
    }
    let reports = 0;
    for (;;) {
      try {
        receiver.receiveSync({ timeout: 0 });
      } catch (error) {
        if ((error as { code: string }).code === 'ERR_NETLINK_TIMEOUT') break;
        reports += 1;
      }
    }
    expect(receiver.counters.overruns).toBe(reports);
    return reports;
  };
  expect(overruns(false)).toBe(1);
  expect(overruns(true)).toBe(0);
});

test('connect chooses where messages go', async () => {
  const [first, second] = openPair();
  const third = open();
  expect(first.peer).toEqual({ portId: 0, group: 0 });
  first.connect({ portId: second.portId });
  expect(first.peer).toEqual({ portId: second.portId, group: 0 });
  first.send({ type: 99 });
  expect((await second.receive()).type).toBe(99);
  expect(() => third.send({ to: { portId: first.portId } })).toThrow(failed('ECONNREFUSED'));
  first.connect({ group: 4 });
  expect(first.peer).toEqual({ portId: 0, group: 4 });
});

test('options that the kernel takes without any effect on netlink are not offered', async () => {
  const script = `
import socket
SOL_SOCKET, idle = 1, []
options = {'SO_TIMESTAMP': 29, 'SO_TIMESTAMPNS': 35, 'SO_PRIORITY': 12, 'SO_MARK': 36, 'SO_BUSY_POLL': 46}
def receive(option):
    a = socket.socket(16, socket.SOCK_RAW, 2); a.bind((0, 0))
    b = socket.socket(16, socket.SOCK_RAW, 2); b.bind((0, 0))
    for s in (a, b):
        if option: s.setsockopt(SOL_SOCKET, option, 1)
    a.sendto(b'x' * 20, b.getsockname())
    data, ancillary, flags, address = b.recvmsg(100, 1000)
    return data, ancillary, flags, address == a.getsockname()
print(all(receive(option) == receive(0) == (b'x' * 20, [], 0, True) for option in options.values()))
`;
  expect(await runCommand('python3', ['-c', script])).toMatchObject({ stdout: 'True\n', stderr: '' });
  const socket = open();
  for (const name of ['timestamp', 'priority', 'mark', 'busyPoll']) {
    expect(() => socket.getOption(name as 'packetInfo')).toThrow(
      `unknown socket option '${name}' (expected one of packetInfo, `,
    );
  }
});
