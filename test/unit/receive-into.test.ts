import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { NetlinkSocket } from 'afnetlink';
import { datagram, FakeKernel, message, reply } from 'afnetlink/testing';

const GROUP = 1;
const bytes = (...values: number[]) => new Uint8Array(values);
const failed = (code: string) => expect.objectContaining({ code });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A kernel, a socket of it, and what makes messages come there: all in one datagram. */
function open() {
  const kernel = new FakeKernel((request) => [
    datagram(message({ type: 77, payload: request.payload }), reply(request, bytes())),
  ]);
  const socket = kernel.openSocket({ groups: [GROUP] });
  const come = (...payloads: Uint8Array[]) =>
    kernel.emit(GROUP, datagram(...payloads.map((payload) => message({ type: 20, payload }))));
  return { kernel, socket, come };
}

const isIn = (memory: Uint8Array, payload: Uint8Array) =>
  payload.buffer === memory.buffer && payload.byteOffset === memory.byteOffset;

const transferAway = ({ buffer }: Uint8Array) =>
  structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });

describe('into memory', () => {
  test.each([
    ['a Uint8Array', new Uint8Array(8)],
    ['a part of one', new Uint8Array(32).subarray(5, 13)],
    ['a Buffer', Buffer.alloc(8)],
    ['shared memory', new Uint8Array(new SharedArrayBuffer(8))],
  ])('%s: the payload is a view of it, which the next receive overwrites', (_, into) => {
    const { socket, come } = open();
    for (const payload of [bytes(1, 2, 3, 4), bytes(5, 6, 7, 8, 9, 10, 11, 12), bytes(13)]) come(payload);
    const first = socket.receiveSync({ into });
    expect(first).toEqual({
      type: 20,
      flags: 0,
      sequence: 0,
      portId: 0,
      payload: bytes(1, 2, 3, 4),
      sender: { portId: 0, group: GROUP },
    });
    const second = socket.receiveSync({ into });
    expect(second.payload).toEqual(bytes(5, 6, 7, 8, 9, 10, 11, 12));
    expect(first.payload).toEqual(bytes(5, 6, 7, 8));
    expect(socket.receiveSync({ into }).payload).toEqual(bytes(13));
    for (const { payload } of [first, second]) expect(isIn(into, payload)).toBe(true);
  });

  test('a longer payload comes whole, in memory of its own', () => {
    const { socket, come } = open();
    const into = bytes(7, 7, 7, 7);
    come(bytes(1, 2, 3, 4, 5));
    const { payload } = socket.receiveSync({ into });
    expect(payload).toEqual(bytes(1, 2, 3, 4, 5));
    expect(isIn(into, payload)).toBe(false);
    expect(into).toEqual(bytes(7, 7, 7, 7));
  });

  test('messages that were received before come first', () => {
    const { socket, come } = open();
    const into = new Uint8Array(4);
    come(bytes(1), bytes(2), bytes(3));
    come(bytes(4));
    expect(socket.receiveSync().payload).toEqual(bytes(1));
    for (const value of [2, 3, 4]) {
      const { payload } = socket.receiveSync({ into });
      expect(payload).toEqual(bytes(value));
      expect(isIn(into, payload)).toBe(true);
    }
  });

  test('what comes behind an error is not there before its turn', () => {
    const { kernel, socket } = open();
    const into = new Uint8Array(4);
    const malformed = bytes(9, 0, 0, 0);
    kernel.emit(GROUP, datagram(message({ type: 20, payload: bytes(1, 1, 1, 1) }), malformed));
    kernel.notify(GROUP, 20, bytes(2, 2, 2, 2));
    expect(socket.receiveSync({ into }).payload).toEqual(bytes(1, 1, 1, 1));
    expect(() => socket.receiveSync({ into })).toThrow(failed('ERR_NETLINK_MALFORMED'));
    expect(into).toEqual(bytes(1, 1, 1, 1));
    kernel.overrun();
    expect(socket.receiveSync().payload).toEqual(bytes(2, 2, 2, 2));
    expect(() => socket.receiveSync({ into })).toThrow(failed('ERR_NETLINK_OVERRUN'));
    expect(() => socket.receiveSync({ into, timeout: 0 })).toThrow(failed('ERR_NETLINK_TIMEOUT'));
  });

  test('on a socket that makes requests, too', () => {
    const { socket, come } = open();
    const into = new Uint8Array(4);
    expect(socket.requestSync({ type: 18, payload: bytes(8, 8, 8, 8), end: 'reply' }).messages).toHaveLength(
      1,
    );
    come(bytes(1), bytes(2));
    for (const expected of [bytes(8, 8, 8, 8), bytes(1), bytes(2)]) {
      const { payload } = socket.receiveSync({ into });
      expect(payload).toEqual(expected);
      expect(isIn(into, payload)).toBe(true);
    }
  });

  test('a receive without memory is not concerned', () => {
    const { socket, come } = open();
    const into = new Uint8Array(4);
    come(bytes(1));
    come(bytes(2));
    socket.receiveSync({ into });
    const { payload } = socket.receiveSync();
    into.fill(0);
    expect(payload).toEqual(bytes(2));
  });

  test.each([
    ['empty', () => bytes()],
    [
      'transferred away',
      () => {
        const memory = bytes(1, 2, 3);
        transferAway(memory);
        return memory;
      },
    ],
  ])('memory that is %s is refused, and the message is still there', async (_, make) => {
    const { socket, come } = open();
    const into = make();
    come(bytes(1));
    expect(() => socket.receiveSync({ into })).toThrow(failed('ERR_NETLINK_INVALID_ARGUMENT'));
    await expect(socket.receive({ into })).rejects.toThrow(failed('ERR_NETLINK_INVALID_ARGUMENT'));
    expect(socket.receiveSync().payload).toEqual(bytes(1));
  });

  test('promises: whether they settle at once or wait', async () => {
    const { socket, come } = open();
    const [into, another] = [new Uint8Array(4), new Uint8Array(4)];
    come(bytes(1));
    expect(isIn(into, (await socket.receive({ into })).payload)).toBe(true);
    const waiting = [socket.receive({ into }), socket.receive({ into: another }), socket.receive()];
    await turn();
    come(bytes(2), bytes(3), bytes(4));
    const payloads = (await Promise.all(waiting)).map(({ payload }) => payload);
    expect(payloads).toEqual([bytes(2), bytes(3), bytes(4)]);
    expect(payloads.map((payload) => [into, another].findIndex((memory) => isIn(memory, payload)))).toEqual([
      0, 1, -1,
    ]);
  });

  test.each([[bytes(2, 3)], [bytes()]])(
    'memory that is transferred away while the receive waits: %p comes in memory of its own',
    async (payload) => {
      const { socket, come } = open();
      const into = new Uint8Array(4);
      const waiting = socket.receive({ into });
      await turn();
      transferAway(into);
      come(payload);
      expect((await waiting).payload).toEqual(payload);
    },
  );

  test('a loop has each message there', async () => {
    const { socket, come } = open();
    const into = new Uint8Array(4);
    come(bytes(1), bytes(2));
    come(bytes(3));
    const seen: number[] = [];
    for await (const { payload } of socket.messages({ into })) {
      expect(isIn(into, payload)).toBe(true);
      seen.push(...payload);
      if (seen.length === 3) break;
    }
    expect(seen).toEqual([1, 2, 3]);
  });
});

