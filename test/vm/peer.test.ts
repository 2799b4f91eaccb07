// The engine and the wire against a kernel that answers as it is told: netlink_test's Generic Netlink family. In the guest.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ExtendedAck, type NetlinkError, openGeneric } from 'afnetlink';
import { AttributeReader, type AttributeSet, type NetlinkMessage, WireWriter } from 'afnetlink/wire';
import { nt } from '../helpers/module.js';

const GENL_HDRLEN = 4;
const NLM_F_MULTI = 0x2;
const V = (name: string): number => nt(`A_VALUES_${name}`);

const values: AttributeSet = {
  [V('U32')]: { name: 'u32', kind: 'u32' },
  [V('RANGE')]: { name: 'range', kind: 'u32' },
  [V('NUL_STRING')]: { name: 'nulString', kind: 'string' },
  get [V('NEST')]() {
    return { name: 'nest', kind: 'nest' as const, nested: values };
  },
};
const attributes: AttributeSet = {
  [nt('A_ERRNO')]: { name: 'errno', kind: 'u32' },
  [nt('A_MESSAGE')]: { name: 'message', kind: 'string' },
  [nt('A_VALUES')]: { name: 'values', kind: 'nest', nested: values },
};

let controller: ReturnType<typeof openGeneric>;
let type: number;

beforeEach(async () => {
  controller = openGeneric();
  type = (await controller.family('netlink_test')).id;
});

afterEach(() => controller.close());

type Write = (writer: WireWriter) => void;

function message(command: string, write: Write = () => undefined) {
  const writer = new WireWriter();
  writer.putU8(writer.space(GENL_HDRLEN), nt(`CMD_${command}`));
  write(writer);
  return { type, name: command, payload: writer.finish(), attributes, headerLength: GENL_HDRLEN };
}

/** Sends a command and waits for all that answers it. */
function ask(command: string, write?: Write) {
  return controller.socket.request(message(command, write));
}

async function refusal(command: string, write?: Write): Promise<NetlinkError> {
  return ask(command, write).then(
    () => {
      throw new Error(`${command} was not refused`);
    },
    (error: unknown) => error as NetlinkError,
  );
}

/** What a REPLY or DUMP message holds. */
function entryOf({ payload }: Pick<NetlinkMessage, 'payload'>): { index: number; data: Uint8Array } {
  const reader = new AttributeReader(payload, GENL_HDRLEN);
  const chunks: Uint8Array[] = [];
  let index = -1;
  while (reader.next()) {
    if (reader.type === nt('A_INDEX')) index = Number(reader.u64());
    if (reader.type === nt('A_DATA')) chunks.push(reader.binary().slice());
  }
  return { index, data: Buffer.concat(chunks) };
}

const counting = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, at) => at % 32_768);

describe('errors', () => {
  test.each([1, 2, 16, 22, 95, 512, 4095])('errno %i as it is', async (errno) => {
    expect(await refusal('REPLY_ERROR', (writer) => writer.u32(nt('A_ERRNO'), errno))).toMatchObject({
      errno,
    });
  });

  test('with a message, and the attribute at fault by its path', async () => {
    const error = await refusal('REPLY_ERROR', (writer) => {
      writer.u32(nt('A_ERRNO'), 22);
      writer.string(nt('A_MESSAGE'), 'no such luck');
      writer.u32(nt('A_AT'), nt('A_VALUES'));
      writer.u32(nt('A_AT_NESTED'), V('U32'));
      writer.nestStart(nt('A_VALUES'));
      writer.u32(V('U32'), 7);
      writer.nestEnd();
    });
    expect(error).toMatchObject({
      code: 'EINVAL',
      message: 'REPLY_ERROR failed: EINVAL: no such luck (at values.u32)',
      extack: { message: 'no such luck', path: 'values.u32' },
    });
  });

  test('an attribute that is missing, among the outermost and in a nest', async () => {
    const outer = await refusal('REPLY_ERROR', (writer) => {
      writer.u32(nt('A_ERRNO'), 22);
      writer.u32(nt('A_MISSING'), nt('A_MESSAGE'));
    });
    expect(outer.extack?.missing).toEqual({ type: nt('A_MESSAGE'), path: 'message' });
    const inner = await refusal('REPLY_ERROR', (writer) => {
      writer.u32(nt('A_ERRNO'), 22);
      writer.u32(nt('A_MISSING'), V('RANGE'));
      writer.u32(nt('A_MISSING_NEST'), nt('A_VALUES'));
      writer.nestStart(nt('A_VALUES'));
      writer.nestEnd();
    });
    expect(inner.extack?.missing).toMatchObject({ type: V('RANGE'), path: 'values.range' });
  });

  test.each<[string, ExtendedAck['policy']]>([
    ['RANGE', { type: 'u32', minimum: 68n, maximum: 1500n }],
    ['SIGNED_RANGE', { type: 's8', minimum: -5n, maximum: 5n }],
    ['MASK', { type: 'u32', mask: 0xffn }],
    ['NUL_STRING', { type: 'nul-string', maximumLength: 15 }],
    ['BINARY', { type: 'binary', maximumLength: 64 }],
    ['MAC', { type: 'binary', minimumLength: 6, maximumLength: 6 }],
    ['FLAG', { type: 'flag' }],
  ])('the policy of %s', async (name, policy) => {
    const error = await refusal('REPLY_ERROR', (writer) => {
      writer.u32(nt('A_ERRNO'), 34);
      writer.u32(nt('A_AT'), nt('A_ERRNO'));
      writer.u32(nt('A_POLICY'), V(name));
    });
    expect(error).toMatchObject({ code: 'ERANGE', extack: { path: 'errno', policy } });
  });

  test('what the kernel itself checks, deep inside', async () => {
    const error = await refusal('ECHO_VALUES', (writer) => {
      writer.nestStart(nt('A_VALUES'));
      writer.nestStart(V('NEST'));
      writer.u32(V('RANGE'), 67);
      writer.nestEnd();
      writer.nestEnd();
    });
    expect(error).toMatchObject({
      code: 'ERANGE',
      extack: { path: 'values.nest.range', policy: { minimum: 68n, maximum: 1500n } },
    });
  });
});

