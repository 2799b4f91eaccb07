import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { readSpec } from '#lib/spec/load';
import { nt } from '../helpers/module';

const SPECS = ['specs/netlink_test.yaml', 'examples/own-family/echo-modes.yaml'];

test.each(SPECS)('%s has the numbers of the module’s header', (file) => {
  const { sets, operations, enums } = readSpec(readFileSync(file, 'utf8'), { file });
  const numbers = [
    ...sets.flatMap(({ attributes }) => attributes.map(({ constant, id }) => [constant, id] as const)),
    ...enums.flatMap(({ entries }) => entries.map(({ constant, value }) => [constant, value] as const)),
    ...operations.map(
      ({ constant, do: once, dump, notification }) =>
        [constant, (once ?? dump)?.request.id ?? notification?.id] as const,
    ),
  ];
  expect(numbers.length).toBeGreaterThan(5);
  for (const [constant = '', number] of numbers) {
    expect([constant, number]).toEqual([constant, nt(constant.replace('NETLINK_TEST_', ''))]);
  }
});
