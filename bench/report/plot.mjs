// A table's first figures as bars: the median, with a line from the slowest to the fastest repeat.
import { summarise } from '../harness/results.mjs';
import { inTime, rowsOf, titleOf } from '../harness/table.mjs';
import { bars } from './bars.mjs';

/** The plot of a case's step, or undefined without rows. */
export function plot(results, each, step) {
  const time = inTime(each);
  const rows = rowsOf(results, each, step).map((row) => {
    const { rate, slowest, fastest, count } = summarise(row);
    const value = (perSecond) => (time ? (count / perSecond) * 1e3 : perSecond);
    return {
      label: `${row.peer} ${row.variant}`,
      ours: row.peer === 'afnetlink',
      middle: value(rate),
      low: value(time ? fastest : slowest),
      high: value(time ? slowest : fastest),
    };
  });
  if (rows.length === 0) return undefined;
  const unit = `${time ? 'milliseconds, less is better' : 'per second, more is better'}; median, with the spread of all repeats`;
  return bars({ title: titleOf(each, step), unit, rows });
}
