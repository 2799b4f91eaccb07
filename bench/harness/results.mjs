// The samples of a run, by case, step, program and variant. A file holds one line for each of these, with its samples as
// columns of the figures that tables, plots and goals are computed from.
import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

/** The figures of a sample that something is computed from; what else a program prints is not kept. */
const figures = [
  ...[
    'round',
    'count',
    'seconds',
    'user',
    'system',
    'idleKb',
    'peakKb',
    'p50',
    'p99',
    'expected',
    'overruns',
  ],
  ...['reported', 'liveMaxMs', 'calls', 'longestCallMs', 'delayP99Ms', 'delayMaxMs'],
];

export class Results {
  constructor({ machine, options, rows = [], words = [] }) {
    this.machine = machine;
    this.options = options;
    this.rows = rows;
    this.words = words;
  }

  static read(path) {
    const { rows, ...run } = JSON.parse(readFileSync(path, 'utf8'));
    return new Results({
      ...run,
      rows: rows.map(({ samples, ...key }) => ({ ...key, samples: samplesOf(samples) })),
    });
  }

  /**
   * This run with the cases of a newer one in place of its own: figures of different cases are never compared with each
   * other. Throws if the machine or the number of rounds differs.
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

  write(path) {
    const { machine, options, words, rows } = this;
    const lines = rows.map(({ samples, ...key }) => JSON.stringify({ ...key, samples: columnsOf(samples) }));
    const run = JSON.stringify({ machine, options, words }, undefined, 2).replace(/\n}$/, '');
    writeFileSync(path, `${run},\n  "rows": [\n    ${lines.join(',\n    ')}\n  ]\n}\n`);
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

/** `[{ round: 0, count: 7 }, { round: 1, count: 8 }]` as `{ round: [0, 1], count: [7, 8] }`. */
function columnsOf(samples) {
  const used = figures.filter((name) => samples.some((sample) => sample[name] !== undefined));
  return Object.fromEntries(used.map((name) => [name, samples.map((sample) => sample[name] ?? null)]));
}

function samplesOf(columns) {
  return columns.round.map((_, index) => {
    const all = Object.entries(columns).map(([name, values]) => [name, values[index]]);
    return Object.fromEntries(all.filter(([, value]) => value !== null));
  });
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