describe('success', () => {
  test('with a cookie', async () => {
    const { extack } = await ask('REPLY_ACK', (writer) =>
      writer.binary(nt('A_COOKIE'), Uint8Array.of(1, 0, 255)),
    );
    expect([...(extack?.cookie ?? [])]).toEqual([1, 0, 255]);
  });

  test('with a warning, which onWarning hears too', async () => {
    const heard: ExtendedAck[] = [];
    const { extack } = await controller.socket.request(
      message('REPLY_ACK', (writer) => writer.string(nt('A_MESSAGE'), 'mind the gap')),
      { onWarning: (warning) => heard.push(warning) },
    );
    expect(extack).toMatchObject({ message: 'mind the gap' });
    expect(heard).toEqual([extack]);
  });

  test('an ordinary acknowledgement has neither', async () => {
    expect((await ask('REPLY_ACK')).extack).toBeUndefined();
  });
});

describe('replies', () => {
  const reply = (write: Write) => ask('REPLY', write);

  test('many, in datagrams of their own and all in one', async () => {
    for (const together of [false, true]) {
      const { messages } = await reply((writer) => {
        writer.u64(nt('A_COUNT'), 20n);
        writer.u32(nt('A_SIZE'), 100);
        if (together) writer.flag(nt('A_TOGETHER'));
      });
      expect(messages.map((one) => entryOf(one).index)).toEqual(Array.from({ length: 20 }, (_, at) => at));
      expect([...entryOf(messages[19] as NetlinkMessage).data]).toEqual([...counting(100)]);
    }
  });

  test.each([40_000, 200_000])('a message of %i bytes, longer than a slot', async (size) => {
    const { message: one } = await reply((writer) => writer.u32(nt('A_SIZE'), size));
    const { data } = entryOf(one as NetlinkMessage);
    expect(data.length).toBe(size);
    expect([data[1], data[255], data[256], data[32_768], data[size - 1]]).toEqual([
      1,
      255,
      0,
      0,
      ((size - 1) % 32_768) % 256,
    ]);
  });

  test('the last message of a datagram may be unaligned', async () => {
    const { message: one } = await reply((writer) => {
      writer.u32(nt('A_SIZE'), 5);
      writer.flag(nt('A_UNALIGNED'));
    });
    expect([...entryOf(one as NetlinkMessage).data]).toEqual([0, 1, 2, 3, 4]);
  });

  test('of another request’s number do not settle this one; they are nobody’s', async () => {
    const stray = controller.socket.receive();
    const { messages } = await reply((writer) => writer.s32(nt('A_SEQUENCE_DELTA'), 1000));
    expect(messages).toEqual([]);
    expect(entryOf(await stray).index).toBe(0);
  });

  const withLengthOffBy = (delta: number) =>
    reply((writer) => {
      writer.u32(nt('A_SIZE'), 8);
      writer.s32(nt('A_LENGTH_DELTA'), delta);
    });

  test('a length beyond the datagram fails its request, and nothing else', async () => {
    await expect(withLengthOffBy(4096)).rejects.toMatchObject({ code: 'ERR_NETLINK_MALFORMED' });
    expect((await reply((writer) => writer.u32(nt('A_SIZE'), 3))).messages).toHaveLength(1);
  });

  test('a length that leaves out the end cuts the last attribute, which its reader refuses', async () => {
    const { messages } = await withLengthOffBy(-4);
    expect(messages.map(({ payload }) => payload.length)).toEqual([GENL_HDRLEN + 12 + 12 - 4]);
    for (const one of messages) {
      expect(() => entryOf(one)).toThrow(expect.objectContaining({ code: 'ERR_NETLINK_MALFORMED' }));
    }
  });

  test('marked as part of several are ended by the acknowledgement', async () => {
    const { messages } = await reply((writer) => {
      writer.u32(nt('A_FLAGS'), NLM_F_MULTI);
      writer.u64(nt('A_COUNT'), 2n);
    });
    expect(messages).toHaveLength(2);
  });

  test('too much of them is refused with the reason', async () => {
    expect(await refusal('REPLY', (writer) => writer.u64(nt('A_COUNT'), 1n << 40n))).toMatchObject({
      code: 'EMSGSIZE',
      extack: { message: 'more than 4 MiB of replies' },
    });
  });
});

