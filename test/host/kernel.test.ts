import { afterEach, describe, expect, test } from '@jest/globals';
import { NetlinkError, type NetlinkSocket, openSocket, type OpenSocketOptions } from 'afnetlink';
import { runCommand } from '../helpers/processes.js';

const NETLINK_ROUTE = 0;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_REQUEST = 1;
const NLM_F_ACK = 4;
const NLM_F_DUMP = 0x300;
const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;

const sockets: NetlinkSocket[] = [];

function open(options: OpenSocketOptions): NetlinkSocket {
  const socket = openSocket(options);
  sockets.push(socket);
  return socket;
}

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

/** struct ifinfomsg with an interface index. */
function linkRequest(index: number): Uint8Array {
  const words = new Int32Array(4);
  words[1] = index;
  return new Uint8Array(words.buffer);
}

describe('NETLINK_ROUTE', () => {
  test('a request for loopback is answered by the kernel', async () => {
    const socket = open({ protocol: NETLINK_ROUTE });
    const sequence = socket.send({ type: RTM_GETLINK, payload: linkRequest(1) });
    const reply = await socket.receive();
    expect(reply).toMatchObject({ type: RTM_NEWLINK, sequence, portId: socket.portId });
    expect(reply.sender).toEqual({ portId: 0, group: 0 });
    expect(new Int32Array(reply.payload.slice(4, 8).buffer)[0]).toBe(1);
  });

  test('a dump gives the links that ip(8) counts', async () => {
    const socket = open({ protocol: NETLINK_ROUTE });
    socket.send({
      type: RTM_GETLINK,
      flags: NLM_F_REQUEST | NLM_F_DUMP,
      payload: linkRequest(0),
    });
    let links = 0;
    for await (const { type } of socket) {
      if (type === NLMSG_DONE) break;
      expect(type).toBe(RTM_NEWLINK);
      links += 1;
    }
    const { stdout } = await runCommand('ip', ['-j', 'link']);
    expect(links).toBe((JSON.parse(stdout) as unknown[]).length);
  });

  test('a refusal is a message with the negative errno', async () => {
    const socket = open({ protocol: NETLINK_ROUTE });
    socket.send({
      type: RTM_GETLINK,
      flags: NLM_F_REQUEST | NLM_F_ACK,
      payload: linkRequest(0x7fffffff),
    });
    const { type, payload } = await socket.receive();
    expect(type).toBe(NLMSG_ERROR);
    expect(new Int32Array(payload.slice(0, 4).buffer)[0]).toBe(-19);
  });
});

describe('errors', () => {
  test('a protocol that no module offers', () => {
    expect(() => open({ protocol: 30 })).toThrow(
      expect.objectContaining({ code: 'EPROTONOSUPPORT', syscall: 'socket', errno: 93 }),
    );
  });

  test('a port id that is taken', () => {
    const { portId } = open({ protocol: NETLINK_ROUTE });
    expect(() => open({ protocol: NETLINK_ROUTE, portId })).toThrow(
      expect.objectContaining({ code: 'EADDRINUSE', syscall: 'bind' }),
    );
  });

  test('a port id of the caller', () => {
    expect(open({ protocol: NETLINK_ROUTE, portId: 0xabcd0123 }).portId).toBe(0xabcd0123);
  });

  test('nobody at the destination', () => {
    const socket = open({ protocol: 2 });
    expect(() => socket.send({ to: { portId: 0x7ffffff1 } })).toThrow(
      expect.objectContaining({ code: 'ECONNREFUSED', syscall: 'sendmsg' }),
    );
  });

  test('a message larger than the send buffer', () => {
    const [sender, receiver] = [open({ protocol: 2 }), open({ protocol: 2 })];
    const payload = new Uint8Array(16 * 1024 * 1024);
    expect(() => sender.send({ payload, to: { portId: receiver.portId } })).toThrow(
      expect.objectContaining({ code: 'EMSGSIZE' }),
    );
  });

  test.each<[string, OpenSocketOptions]>([
    ['protocol', { protocol: -1 }],
    ['protocol', { protocol: 32 }],
    ['protocol', { protocol: 1.5 }],
    ['protocol', { protocol: Number.NaN }],
    ['portId', { protocol: 0, portId: 2 ** 32 }],
  ])('bad %s: %o', (name, options) => {
    expect(() => open(options)).toThrow(`openSocket: ${name} is `);
  });

  test.each([{ type: 65_536 }, { flags: -1 }, { sequence: 0.5 }, { portId: 2 ** 32 }, { to: { group: 33 } }])(
    'bad message: %o',
    (message) => {
      expect(() => open({ protocol: 0 }).send(message)).toThrow(
        expect.objectContaining({ code: 'ERR_NETLINK_INVALID_ARGUMENT' }),
      );
    },
  );

  test('are NetlinkErrors, and Errors, in every realm', () => {
    const attempt = () => open({ protocol: 30 });
    expect(attempt).toThrow(NetlinkError);
    expect(attempt).toThrow(Error);
  });
});
