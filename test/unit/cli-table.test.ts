import { expect, test } from '@jest/globals';
import { type Column, tableLines } from '#lib/cli/table';

const columns: readonly Column[] = [
  { heading: 'NAME', canShrink: true },
  { heading: 'COUNT', align: 'right' },
  { heading: 'WHERE', least: 8 },
];
const rows = [
  ['a-long-name', '7', 'here'],
  ['b', '123456', ''],
];

test('columns are as wide as their widest cell, and lines have no spaces at their end', () => {
  expect(tableLines(columns, rows)).toEqual([
    'NAME          COUNT  WHERE',
    'a-long-name       7  here',
    'b            123456',
  ]);
});

test('a column that may shrink is cut where the terminal is narrow, but not to nothing', () => {
  expect(tableLines(columns, rows, { width: 27 })).toEqual([
    'NAME        COUNT  WHERE',
    'a-long-n…       7  here',
    'b          123456',
  ]);
  expect(tableLines(columns, rows, { width: 5, headings: false })[0]).toBe('a-lon…       7  here');
});
