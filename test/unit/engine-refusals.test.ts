import { describe, expect, test } from '@jest/globals';
import { NetlinkError } from '#lib/errors';
import { refusal, type RequestDescription } from '#lib/socket/engine/refusal';
import { RequestTransaction } from '#lib/socket/engine/request-transaction';
import { acknowledge, type Answered, done, message, refuse } from '#lib/testing/builders';
import {
  type AttributeSet,
  decodeExtendedAck,
  decodeMessages,
  type ExtendedAck,
  LITTLE_ENDIAN_HOST,
  NLM_F_ACK_TLVS,
  WireView,
  WireWriter,
} from '#lib/wire/index';
import { firstByte, Scripted } from '../helpers/engine.js';

/** A small picture of rt-link: a sub-message selected by `kind`, and an array. */
const bridge: AttributeSet = { 5: { name: 'bridge.stpState', kind: 'u32' } };
const linkinfo: AttributeSet = {
  1: { name: 'kind', kind: 'string' },
  2: { name: 'data', kind: 'nest', nested: (scope) => (scope.text(1) === 'bridge' ? bridge : undefined) },
};
const entry: AttributeSet = { 1: { name: 'id', kind: 'u32' }, 2: { name: 'again', nested: () => entry } };
const link: AttributeSet = {
  3: { name: 'ifname', kind: 'string' },
  4: { name: 'mtu', kind: 'u32' },
  18: { name: 'linkinfo', kind: 'nest', nested: () => linkinfo },
  20: { name: 'entries', kind: 'indexed-array', nested: entry },
};
const HEADER = 16;
const description: RequestDescription = { name: 'RTM_NEWLINK', headerLength: HEADER, attributes: link };

/** Builds the request, and remembers where its parts begin. */
function request() {
  const writer = new WireWriter();
  const at: Record<string, number> = {};
  const mark = (name: string) => {
    at[name] = writer.length;
  };
  writer.messageStart(16, 5);
  writer.space(HEADER);
  mark('ifname');
  writer.string(3, 'test0');
  mark('mtu');
  writer.u32(4, 100_000);
  mark('linkinfo');
  writer.nestStart(18);
  writer.string(1, 'bridge');
  mark('data');
  writer.nestStart(2);
  mark('stpState');
  writer.u32(5, 7);
  writer.nestEnd();
  writer.nestEnd();
  mark('entries');
  writer.nestStart(20);
  writer.nestStart(1);
  mark('id');
  writer.u32(1, 1);
  writer.nestEnd();
  writer.nestStart(2);
  writer.nestStart(2);
  mark('inner id');
  writer.u32(1, 1);
  writer.nestEnd();
  writer.nestEnd();
  writer.nestEnd();
  mark('unknown');
  writer.nestStart(77);
  mark('unknown inside');
  writer.u16(3, 1);
  writer.nestEnd();
  writer.messageEnd();
  return { bytes: writer.finish(), at };
}

function answered(bytes: Uint8Array, build: (request: Answered) => Uint8Array, about = description) {
  const scripted = new Scripted();
  const padded = new Uint8Array([...new Uint8Array(8), ...bytes]);
  const operation = { ...about, decode: firstByte };
  const question = { operation, flags: 0 };
  const transaction = new RequestTransaction(question, padded, 8, bytes.length);
  scripted.engine.begin(transaction);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(8, transaction.sequence, LITTLE_ENDIAN_HOST);
  const [asked] = decodeMessages(new WireView(bytes));
  if (asked === undefined) throw new Error('one message');
  transaction.keepBytes();
  padded.fill(0);
  scripted.receive(build(asked));
  return transaction;
}

function refusedWith(extack: ExtendedAck, about = description): NetlinkError {
  const { error } = answered(request().bytes, (asked) => refuse(asked, 'EINVAL', extack), about);
  if (!(error instanceof NetlinkError)) throw new Error('a NetlinkError');
  return error;
}

const NOTHING = new Uint8Array();

describe('paths', () => {
  const { at } = request();
  test.each([
    ['ifname', 'ifname'],
    ['mtu', 'mtu'],
    ['linkinfo', 'linkinfo'],
    ['data', 'linkinfo.data'],
    ['stpState', 'linkinfo.data.bridge.stpState'],
    ['entries', 'entries'],
    ['id', 'entries[1].id'],
    ['inner id', 'entries[2].again.id'],
    ['unknown', '77'],
    ['unknown inside', '77.3'],
  ])('the attribute at %s is %s', (where, path) => {
    const error = refusedWith({ message: 'wrong', offset: at[where] ?? 0 });
    expect(error.extack).toEqual({ message: 'wrong', offset: at[where], path });
    expect(error.message).toBe(`RTM_NEWLINK failed: EINVAL: wrong (at ${path})`);
  });

  test('an offset inside an attribute’s value is that attribute', () => {
    expect(refusedWith({ offset: (at['stpState'] ?? 0) + 4 }).extack?.path).toBe(
      'linkinfo.data.bridge.stpState',
    );
  });

  test('without a description they are of numbers, without a header length there are none', () => {
    const numbers = refusedWith(
      { message: 'wrong', offset: at['stpState'] ?? 0 },
      { name: 'X', headerLength: HEADER },
    );
    expect(numbers.message).toBe('X failed: EINVAL: wrong (at 18.2.5)');
    const none = refusedWith({ message: 'wrong', offset: 60 }, { name: 'X' });
    expect(none.message).toBe('X failed: EINVAL: wrong (at byte 60 of the request)');
  });

  test('an offset in the headers, or beyond the request, is shown as it is', () => {
    for (const offset of [8, 20, 100_000]) {
      expect(refusedWith({ message: 'wrong', offset }).message).toBe(
        `RTM_NEWLINK failed: EINVAL: wrong (at byte ${offset} of the request)`,
      );
    }
  });

  test('a request that is not made of attributes has none', () => {
    const noise = message({ type: 16, payload: new Uint8Array(40).fill(0xff) });
    const { error } = answered(noise, (asked) => refuse(asked, 'EINVAL', { message: 'wrong', offset: 36 }));
    expect(error).toHaveProperty('message', 'RTM_NEWLINK failed: EINVAL: wrong (at byte 36 of the request)');
  });
});