describe('whatever comes and however it is received', () => {
  const lengths = fc.array(fc.array(fc.nat(12), { minLength: 1, maxLength: 4 }), { maxLength: 6 });
  const memories = fc.array(fc.constantFrom(undefined, 1, 6, 12), { minLength: 1, maxLength: 5 });

  async function receive(socket: NetlinkSocket, into: Uint8Array | undefined, isSync: boolean) {
    const options = into === undefined ? {} : { into };
    return isSync ? socket.receiveSync(options) : await socket.receive(options);
  }

  test('every payload is given whole and in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        lengths,
        memories,
        fc.array(fc.boolean(), { minLength: 1 }),
        async (sent, sizes, sync) => {
          const { socket, come } = open();
          let value = 0;
          const datagrams = sent.map((each) => each.map((length) => new Uint8Array(length).fill(++value)));
          for (const payloads of datagrams) come(...payloads);
          const room = new Map([1, 6, 12].map((size) => [size, new Uint8Array(size)]));
          for (const [index, expected] of datagrams.flat().entries()) {
            const into = room.get(sizes[index % sizes.length] ?? 0);
            const { payload } = await receive(socket, into, sync[index % sync.length] === true);
            expect(payload).toEqual(expected);
            expect(into !== undefined && isIn(into, payload)).toBe(expected.length <= (into?.length ?? -1));
          }
          socket.close();
        },
      ),
    );
  });
});
