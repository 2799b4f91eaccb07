import { expect, test } from '@jest/globals';
import { cString } from 'afnetlink/wire';

test('UTF-8 with a NUL behind it', () => {
  expect([...cString('aé')]).toEqual([0x61, 0xc3, 0xa9, 0]);
  expect([...cString('')]).toEqual([0]);
});

test('a NUL inside is refused', () => {
  expect(() => cString('a\0b')).toThrow(expect.objectContaining({ code: 'ERR_NETLINK_INVALID_ARGUMENT' }));
});