describe('missing attributes', () => {
  const { at } = request();
  test.each([
    [{ type: 3 }, 'ifname'],
    [{ type: 99 }, '99'],
    [{ type: 1, nestOffset: at['linkinfo'] ?? 0 }, 'linkinfo.kind'],
    [{ type: 5, nestOffset: at['data'] ?? 0 }, 'linkinfo.data.bridge.stpState'],
  ])('%j is %s', (missing, path) => {
    const error = refusedWith({ missing });
    expect(error.extack?.missing).toEqual({ ...missing, path });
    expect(error.message).toBe(`RTM_NEWLINK failed: EINVAL: an attribute is missing (missing ${path})`);
  });

  test('in a nest that cannot be found', () => {
    expect(refusedWith({ missing: { type: 5, nestOffset: 9999 } }).message).toMatch(
      /\(missing attribute 5\)$/,
    );
  });
});

describe('the text of an error', () => {
  const offset = request().at['mtu'] ?? 0;
  test.each<[ExtendedAck, string]>([
    [
      { message: 'mtu greater than device maximum', offset, policy: { minimum: 68n, maximum: 1500n } },
      'RTM_NEWLINK failed: EINVAL: mtu greater than device maximum (at mtu; allowed 68..1500)',
    ],
    [
      { offset, policy: { maximum: 7n } },
      'RTM_NEWLINK failed: EINVAL: the kernel finds the request invalid and gave no reason (at mtu; allowed ..7)',
    ],
    [
      { message: 'x', offset, policy: { minimumLength: 1, maximumLength: 15 } },
      'RTM_NEWLINK failed: EINVAL: x (at mtu; allowed length 1..15)',
    ],
    [
      { message: 'x', offset, policy: { mask: 0x13n } },
      'RTM_NEWLINK failed: EINVAL: x (at mtu; allowed bits 0x13)',
    ],
  ])('%#', (extack, text) => expect(refusedWith(extack).message).toBe(text));

  test('EPERM names the capability, where it is known', () => {
    expect(refusal({ name: 'RTM_NEWLINK', capability: 'CAP_NET_ADMIN' }, 1, undefined, NOTHING).message).toBe(
      'RTM_NEWLINK failed: EPERM: the operation needs CAP_NET_ADMIN in the user namespace that owns this network namespace',
    );
    expect(refusal({ name: 'X' }, 1, { message: 'no' }, NOTHING).message).toBe(
      'X failed: EPERM: no (the operation needs a capability, CAP_NET_ADMIN for most)',
    );
  });

  test('numbers without a name, and those that only the kernel has', () => {
    expect(refusal({ name: 'X' }, 524, undefined, NOTHING)).toMatchObject({
      code: 'ENOTSUPP',
      message: 'X failed: ENOTSUPP: this kernel, driver or object does not support it',
    });
    expect(refusal({ name: 'X' }, 999, undefined, NOTHING)).toMatchObject({
      code: 'E999',
      message: 'X failed: E999',
    });
  });
});

describe('layouts', () => {
  const extack: ExtendedAck = {
    message: 'm',
    offset: 32,
    cookie: new Uint8Array([1, 2, 3]),
    missing: { type: 4, nestOffset: 36 },
    policy: { minimum: 1n, maximum: 2n, minimumLength: 3, maximumLength: 4, mask: 5n },
  };
  const asked: Answered = {
    type: 16,
    flags: 1,
    sequence: 9,
    portId: 1,
    payload: new Uint8Array([1, 2, 3, 4, 5, 6]),
  };

  test.each([
    ['capped', refuse(asked, 'EINVAL', extack)],
    ['with the whole request, unaligned', refuse(asked, 'EINVAL', extack, { capped: false })],
    ['of an acknowledgement', acknowledge(asked, extack)],
    ['of DONE', done(asked, { errno: 'EINVAL', extack })],
  ])('%s', (_name, bytes) => {
    expect(decodeExtendedAck(new WireView(bytes), 0, bytes.length)).toEqual(extack);
  });

  test('a cut one gives what can be read, and its errno', () => {
    const whole = refuse(asked, 'EINVAL', extack);
    for (let length = 20; length < whole.length; length += 4) {
      const cut = whole.slice(0, length);
      new DataView(cut.buffer).setUint32(0, length, LITTLE_ENDIAN_HOST);
      expect(extack).toMatchObject({
        ...decodeExtendedAck(new WireView(cut), 0, length),
        missing: extack.missing,
        policy: extack.policy,
      });
    }
  });

  test('types of a policy, known and not', () => {
    for (const [type, name] of [
      [4, 'u32'],
      [17, 'uint'],
      [900, '900'],
    ] as const) {
      const writer = new WireWriter();
      writer.messageStart(2, NLM_F_ACK_TLVS | 0x100);
      writer.space(20);
      writer.nestStart(4);
      writer.u32(1, type);
      writer.s64(2, -5n);
      writer.s64(3, 5n);
      writer.u32(10, 0xf0);
      writer.nestEnd();
      writer.messageEnd();
      const bytes = writer.finish();
      expect(decodeExtendedAck(new WireView(bytes), 0, bytes.length)?.policy).toEqual({
        type: name,
        minimum: -5n,
        maximum: 5n,
        mask: 0xf0n,
      });
    }
  });
});
