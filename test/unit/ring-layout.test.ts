// The numbers of lib/ring against the header that they are taken from.
import { expect, test } from '@jest/globals';
import { readData, readReceipt } from 'afnetlink/ring';
import * as layout from '#lib/ring/layout';
import { nt } from '../helpers/module.js';

const enumerated = Object.entries(layout).filter(([name]) => name.startsWith('NETLINK_TEST_'));

test('there are numbers to compare', () => expect(enumerated.length).toBe(2));

test.each(enumerated)('%s is what netlink_test.h says', (name, value) => {
  expect(value).toBe(nt(name.replace('NETLINK_TEST_', '')));
});

test('a payload that is cut short is malformed', () => {
  expect(() => readReceipt(new Uint8Array(15))).toThrow(
    expect.objectContaining({ code: 'ERR_NETLINK_MALFORMED' }),
  );
  expect(() => readData(new Uint8Array(7))).toThrow(
    expect.objectContaining({ code: 'ERR_NETLINK_MALFORMED' }),
  );
});
