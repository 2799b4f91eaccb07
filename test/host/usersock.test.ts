import { afterEach, describe, expect, test } from '@jest/globals';
import { type NetlinkSocket, openSocket, type OpenSocketOptions } from 'afnetlink';
import { cString } from 'afnetlink/wire';

const NETLINK_USERSOCK = 2;
const sockets: NetlinkSocket[] = [];

function open(options: Partial<OpenSocketOptions> = {}): NetlinkSocket {
  const socket = openSocket({ protocol: NETLINK_USERSOCK, ...options });
  sockets.push(socket);
  return socket;
}

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

describe('two sockets', () => {
  test.each([0, 1, 3, 1024, 32_000, 32_752, 32_753, 100_000, 200_000])('%i bytes', async (size) => {
    const [sender, receiver] = [open(), open()];
    const payload = Uint8Array.from({ length: size }, (_, index) => index * 7);
    sender.send({ payload, to: { portId: receiver.portId } });
    expect(await receiver.receive()).toEqual({
      type: 16,
      flags: 1,
      sequence: 1,
      portId: sender.portId,
      payload,
      sender: { portId: sender.portId, group: 0 },
    });
  });

  test('the header is what the caller says', async () => {
    const [sender, receiver] = [open(), open()];
    const header = { type: 0xffff, flags: 0xfffe, sequence: 0xffffffff, portId: 0xfffffffe };
    expect(sender.send({ ...header, to: { portId: receiver.portId } })).toBe(0xffffffff);
    expect(await receiver.receive()).toMatchObject(header);
  });

  test('sequence numbers count up', async () => {
    const [sender, receiver] = [open(), open()];
    const to = { portId: receiver.portId };
    expect([sender.send({ to }), sender.send({ to })]).toEqual([1, 2]);
    expect((await receiver.receive()).sequence).toBe(1);
    expect((await receiver.receive()).sequence).toBe(2);
  });

  test('a message that comes later wakes the receiver', async () => {
    const [sender, receiver] = [open(), open()];
    const pending = [receiver.receive(), receiver.receive()];
    setTimeout(() => {
      sender.send({ type: 100, to: { portId: receiver.portId } });
      sender.send({ type: 101, to: { portId: receiver.portId } });
    }, 5);
    expect((await Promise.all(pending)).map(({ type }) => type)).toEqual([100, 101]);
  });

  test('the iterator gives messages in order', async () => {
    const [sender, receiver] = [open(), open()];
    for (let type = 100; type < 200; type++) sender.send({ type, to: { portId: receiver.portId } });
    const types: number[] = [];
    for await (const message of receiver) {
      types.push(message.type);
      if (types.length === 100) break;
    }
    expect(types).toEqual(Array.from({ length: 100 }, (_, index) => 100 + index));
  });

  test('receiveSync waits, and gives up in time', () => {
    const [sender, receiver] = [open(), open()];
    expect(() => receiver.receiveSync({ timeout: 5 })).toThrow(
      expect.objectContaining({ code: 'ERR_NETLINK_TIMEOUT' }),
    );
    sender.send({ payload: cString('now'), to: { portId: receiver.portId } });
    expect(receiver.receiveSync().payload).toEqual(cString('now'));
  });
});

describe('promises that settle at once', () => {
  test('leave timers and other sockets their turn, over 200,000 echoes', async () => {
    const [client, server] = [open(), open()];
    let ticks = 0;
    let longest = 0;
    const timer = setInterval(() => {
      ticks += 1;
      longest = Math.max(longest, echoes - before);
      before = echoes;
    }, 1);
    let echoes = 0;
    let before = 0;
    for (; echoes < 200_000; echoes++) {
      client.send({ to: { portId: server.portId } });
      const { sequence } = await server.receive();
      server.send({ sequence, to: { portId: client.portId } });
      if ((await client.receive()).sequence !== sequence) throw new Error('echoes out of order');
    }
    clearInterval(timer);
    // 256 receives a turn at the most, and the timer is due in nearly every turn.
    expect(ticks).toBeGreaterThan(200);
    expect(longest).toBeLessThan(20_000);
  });
});

describe('abort', () => {
  test('before: nothing is waited for', async () => {
    const reason = new Error('not wanted');
    await expect(open().receive({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('while waiting; the next receive gets the message', async () => {
    const [sender, receiver] = [open(), open()];
    const controller = new AbortController();
    const pending = receiver.receive({ signal: controller.signal });
    const next = receiver.receive();
    controller.abort();
    await expect(pending).rejects.toBe(controller.signal.reason);
    sender.send({ type: 55, to: { portId: receiver.portId } });
    expect((await next).type).toBe(55);
  });

  test('afterwards: changes nothing', async () => {
    const [sender, receiver] = [open(), open()];
    const controller = new AbortController();
    const pending = receiver.receive({ signal: controller.signal });
    sender.send({ type: 55, to: { portId: receiver.portId } });
    await pending;
    controller.abort();
    sender.send({ type: 56, to: { portId: receiver.portId } });
    expect((await receiver.receive()).type).toBe(56);
  });
});

describe('close', () => {
  test('rejects what is pending, is idempotent, and ends every call', async () => {
    const socket = open();
    const pending = [socket.receive(), socket.receive()];
    socket.close();
    socket.close();
    const closed = { code: 'ERR_NETLINK_CLOSED' };
    for (const promise of pending) await expect(promise).rejects.toMatchObject(closed);
    await expect(socket.receive()).rejects.toMatchObject(closed);
    expect(() => socket.send()).toThrow(expect.objectContaining(closed));
    expect(() => socket.receiveSync()).toThrow(expect.objectContaining(closed));
    expect(socket.closed).toBe(true);
  });

  test('by using and await using', async () => {
    const kept: NetlinkSocket[] = [];
    {
      using socket = open();
      await using other = open();
      kept.push(socket, other);
    }
    expect(kept.map(({ closed }) => closed)).toEqual([true, true]);
  });
});
