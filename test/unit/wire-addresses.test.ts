import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import {
  formatAddress,
  formatIpv4,
  formatIpv6,
  formatMac,
  formatUuid,
  parseAddress,
  parseIpv4,
  parseIpv6,
  parseMac,
  parseUuid,
} from '#lib/wire/index';
import fc from 'fast-check';

const invalid = expect.objectContaining({ code: 'ERR_NETLINK_INVALID_ARGUMENT' });
const octets = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
/** Sixteen bytes with long runs of zeros, which is where IPv6 text gets difficult. */
const sparse = fc
  .array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 0xffff })), {
    minLength: 8,
    maxLength: 8,
  })
  .map((groups) => Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff])));

/** What the URL parser, which is not ours, makes of an IPv6 address: RFC 5952 but for IPv4-mapped ones. */
const normalised = (text: string) => new URL(`http://[${text}]/`).hostname.slice(1, -1);

describe('IPv6', () => {
  test('round trips, and is the form of RFC 5952', () => {
    fc.assert(
      fc.property(sparse, (bytes) => {
        const text = formatIpv6(bytes);
        expect(isIPv6(text)).toBe(true);
        expect(parseIpv6(text)).toEqual(bytes);
        if (!text.includes('.')) expect(text).toBe(normalised(text));
      }),
    );
  });

  test.each([
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['fe80:0:0:0:0:0:0:0', 'fe80::'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
  ])('%s is %s', (text, expected) => expect(formatIpv6(parseIpv6(text))).toBe(expected));

  test('takes exactly what the system takes', () => {
    const part = fc.oneof(
      fc.constantFrom('', '0', 'ffff', '12345', 'g', '1.2.3.4', '1.2.3', '::', '%eth0'),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
        const text = parts.join(':');
        if (isIPv6(text) && !text.includes('%')) expect(parseIpv6(text).length).toBe(16);
        else expect(() => parseIpv6(text)).toThrow(invalid);
      }),
      { numRuns: 2000 },
    );
    for (const text of [
      ':::',
      '1::2::3',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '1:2:3:4:5:6:7:8::',
      '1.2.3.4::',
      ':1::',
      '::1:',
    ]) {
      expect(() => parseIpv6(text)).toThrow(invalid);
    }
  });
});

describe('IPv4', () => {
  test('the text of an address is its own, whichever were formatted before it', () => {
    const all = [0, 1, 2, 3].flatMap((round) =>
      Array.from({ length: 20_000 }, (_, index) => {
        const address = Math.imul(index + round, 0x9e3779b1);
        return [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255];
      }),
    );
    for (const bytes of [[0, 0, 0, 0], ...all])
      if (formatIpv4(Uint8Array.from(bytes)) !== bytes.join('.')) throw new Error(bytes.join('.'));
  });

  test('round trips', () => {
    fc.assert(fc.property(octets(4), (bytes) => expect(parseIpv4(formatIpv4(bytes))).toEqual(bytes)));
  });

  test('takes exactly what the system takes', () => {
    const part = fc.oneof(
      fc.integer({ min: -1, max: 300 }).map(String),
      fc.constantFrom('', '00', '01', '0x1', '1e1', ' 1'),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 3, maxLength: 5 }), (parts) => {
        const text = parts.join('.');
        if (isIPv4(text)) expect(formatIpv4(parseIpv4(text))).toBe(text);
        else expect(() => parseIpv4(text)).toThrow(invalid);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('others', () => {
  test('either kind of IP address by its text and by its length', () => {
    expect([...parseAddress('192.0.2.1')]).toEqual([192, 0, 2, 1]);
    expect(formatAddress(parseAddress('2001:db8::1'))).toBe('2001:db8::1');
    expect(formatAddress(parseAddress('192.0.2.1'))).toBe('192.0.2.1');
    expect(formatAddress(new Uint8Array([2, 0, 0, 0, 0, 1]))).toBe('02:00:00:00:00:01');
    expect(() => parseAddress('example')).toThrow(
      "'example' must be an IP address such as 192.0.2.1 or 2001:db8::1",
    );
  });

  test('link-layer addresses of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 32 }), (bytes) =>
        expect(parseMac(formatMac(bytes))).toEqual(bytes),
      ),
    );
    expect([...parseMac('2-0-0-0-0-A')]).toEqual([2, 0, 0, 0, 0, 10]);
    for (const text of ['', '02:00:00:00:00:', 'xx:00', '020000000001', '2::1'])
      expect(() => parseMac(text)).toThrow(invalid);
  });

  test('UUIDs', () => {
    fc.assert(fc.property(fc.uuid(), (text) => expect(formatUuid(parseUuid(text))).toBe(text)));
    expect(() => parseUuid('6ba7b810-9dad-11d1-80b4-00c04fd430c')).toThrow(invalid);
  });
});
