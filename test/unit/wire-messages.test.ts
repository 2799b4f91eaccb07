import { describe, expect, test } from '@jest/globals';
import { decodeMessages, LITTLE_ENDIAN_HOST, WireView, WireWriter } from '#lib/wire/index';
import fc from 'fast-check';

const message = fc.record({
  type: fc.integer({ min: 0, max: 0xffff }),
  flags: fc.integer({ min: 0, max: 0xffff }),
  sequence: fc.integer({ min: 0, max: 0xffffffff }),
  portId: fc.integer({ min: 0, max: 0xffffffff }),
  payload: fc.uint8Array({ maxLength: 50 }).map((bytes) => bytes.subarray(0, bytes.length & ~3)),
});

describe('messages', () => {
  test('round trip, several in a datagram', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), (messages) => {
        const writer = new WireWriter(16);
        for (const { type, flags, sequence, portId, payload } of messages) {
          writer.messageStart(type, flags, sequence, portId);
          writer.append(payload);
          writer.messageEnd();
        }
        expect(decodeMessages(new WireView(writer.finish()))).toEqual(messages);
      }),
    );
  });

  test('the last may be unaligned, one in the middle is padded', () => {
    const bytes = new Uint8Array(20 + 17);
    const data = new DataView(bytes.buffer);
    data.setUint32(0, 17, LITTLE_ENDIAN_HOST);
    data.setUint32(20, 17, LITTLE_ENDIAN_HOST);
    bytes[16] = 7;
    bytes[36] = 9;
    expect(decodeMessages(new WireView(bytes)).map(({ payload }) => [...payload])).toEqual([[7], [9]]);
  });

  test.each([
    [0, 'the message at byte 0 claims 0 bytes, and 16 are left'],
    [15, 'the message at byte 0 claims 15 bytes, and 16 are left'],
    [17, 'the message at byte 0 claims 17 bytes, and 16 are left'],
    [0xffffffff, 'the message at byte 0 claims 4294967295 bytes, and 16 are left'],
  ])('a length of %d in 16 bytes is malformed', (length, text) => {
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setUint32(0, length, LITTLE_ENDIAN_HOST);
    expect(() => decodeMessages(new WireView(bytes))).toThrow(
      expect.objectContaining({ code: 'ERR_NETLINK_MALFORMED', message: text }),
    );
  });

  test('cut off anywhere, it gives the whole messages or says what is wrong', () => {
    const writer = new WireWriter();
    writer.messageStart(16, 0, 1, 2);
    writer.string(1, 'hello');
    writer.messageEnd();
    const whole = writer.finish();
    for (let length = 1; length < whole.length; length++) {
      expect(() => decodeMessages(new WireView(whole.subarray(0, length)))).toThrow(
        expect.objectContaining({ code: 'ERR_NETLINK_MALFORMED' }),
      );
    }
    expect(decodeMessages(new WireView(new Uint8Array()))).toEqual([]);
  });

  test('payloads are copies, also of a Buffer', () => {
    const writer = new WireWriter();
    writer.messageStart(16, 0);
    writer.append(new Uint8Array([1, 2, 3, 4]));
    writer.messageEnd();
    const buffer = Buffer.from(writer.finish());
    const [decoded] = decodeMessages(new WireView(buffer));
    buffer.fill(0xff);
    expect([...(decoded?.payload ?? [])]).toEqual([1, 2, 3, 4]);
    expect(Buffer.isBuffer(decoded?.payload)).toBe(false);
  });

  test('the writer refuses to end what is not begun or not complete', () => {
    const writer = new WireWriter();
    expect(() => writer.messageEnd()).toThrow('messageEnd: no message was started, call messageStart first');
    expect(() => writer.nestEnd()).toThrow('nestEnd: no nested attribute is open, call nestStart first');
    writer.messageStart(16, 0);
    writer.nestStart(1);
    expect(() => writer.messageEnd()).toThrow(
      'messageEnd: a nested attribute is still open, call nestEnd first',
    );
    writer.reset();
    expect(writer.length).toBe(0);
    expect(() => writer.putBytes(0, new Uint8Array(1))).toThrow(
      'putBytes: bytes 0 to 1 are beyond the 0 written',
    );
  });
});