describe('dumps', () => {
  const dump = (write: Write, options = {}) => controller.socket.dump(message('DUMP', write), options);
  const indexes = (messages: readonly NetlinkMessage[]) => messages.map((one) => entryOf(one).index);
  const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);

  test.each([0, 1, 10_000])('of %i messages', async (count) => {
    const all = await dump((writer) => writer.u64(nt('A_COUNT'), BigInt(count))).toArray();
    expect(indexes(all)).toEqual(upTo(count));
  });

  test('slow ones leave the requests beside them their answers', async () => {
    const slow = dump((writer) => {
      writer.u64(nt('A_COUNT'), 5n);
      writer.u32(nt('A_PER_DATAGRAM'), 1);
      writer.u32(nt('A_SLEEP'), 20);
    }).toArray();
    for (let round = 0; round < 5; round += 1) expect((await ask('REPLY')).messages).toHaveLength(1);
    expect(indexes(await slow)).toEqual(upTo(5));
  });

  test('that end in an error say what the kernel said', async () => {
    const torn = dump((writer) => {
      writer.u64(nt('A_COUNT'), 3n);
      writer.u32(nt('A_ERRNO'), 28);
      writer.string(nt('A_MESSAGE'), 'no more');
    }).toArray();
    await expect(torn).rejects.toMatchObject({ code: 'ENOSPC', extack: { message: 'no more' } });
    expect(await dump(() => undefined).toArray()).toHaveLength(1);
  });

  test('that are inconsistent are begun anew, until they are not', async () => {
    await ask('INTERRUPT_DUMPS', (writer) => writer.u64(nt('A_COUNT'), 2n));
    const restarts: number[] = [];
    const all: number[] = [];
    const torn = dump((writer) => writer.u64(nt('A_COUNT'), 2000n), {
      onRestart: (restart: number) => {
        restarts.push(restart);
        all.length = 0;
      },
    });
    for await (const one of torn) all.push(entryOf(one).index);
    expect(restarts).toEqual([1, 2]);
    expect(all).toEqual(upTo(2000));
  });

  test('that stay inconsistent end with the last pass', async () => {
    await ask('INTERRUPT_DUMPS', (writer) => writer.u64(nt('A_COUNT'), 100n));
    const error = await dump((writer) => writer.u64(nt('A_COUNT'), 10n), { restarts: 3 })
      .toArray()
      .then(
        () => undefined,
        (reason: unknown) => reason as NetlinkError,
      );
    expect(error).toMatchObject({ code: 'ERR_NETLINK_DUMP_INTERRUPTED' });
    expect(error?.partial).toHaveLength(10);
    await ask('INTERRUPT_DUMPS', (writer) => writer.u64(nt('A_COUNT'), 0n));
    expect(await dump((writer) => writer.u64(nt('A_COUNT'), 10n)).toArray()).toHaveLength(10);
  });

  test('whose messages lack NLM_F_MULTI are read to their end', async () => {
    const all = await dump((writer) => {
      writer.u64(nt('A_COUNT'), 300n);
      writer.flag(nt('A_NO_MULTI'));
    }).toArray();
    expect(indexes(all)).toEqual(upTo(300));
  });

  test('left early make room for the next', async () => {
    for (let round = 0; round < 20; round += 1) {
      for await (const one of dump((writer) => writer.u64(nt('A_COUNT'), 5000n))) {
        if (entryOf(one).index === round * 10) break;
      }
    }
    expect(indexes(await dump((writer) => writer.u64(nt('A_COUNT'), 4n)).toArray())).toEqual(upTo(4));
  });
});

