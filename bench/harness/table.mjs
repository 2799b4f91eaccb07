// Results as tables: one for each case (for each step of a case that has several).
import { cases } from './cases.mjs';
import { peers } from './peers.mjs';
import { ratio, summarise } from './results.mjs';

const titles = new Map(peers.map(({ name, title }) => [name, title]));

function number(value) {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)}M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(0)}k`;
  return value >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}

const microseconds = (nanoseconds) => (nanoseconds / 1e3).toFixed(2);
const mebibytes = (kibibytes) => (kibibytes / 1024).toFixed(1);
const perSecond = { heading: 'median /s', of: ({ rate }) => number(rate) };
const rates = [
  perSecond,
  { heading: 'min', of: ({ slowest }) => number(slowest) },
  { heading: 'max', of: ({ fastest }) => number(fastest) },
];
const times = [
  { heading: 'median ms', of: ({ rate, count }) => number((count / rate) * 1e3) },
  { heading: 'min', of: ({ fastest, count }) => number((count / fastest) * 1e3) },
  { heading: 'max', of: ({ slowest, count }) => number((count / slowest) * 1e3) },
];
const common = [
  { heading: 'CPU µs/op', of: ({ cpu }) => cpu.toFixed(2) },
  { heading: 'p50 µs', of: ({ p50 }) => p50 !== undefined && microseconds(p50) },
  { heading: 'p99 µs', of: ({ p99 }) => p99 !== undefined && microseconds(p99) },
  { heading: 'received', of: ({ received }) => received !== undefined && `${(received * 100).toFixed(1)} %` },
  { heading: 'overruns', of: ({ overruns }) => overruns?.toFixed(0) },
  { heading: 'reported', of: ({ reported }) => reported?.toFixed(0) },
  { heading: 'live again ms', of: ({ liveMaxMs }) => liveMaxMs?.toFixed(2) },
  { heading: 'native calls', of: ({ calls }) => calls?.toFixed(0) },
  { heading: 'longest call ms', of: ({ longestCallMs }) => longestCallMs?.toFixed(2) },
  { heading: 'peak MiB', of: ({ peakKb }) => peakKb !== undefined && mebibytes(peakKb) },
  { heading: 'over idle', of: ({ overIdleKb }) => overIdleKb !== undefined && mebibytes(overIdleKb) },
  { heading: 'loop p99 ms', of: ({ delayP99Ms }) => delayP99Ms?.toFixed(2) },
  { heading: 'loop max ms', of: ({ delayMaxMs }) => delayMaxMs?.toFixed(2) },
];
const timed = new Set(['dump', 'links', 'start']);
/** Whether a case shows times instead of rates. */
export const inTime = (each) => timed.has(each.workload);

const referenceOf = (each, variant) => each.references?.[variant] ?? each.reference;

export const titleOf = (each, step) => (step === undefined ? each.title : `${each.title}: ${step}`);

/** The steps of a case that a run has: undefined alone where it has one only. */
export const stepsOf = (results, each) => [
  ...new Set(results.rows.filter((row) => row.case === each.name).map(({ step }) => step)),
];

/** The rows of a case's step, the fastest first. */
export const rowsOf = (results, each, step) =>
  results.rows
    .filter((row) => row.case === each.name && row.step === step)
    .toSorted((a, b) => summarise(b).rate - summarise(a).rate);

/** The table of a case's step: its title, headings and rows of text, the fastest first. Undefined without rows. */
export function tableOf(results, each, step) {
  const rows = rowsOf(results, each, step);
  if (rows.length === 0) return undefined;
  const summaries = rows.map((row) => ({ row, summary: summarise(row) }));
  const columns = [...(inTime(each) ? times : rates), ratioColumn(results, each, step), ...common];
  const texts = summaries.map(({ row, summary }) => columns.map((column) => column.of(summary, row) || ''));
  const used = columns.map((_, index) => texts.some((row) => row[index] !== ''));
  const onlyUsed = (row) => row.filter((_, index) => used[index]);
  return {
    title: titleOf(each, step),
    headings: ['program', 'variant', ...onlyUsed(columns.map(({ heading }) => heading))],
    rows: summaries.map(({ row }, index) => [
      titles.get(row.peer) ?? row.peer,
      row.variant,
      ...onlyUsed(texts[index]),
    ]),
  };
}

function ratioColumn(results, each, step) {
  const compare = each.compare ?? 'rate';
  const name =
    each.reference && `${each.reference.peer.replace(/^c-/, '')}${compare === 'cpu' ? ' (CPU)' : ''}`;
  return {
    heading: `x ${name}`,
    of: (_, row) => {
      const reference = referenceOf(each, row.variant);
      const other = reference && results.find({ case: each.name, step, ...reference });
      return other && ratio(row, other, compare)?.toFixed(2);
    },
  };
}

/** All tables of a run, in the order of the cases. */
export function tables(results) {
  return cases.flatMap((each) =>
    stepsOf(results, each).map((step) => ({ case: each.name, step, ...tableOf(results, each, step) })),
  );
}

const line = (cells) => `| ${cells.join(' | ')} |`;

/** As Markdown; `align` pads the columns for a terminal. */
export function markdown({ headings, rows }, align = false) {
  const all = [headings, ...rows];
  const widths = headings.map((_, index) => (align ? Math.max(...all.map((row) => row[index].length)) : 3));
  const isText = (index) => index < 2;
  const padded = (row) =>
    row.map((cell, index) =>
      isText(index) ? cell.padEnd(align ? widths[index] : 0) : cell.padStart(align ? widths[index] : 0),
    );
  const rule = headings.map((_, index) =>
    isText(index) ? '-'.repeat(widths[index]) : `${'-'.repeat(widths[index] - 1)}:`,
  );
  return [line(padded(headings)), line(rule), ...rows.map((row) => line(padded(row)))].join('\n');
}
