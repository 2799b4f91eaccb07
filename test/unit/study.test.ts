// What nlctl study reads from the kernel and prints, without a kernel.
import { expect, test } from '@jest/globals';
import { countsBetween, histogram } from '#lib/cli/study/kernel-counts';
import type { Figure } from '#lib/cli/study/measure';
import { median, studyText } from '#lib/cli/study/table';

const file = `# event histogram
#
# trigger info: hist:keys=bytes:vals=hitcount:sort=hitcount:size=2048 [active]
#

{ bytes:         32 } hitcount:         12
{ bytes:       4096 } hitcount:        160

Totals:
    Hits: 172
    Entries: 2
    Dropped: 0
`;

test('a histogram is read by its key', () => {
  expect(histogram(file)).toEqual(
    new Map([
      [32, 12],
      [4096, 160],
    ]),
  );
  expect(histogram('# event histogram\n\nTotals:\n    Hits: 0\n')).toEqual(new Map());
});

test('only copies of the lengths asked for count, and only wake-ups of the threads asked for', () => {
  const before = new Map([['copy_from_sender', new Map([[32, 10]])]]);
  const after = new Map([
    [
      'copy_from_sender',
      new Map([
        [32, 14],
        [56, 100],
        [64, 1],
      ]),
    ],
    ['alloc_skb', new Map([[0, 7]])],
    ['alloc_head', new Map([[0, 2]])],
    [
      'wake_up',
      new Map([
        [11, 3],
        [12, 50],
      ]),
    ],
  ]);
  expect(countsBetween(before, after, { lengths: [32, 64], threads: [11] })).toEqual({
    bytesCopied: 4 * 32 + 64,
    allocations: 9,
    insertions: 0,
    wakeUps: 3,
  });
});

const figure = (size: number, copies: number): Figure => ({
  way: 'pigeon',
  kind: 'echo',
  size,
  microseconds: [30.04, 10, 20],
  counts: { copies, bytesCopied: copies * size, allocations: 1, insertions: 0, wakeUps: 0.125 },
});

test('a table shows a span where sizes differ, and nothing where nothing was measured', () => {
  const text = studyText([
    { kernel: '6.1', emulated: true, missing: ['__build_skb'], figures: [figure(16, 1), figure(4000, 2)] },
    {
      kernel: '6.18',
      emulated: false,
      missing: [],
      figures: [{ way: 'user to user', kind: 'one way', size: 16, microseconds: [0.5] }],
    },
  ]);
  expect(text).toContain('echo by pigeon     1–2        1       0       0.1       16       8000');
  expect(text).toContain('inlined, so that they are not counted: __build_skb');
  expect(text).toMatch(/Linux 6\.1, on an emulated processor[^]*echo by pigeon {4}20 {6}20$/m);
  expect(text).toMatch(/Linux 6\.18; the median round[^]*user to user {3}0\.5$/m);
});

test('the median is of the values in order', () => {
  expect(median([3, 100, 1])).toBe(3);
  expect(median([])).toBeUndefined();
});
