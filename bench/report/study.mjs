// What a message costs (npm run bench:kernel), as a table of docs/performance.md and as plots.
import { markdown } from '../harness/table.mjs';
import { bars } from './bars.mjs';

/** The largest size that every way takes: what the plots show. */
const PLOTTED = 4000;

const nameOf = ({ kind, way }) => (kind === 'echo' ? `echo by ${way}` : way);
const number = (value) =>
  value === undefined ? '' : value >= 100 ? value.toFixed(0) : String(Number(value.toFixed(2)));
const median = (values) => values?.toSorted((a, b) => a - b)[values.length >> 1];
const sizesOf = ({ figures }) => [...new Set(figures.map(({ size }) => size))].sort((a, b) => a - b);
const bytes = (size) => `${size.toLocaleString('en')} B`;

function rowsOf({ figures }) {
  const names = [...new Set(figures.map(nameOf))];
  return names.map((name) => ({ name, figures: figures.filter((figure) => nameOf(figure) === name) }));
}

function span(figures, of) {
  const values = figures.map(({ counts }) => counts[of]);
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) =>
    number(Number(value.toFixed(1))),
  );
  return least === most ? least : `${least} to ${most}`;
}

function countsTable(study) {
  const sizes = sizesOf(study);
  return {
    headings: [
      `Linux ${study.kernel}`,
      '',
      ...['copies', 'buffers', 'queued', 'wake-ups'],
      ...sizes.map((size) => `bytes copied of ${bytes(size)}`),
    ],
    rows: rowsOf(study).map(({ name, figures }) => [
      name,
      '',
      ...['copies', 'allocations', 'insertions', 'wakeUps'].map((of) => span(figures, of)),
      ...sizes.map((size) => number(figures.find((figure) => figure.size === size)?.counts.bytesCopied)),
    ]),
  };
}

function timesTable(study) {
  const sizes = sizesOf(study);
  return {
    headings: [`Linux ${study.kernel}${study.emulated ? ', emulated' : ''}, µs`, '', ...sizes.map(bytes)],
    rows: rowsOf(study).map(({ name, figures }) => [
      name,
      '',
      ...sizes.map((size) => number(median(figures.find((figure) => figure.size === size)?.microseconds))),
    ]),
  };
}

const withoutEmptyColumn = ({ headings, rows }) => ({
  headings: headings.toSpliced(1, 1),
  rows: rows.map((row) => row.toSpliced(1, 1)),
});

const counted = (studies) =>
  studies.find(({ figures }) => figures.some(({ counts }) => counts !== undefined));

export function studyBlock(studies, what) {
  if (what === 'counts') return markdown(withoutEmptyColumn(countsTable(counted(studies))));
  return studies.map((study) => markdown(withoutEmptyColumn(timesTable(study)))).join('\n\n');
}

/** The plots, by the name of their file. */
export function studyPlots(studies) {
  const study = counted(studies);
  const plotted = study.figures.filter(({ size }) => size === PLOTTED);
  const ours = ({ way }) => /netlink|kernel|user|ring/.test(way);
  const copies = plotted.map((figure) => {
    const { bytesCopied } = figure.counts;
    return {
      label: nameOf(figure),
      ours: ours(figure),
      middle: bytesCopied,
      low: bytesCopied,
      high: bytesCopied,
    };
  });
  const times = plotted.map((figure) => ({
    label: nameOf(figure),
    ours: ours(figure),
    middle: median(figure.microseconds),
    low: Math.min(...figure.microseconds),
    high: Math.max(...figure.microseconds),
  }));
  const title = `A message of ${bytes(PLOTTED)} on Linux ${study.kernel}`;
  return new Map([
    ['kernel-copies.svg', bars({ title, unit: 'bytes copied, less is better', rows: copies })],
    [
      'kernel-times.svg',
      bars({
        title,
        unit: `microseconds${study.emulated ? ' on an emulated processor' : ''}, less is better; median, with the spread of all rounds`,
        rows: times,
      }),
    ],
  ]);
}
