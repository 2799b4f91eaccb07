// The samples of a run, by case, step, program and variant: kept as one column of figures each, so that the file stays
// small, and read back by the table, the document and the check alike.
import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { format } from 'prettier';

export class Results {
  constructor({ machine, options, rows = [], words = [] }) {
    this.machine = machine;
    this.options = options;
    this.rows = rows;
    this.words = words;
  }

  static read(path) {
    return new Results(JSON.parse(readFileSync(path, 'utf8')));
  }

  /**
   * This run with some cases measured anew: figures of different cases are never compared with each other. Throws where the
   * machine or the rounds are others.
   */
  withCasesOf(newer) {
    const conditions = ({ machine, options: { rounds, quick } }) => ({ machine, rounds, quick });
    if (!isDeepStrictEqual(conditions(this), conditions(newer)))
      throw new Error('the kept run is of another machine, or has other rounds: keep a whole run');
    const measured = new Set(newer.rows.map((row) => row.case));
    const { machine, options } = this;
    const rows = [...this.rows.filter((row) => !measured.has(row.case)), ...newer.rows];
    return new Results({ machine, options, rows, words: [...new Set([...this.words, ...newer.words])] });
  }

  async write(path) {
    const { machine, options, rows, words } = this;
    writeFileSync(
      path,
      await format(JSON.stringify({ machine, options, words, rows }), { parser: 'json', printWidth: 110 }),
    );
  }

  /** Files the samples of one process. */
  add(round, each, variant, peer, samples) {
    for (const { step, ...sample } of samples) {
      const key = { case: each.name, ...(step && { step }), peer: peer.name, variant };
      let row = this.find(key);
      if (row === undefined) {
        row = { ...key, samples: [] };
        this.rows.push(row);
      }
      row.samples.push({ round, ...rounded(sample) });
    }
  }

  find({ case: name, step, peer, variant }) {
    return this.rows.find(
      (row) => row.case === name && row.step === step && row.peer === peer && row.variant === variant,
    );
  }

  /** A word about something that could not be measured; the same one only once. */
  say(word) {
    if (!this.words.includes(word)) this.words.push(word);
  }
}

const rounded = (sample) =>
  Object.fromEntries(
    Object.entries(sample).map(([name, value]) => [
      name,
      typeof value === 'number' ? Number(value.toPrecision(6)) : value,
    ]),
  );

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const rateOf = ({ count, seconds }) => count / seconds;
const cpuOf = ({ count, user, system }) => ((user + system) / count) * 1e6;

/** What the samples of a row come to. Rates are per second, `cpu` is in microseconds an operation, memory in KiB. */
export function summarise(row) {
  const of = (value) => row.samples.map(value).filter((each) => each !== undefined && !Number.isNaN(each));
  const middle = (value) => (of(value).length === 0 ? undefined : median(of(value)));
  const rates = of(rateOf);
  const largest = (value) => (of(value).length === 0 ? undefined : Math.max(...of(value)));
  return {
    rate: median(rates),
    slowest: Math.min(...rates),
    fastest: Math.max(...rates),
    cpu: middle(cpuOf),
    count: middle(({ count }) => count),
    peakKb: largest(({ peakKb }) => peakKb),
    overIdleKb: largest(({ peakKb, idleKb }) => (idleKb ? peakKb - idleKb : undefined)),
    p50: middle(({ p50 }) => p50),
    p99: middle(({ p99 }) => p99),
    received: middle(({ count, expected }) => (expected === undefined ? undefined : count / expected)),
    overruns: middle(({ overruns }) => overruns),
    reported: middle(({ reported }) => reported),
    liveMaxMs: largest(({ liveMaxMs }) => liveMaxMs),
    calls: middle(({ calls }) => calls),
    longestCallMs: largest(({ longestCallMs }) => longestCallMs),
    delayP99Ms: middle(({ delayP99Ms }) => delayP99Ms),
    delayMaxMs: largest(({ delayMaxMs }) => delayMaxMs),
  };
}

const values = { rate: rateOf, cpu: (sample) => 1 / cpuOf(sample), p50: ({ p50 }) => 1 / p50 };

/**
 * How many times as good as `reference` a row is: the median over the rounds of the ratio within a round, since the two
 * ran next to each other there. `measure` is 'rate', 'cpu' or 'p50'; more is better in each.
 */
export function ratio(row, reference, measure = 'rate') {
  const perRound = (each, round) => {
    const samples = each.samples.filter((sample) => sample.round === round).map(values[measure]);
    return samples.length === 0 ? undefined : median(samples);
  };
  const ratios = [...new Set(row.samples.map(({ round }) => round))]
    .map((round) => perRound(row, round) / perRound(reference, round))
    .filter(Number.isFinite);
  return ratios.length === 0 ? undefined : median(ratios);
}
