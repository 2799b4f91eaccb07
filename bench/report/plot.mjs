// A table's first figures as an SVG of bars: the median, with a line from the slowest to the fastest repeat.
import { summarise } from '../harness/results.mjs';
import { inTime, rowsOf, titleOf } from '../harness/table.mjs';

const WIDTH = 760;
const LABELS = 230;
const VALUES = 90;
const ROW = 22;
const TOP = 44;
const colours = { ours: '#2563eb', others: '#94a3b8', spread: '#334155', text: '#1f2937', quiet: '#64748b' };

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function short(value) {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)}M`;
  if (value >= 1e4) return `${Math.round(value / 1e3)}k`;
  return value >= 100 ? Math.round(value).toString() : Number(value.toPrecision(3)).toString();
}

/** The plot of a case's step, or undefined without rows. */
export function plot(results, each, step) {
  const time = inTime(each);
  const bars = rowsOf(results, each, step).map((row) => {
    const { rate, slowest, fastest, count } = summarise(row);
    const value = (perSecond) => (time ? (count / perSecond) * 1e3 : perSecond);
    return {
      row,
      middle: value(rate),
      low: value(time ? fastest : slowest),
      high: value(time ? slowest : fastest),
    };
  });
  if (bars.length === 0) return undefined;
  const largest = Math.max(...bars.map(({ middle }) => middle));
  const scale = (value) => (Math.min(value, largest) / largest) * (WIDTH - LABELS - VALUES);
  const height = TOP + bars.length * ROW + 14;
  const unit = time ? 'milliseconds, less is better' : 'per second, more is better';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="12" y="20" font-size="14" fill="${colours.text}">${escape(titleOf(each, step))}</text>`,
    `<text x="12" y="36" fill="${colours.quiet}">${unit}; median, with the spread of all repeats</text>`,
    ...bars.map((bar, index) => drawBar(bar, TOP + index * ROW, scale)),
    '</svg>',
    '',
  ].join('\n');
}

function drawBar({ row, middle, low, high }, y, scale) {
  const colour = row.peer === 'afnetlink' ? colours.ours : colours.others;
  const [left, right] = [LABELS + scale(low), LABELS + scale(high)].map((x) => x.toFixed(1));
  const label = `${row.peer} ${row.variant}`;
  const centre = y + ROW / 2;
  return [
    `<text x="${LABELS - 8}" y="${centre + 4}" text-anchor="end" fill="${colours.text}">${escape(label)}</text>`,
    `<rect x="${LABELS}" y="${y + 3}" width="${scale(middle).toFixed(1)}" height="${ROW - 6}" fill="${colour}"/>`,
    `<line x1="${left}" x2="${right}" y1="${centre}" y2="${centre}" stroke="${colours.spread}"/>`,
    `<text x="${WIDTH - VALUES + 8}" y="${centre + 4}" fill="${colours.text}">${short(middle)}</text>`,
  ].join('\n');
}
