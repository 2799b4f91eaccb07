import { expect, test } from '@jest/globals';
import { Mode, netlinkTestFamily as family } from '#lib/families/netlink_test';
import { nestedSet, type AttributeSet } from '#lib/wire/index';
import { constantNames, nt } from '../helpers/module';

type Numbers = Record<string, number>;

/** A name as both can write it: `portId` and `PORT_ID` are the same. */
const plain = (name: string): string => name.replaceAll(/[_-]/g, '').toUpperCase();

function attributeNumbers(prefix: string, set: AttributeSet): Numbers {
  return Object.fromEntries(
    Object.entries(set).map(([number, { name }]) => [plain(`${prefix}${name}`), Number(number)]),
  );
}

test('the specification of netlink_test has the numbers of its header, and all of them', () => {
  const set = family.operations['getCounters']?.body.attributes() ?? {};
  const scope = { text: () => undefined, outer: undefined };
  const nested = (type: number): AttributeSet => nestedSet(set[type], scope) ?? {};
  const commands = [
    ...Object.values(family.operations).map((one) => [one.name, (one.do ?? one.dump)?.request] as const),
    ...Object.entries(family.notifications).map(([number, { name }]) => [name, Number(number)] as const),
  ];
  const ofFamily = {
    ...attributeNumbers('A', set),
    ...attributeNumbers('A_COUNTERS', nested(nt('A_COUNTERS'))),
    ...attributeNumbers('A_VALUES', nested(nt('A_VALUES'))),
    ...Object.fromEntries(commands.map(([name, number]) => [plain(`CMD${name}`), number])),
    ...Object.fromEntries(
      Object.entries(Mode.values).map(([name, number]) => [plain(`MODE${name}`), number]),
    ),
  };
  const ofHeader = Object.fromEntries(
    constantNames()
      .filter((name) => /^(A|CMD|MODE)_/.test(name) && !name.endsWith('_UNSPEC'))
      .map((name) => [plain(name), nt(name)]),
  );
  expect(Object.keys(ofHeader).length).toBeGreaterThan(80);
  expect(ofFamily).toEqual(ofHeader);
});