describe('every kind of attribute', () => {
  const read: Record<string, (reader: AttributeReader) => unknown> = {
    U8: (reader) => reader.u8(),
    U16: (reader) => reader.u16(),
    U32: (reader) => reader.u32(),
    U64: (reader) => reader.u64(),
    S8: (reader) => reader.s8(),
    S16: (reader) => reader.s16(),
    S32: (reader) => reader.s32(),
    S64: (reader) => reader.s64(),
    U16_BE: (reader) => reader.u16be(),
    U32_BE: (reader) => reader.u32be(),
    U64_BE: (reader) => reader.u64be(),
    UINT: (reader) => reader.uint(),
    SINT: (reader) => reader.sint(),
    FLAG: (reader) => reader.length,
    STRING: (reader) => reader.string(),
    NUL_STRING: (reader) => reader.string(),
    BINARY: (reader) => [...reader.binary()],
    MAC: (reader) => Buffer.from(reader.binary()).toString('hex'),
    BITFIELD32: (reader) => reader.bitfield32(),
    NEST: (reader) => readValues(reader.nested()),
    ARRAY: (reader) => {
      const entries = reader.nested();
      const list: [number, number][] = [];
      while (entries.next()) list.push([entries.type, entries.u32()]);
      return list;
    },
    MULTI: (reader) => reader.u32(),
    RANGE: (reader) => reader.u32(),
    SIGNED_RANGE: (reader) => reader.s8(),
    MASK: (reader) => reader.u32(),
  };

  function readValues(reader: AttributeReader): Record<string, unknown[]> {
    const found: Record<string, unknown[]> = {};
    while (reader.next()) {
      if (reader.type === V('PAD')) continue;
      const name = Object.keys(read).find((one) => V(one) === reader.type) ?? `type ${reader.type}`;
      (found[name] ??= []).push(read[name]?.(reader));
    }
    return found;
  }

  test('has the value that the module gives it', async () => {
    const { message: one } = await ask('GET_VALUES');
    const outer = new AttributeReader((one as NetlinkMessage).payload, GENL_HDRLEN);
    expect(outer.next()).toBe(true);
    expect(readValues(outer.nested())).toEqual({
      U8: [0xfe],
      U16: [0xfedc],
      U32: [0xfedcba98],
      U64: [0xfedcba9876543210n],
      S8: [-2],
      S16: [-300],
      S32: [-70_000],
      S64: [-5_000_000_000n],
      U16_BE: [0x1234],
      U32_BE: [0x12345678],
      U64_BE: [0x123456789abcdef0n],
      UINT: [4_294_967_295n],
      SINT: [-5_000_000_000n],
      FLAG: [0],
      STRING: ['unterminated'],
      NUL_STRING: ['terminated'],
      BINARY: [[0, 1, 254, 255, 0]],
      MAC: ['02005e102030'],
      BITFIELD32: [{ value: 5, selector: 15 }],
      NEST: [{ U32: [1], NEST: [{ U32: [2] }] }],
      ARRAY: [
        [
          [1, 100],
          [2, 200],
          [3, 300],
        ],
      ],
      MULTI: [7, 8],
      RANGE: [1500],
      SIGNED_RANGE: [-5],
      MASK: [0xff],
    });
  });

  test('comes back as it was written, byte for byte', async () => {
    const { message: given } = await ask('GET_VALUES');
    const outer = new AttributeReader((given as NetlinkMessage).payload, GENL_HDRLEN);
    outer.next();
    const bytes = outer.binary().slice();
    const { message: one } = await ask('ECHO_VALUES', (writer) =>
      writer.binary(nt('A_VALUES') | 0x8000, bytes),
    );
    const back = new AttributeReader((one as NetlinkMessage).payload, GENL_HDRLEN);
    expect(back.next()).toBe(true);
    expect(Buffer.compare(back.binary(), bytes)).toBe(0);
  });
});
