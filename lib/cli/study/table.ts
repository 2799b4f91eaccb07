import { tableLines } from '../table.js';
import type { Counts, Figure } from './measure.js';
import type { Study } from './study.js';

/** The text that `nlctl study` prints: the counts, then the times of each kernel. */
export function studyText(studies: readonly Study[]): string {
  const counted = studies.filter(({ figures }) => figures.some(({ counts }) => counts !== undefined));
  return [...counted.map(countsText), ...studies.map(timesText)].join('\n\n');
}

function countsText({ kernel, figures, missing }: Study): string {
  const sizes = sizesOf(figures);
  const headings = ['copies', 'buffers', 'queued', 'wake-ups', ...sizes.map((size) => `of ${size} B`)];
  return [
    `A message's cost, counted in Linux ${kernel}: copies of it, buffers for it, insertions into a queue, wake-ups of a`,
    'reader; and the bytes copied, by the size of the payload. An echo is a message and its answer.',
    '',
    ...table(headings, figures, (rows) => [
      ...(['copies', 'allocations', 'insertions', 'wakeUps'] as const).map((name) => span(rows, name)),
      ...sizes.map((size) => number(rows.find((row) => row.size === size)?.counts?.bytesCopied)),
    ]),
    ...(missing.length === 0
      ? []
      : ['', `This kernel has inlined, so that they are not counted: ${missing.join(', ')}`]),
  ].join('\n');
}

function timesText({ kernel, emulated, figures }: Study): string {
  const sizes = sizesOf(figures);
  return [
    `Microseconds a message on Linux ${kernel}${emulated ? ', on an emulated processor, which is many times slower' : ''}; the median round.`,
    '',
    ...table(
      sizes.map((size) => `${size} B`),
      figures,
      (rows) =>
        sizes.map((size) => number(median(rows.find((row) => row.size === size)?.microseconds ?? []))),
    ),
  ].join('\n');
}

function table(
  headings: readonly string[],
  figures: readonly Figure[],
  cells: (rows: readonly Figure[]) => readonly string[],
): string[] {
  const names = [...new Set(figures.map(nameOf))];
  return tableLines(
    [{ heading: '' }, ...headings.map((heading) => ({ heading, align: 'right' as const }))],
    names.map((name) => [name, ...cells(figures.filter((figure) => nameOf(figure) === name))]),
  );
}

function nameOf({ kind, way }: Figure): string {
  return kind === 'echo' ? `echo by ${way}` : way;
}

function sizesOf(figures: readonly Figure[]): number[] {
  return [...new Set(figures.map(({ size }) => size))].sort((one, other) => one - other);
}

/** One figure if all sizes have the same, otherwise the smallest and the largest. */
function span(rows: readonly Figure[], name: keyof Counts): string {
  const values = rows.flatMap(({ counts }) => (counts === undefined ? [] : [counts[name]]));
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) =>
    number(Number(value.toFixed(1))),
  );
  return least === most ? (least ?? '') : `${least}–${most}`;
}

export function median(values: readonly number[]): number | undefined {
  return values.toSorted((one, other) => one - other)[values.length >> 1];
}

function number(value: number | undefined): string {
  if (value === undefined) return '';
  return value >= 100 ? value.toFixed(0) : String(Number(value.toFixed(value >= 10 ? 1 : 2)));
}
