import { afterEach, describe, expect, test } from '@jest/globals';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { formatTraffic } from 'afnetlink';
import type { Traffic } from 'afnetlink/types';
import { WireWriter } from 'afnetlink/wire';
import {
  acknowledge,
  datagram,
  done,
  FakeKernel,
  message,
  Recording,
  refuse,
  replay,
  reply,
} from 'afnetlink/testing';

const bytes = (...values: number[]) => new Uint8Array(values);
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Echoes; dumps for type 18, refuses type 19; tells group 1 of everything of type 20. */
function echoKernel(): FakeKernel {
  const kernel: FakeKernel = new FakeKernel((request) => {
    if (request.type === 18) {
      const items = [1, 2].map((value) => reply(request, bytes(value), { flags: 2 }));
      return [datagram(...items), done(request)];
    }
    if (request.type === 19) return [refuse(request, 'ENODEV', { message: 'no such thing' })];
    if (request.type === 20) kernel.notify(1, 20, request.payload);
    return [reply(request, request.payload), acknowledge(request)];
  });
  return kernel;
}

describe('recording and replaying', () => {
  const talk = async (kernel: FakeKernel, recording?: Recording) => {
    using socket = kernel.openSocket(recording === undefined ? {} : { trace: recording.trace });
    using events = socket.subscribe({ groups: [1] });
    const [first, second] = await Promise.all([
      socket.request({ type: 16, payload: bytes(1, 2, 3, 4) }),
      socket.request({ type: 16, payload: bytes(5, 6, 7, 8) }),
    ]);
    const dump = await socket.dump({ type: 18 }).toArray();
    const error = await socket
      .request({ type: 19, name: 'X' })
      .catch((reason: unknown) => (reason as Error).message);
    await socket.request({ type: 20, payload: bytes(9, 0, 0, 0) });
    const event = await events.next();
    return JSON.stringify([
      first.message?.payload,
      second.message?.payload,
      dump.map(({ payload }) => payload),
      error,
      event.value,
    ]);
  };

  test('a replayed conversation is the recorded one', async () => {
    const recording = new Recording();
    const original = await talk(echoKernel(), recording);
    const file = JSON.stringify(recording);
    expect(await talk(replay(JSON.parse(file) as ReturnType<Recording['toJSON']>))).toBe(original);
    expect(recording.toJSON()).toMatchObject({ protocol: 0, littleEndian: expect.any(Boolean) });
  });

  test('what was not recorded is refused, and so is what was played', async () => {
    const recording = new Recording();
    await talk(echoKernel(), recording);
    const socket = replay(recording.toJSON()).openSocket();
    await socket.request({ type: 16, payload: bytes(1, 2, 3, 4) });
    for (const payload of [bytes(1, 2, 3, 4), bytes(1, 1, 1, 1)]) {
      await expect(socket.request({ type: 16, payload })).rejects.toMatchObject({
        code: 'ERR_NETLINK_INVALID_ARGUMENT',
      });
    }
    socket.close();
    expect(() => replay({ ...recording.toJSON(), littleEndian: !recording.toJSON().littleEndian })).toThrow(
      'replay: the recording was made on a machine of the other byte order; record it on this one',
    );
  });
});

describe('tracing', () => {
  test('every datagram, in lines for people', async () => {
    const lines: string[] = [];
    const kernel = echoKernel();
    using socket = kernel.openSocket({ trace: (traffic) => lines.push(formatTraffic(traffic)) });
    const writer = new WireWriter();
    writer.space(16);
    writer.string(3, 'eth0');
    writer.nestStart(18);
    writer.u32(1, 7);
    writer.nestEnd();
    await socket.request({ type: 17, flags: 0x400, payload: writer.finish() });
    await expect(socket.request({ type: 19 })).rejects.toBeDefined();
    kernel.overrun();
    socket.receive().catch(() => undefined);
    await turn();
    const text = lines.join('\n').replaceAll(/port \d+/g, 'port P');
    expect(text).toContain(
      'netlink protocol 0, port P: sent 56 bytes to the kernel\n  type 17 flags REQUEST|ACK|0x400 sequence 1 port P length 56',
    );
    expect(text).toContain(
      '    header 00000000000000000000000000000000\n    3: "eth0" 6574683000\n    18: nested\n      1: 07000000',
    );
    expect(text).toContain('  NLMSG_ERROR flags 0x100 sequence 1 port P length 36\n    success');
    expect(text).toContain('    ENODEV\n    message "no such thing"');
    expect(text).toContain('overrun: the kernel dropped messages');
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['no message', bytes(1, 2, 3), /a message header must have 16 bytes, got 3 \(at byte 0\): 010203$/],
    [
      'no attributes',
      message({ type: 99, payload: new Uint8Array(100).fill(0xff) }),
      /\n {4}(ff){64} and 36 bytes more$/,
    ],
    ['nothing in it', message({ type: 1 }), /NLMSG_NOOP flags 0 sequence 0 port 0 length 16$/],
    ['several', datagram(message({ type: 5 }), message({ type: 6 })), /type 5 .*\n {2}type 6 /],
  ])('of what it shows all: %s', (_name, datagramBytes, expected) => {
    const traffic: Traffic = {
      direction: 'received',
      protocol: 17,
      portId: 1,
      peer: 2,
      group: 3,
      bytes: datagramBytes,
    };
    expect(formatTraffic(traffic)).toMatch(
      /^netlink protocol 17, port 1: received \d+ bytes from port 2, group 3\n/,
    );
    expect(formatTraffic(traffic)).toMatch(expected);
  });
});

describe('diagnostics channels', () => {
  const published: Record<string, unknown>[] = [];
  const listener = (event: unknown) => {
    published.push(event as Record<string, unknown>);
  };
  afterEach(() => {
    unsubscribe('afnetlink:request', listener);
    unsubscribe('afnetlink:overrun', listener);
    published.length = 0;
  });

  test('requests, dumps and batches with their durations and errors; overruns', async () => {
    const kernel = echoKernel();
    using socket = kernel.openSocket();
    await socket.request({ type: 16 });
    subscribe('afnetlink:request', listener);
    subscribe('afnetlink:overrun', listener);
    await Promise.all([
      socket.request({ type: 16, name: 'FIRST' }),
      socket.request({ type: 16, name: 'SECOND' }),
    ]);
    await socket.request({ type: 19, name: 'REFUSED' }).catch(() => undefined);
    socket.requestSync({ type: 16, name: 'SYNC' });
    await socket.dump({ type: 18, name: 'DUMP' }).toArray();
    await socket.batch().add({ type: 16 }).add({ type: 19 }).send();
    const { portId } = socket;
    const one = { portId, duration: expect.any(Number), error: undefined };
    expect(published).toEqual([
      { ...one, kind: 'request', operation: 'FIRST' },
      { ...one, kind: 'request', operation: 'SECOND' },
      { ...one, kind: 'request', operation: 'REFUSED', error: expect.objectContaining({ code: 'ENODEV' }) },
      { ...one, kind: 'request', operation: 'SYNC' },
      { ...one, kind: 'dump', operation: 'DUMP' },
      { ...one, kind: 'batch', operation: 'batch', error: expect.objectContaining({ code: 'ENODEV' }) },
    ]);
    published.length = 0;
    using events = socket.subscribe({ groups: [1] });
    kernel.overrun();
    await events.next();
    expect(published).toEqual([{ portId: expect.any(Number) }]);
  });
});
