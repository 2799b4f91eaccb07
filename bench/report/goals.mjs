// What afnetlink aims at, as figures that a run gives. `of` computes the figure from a run; it is undefined where the run
// lacks a program for it. Ratios compare rates within a round, so more is better; `times` turns one into times as long.
import { ratio, summarise } from '../harness/results.mjs';

const ours = (variant) => ({ peer: 'afnetlink', variant });
const libmnl = (variant) => ({ peer: 'c-libmnl', variant });
const raw = (variant) => ({ peer: 'c-raw', variant });

const compare =
  (name, mine, other, { step, measure = 'rate' } = {}) =>
  (results) => {
    const [left, right] = [mine, other].map((key) => results.find({ case: name, step, ...key }));
    return left && right && ratio(left, right, measure);
  };

const times = (name, mine, other, options) => (results) => {
  const value = compare(name, mine, other, options)(results);
  return value && 1 / value;
};

const summary = (name, mine, figure) => (results) => {
  const row = results.find({ case: name, ...mine });
  return row && figure(summarise(row), row);
};

const worst = (row, value) => Math.max(...row.samples.map(value));
const overIdleMiB = ({ overIdleKb }) => overIdleKb / 1024;
const percent = (share) => share * 100;

const MAIN = 'libmnl';

export const goals = [
  ...[
    ['', ''],
    ['-select', ', five attributes selected'],
  ].flatMap(([suffix, text]) => [
    {
      case: 'request',
      text: `sync${text}: rate against ${MAIN}`,
      of: compare('request', ours(`sync${suffix}`), libmnl('sync')),
      atLeast: 0.95,
    },
    {
      case: 'request',
      text: `sync${text}: p50 against ${MAIN}, times as long`,
      of: times('request', ours(`sync${suffix}`), libmnl('sync'), { measure: 'p50' }),
      atMost: 1.05,
    },
    {
      case: 'request',
      text: `awaited${text}: rate against ${MAIN}`,
      of: compare('request', ours(`await${suffix}`), libmnl('sync')),
      atLeast: 0.88,
    },
  ]),
  {
    case: 'request',
    text: 'awaited: rate against npm netlink',
    of: compare('request', ours('await'), { peer: 'node-netlink', variant: 'await' }),
    atLeast: 15,
  },
  ...['mdlayher', 'vishvananda'].map((name) => ({
    case: 'request',
    text: `awaited: rate against Go, ${name}`,
    of: compare('request', ours('await'), { peer: `go-${name}`, variant: 'sync' }),
    atLeast: 3,
  })),
  {
    case: 'inflight-32',
    text: `one batch: rate against ${MAIN}`,
    of: compare('inflight-32', ours('batch'), libmnl('batch')),
    atLeast: 1,
  },
  {
    case: 'inflight-32',
    text: `promises of one tick: rate against ${MAIN}`,
    of: compare('inflight-32', ours('promises'), libmnl('batch')),
    atLeast: 0.9,
  },
  ...[
    ['counted', 'count', 1.1],
    ['columns', 'columns', 1.2],
    ['streamed', 'stream', 1.3],
    ['objects with numbers', 'numbers', 1.7],
    ['objects with address strings', 'strings', 2.5],
  ].map(([text, variant, atMost]) => ({
    case: 'dump-1m',
    text: `${text}: time against C that only counts`,
    of: times('dump-1m', ours(variant), raw('count')),
    atMost,
  })),
  {
    case: 'dump-1m',
    text: 'columns: MiB over the idle process',
    of: summary('dump-1m', ours('columns'), overIdleMiB),
    atMost: 30,
  },
  {
    case: 'dump-1m',
    text: 'streamed: MiB over the idle process',
    of: summary('dump-1m', ours('stream'), overIdleMiB),
    atMost: 16,
  },
  ...[
    ['Rust, rtnetlink', 'rust-rtnetlink', 2.5],
    ['Go, mdlayher', 'go-mdlayher', 6],
    ['Go, vishvananda', 'go-vishvananda', 6],
    ['npm netlink', 'node-netlink', 10],
  ].map(([text, peer, atLeast]) => ({
    case: 'dump-1m',
    text: `objects with address strings: rate against ${text}`,
    of: compare('dump-1m', ours('strings'), { peer, variant: 'objects' }),
    atLeast,
  })),
  ...['add', 'del'].flatMap((step) => [
    {
      case: 'routes',
      text: `${step}, one by one, sync: rate against ${MAIN}`,
      of: compare('routes', ours('one'), libmnl('one'), { step }),
      atLeast: 0.9,
    },
    {
      case: 'routes',
      text: `${step}, a promise each: rate against ip -batch`,
      of: compare('routes', ours('promises'), { peer: 'iproute2', variant: 'batch' }, { step }),
      atLeast: 1.5,
    },
    {
      case: 'routes',
      text: `${step}, batches with the last acknowledged: rate against ${MAIN}'s acknowledged batches`,
      of: compare('routes', ours('batch-lastack'), libmnl('batch'), { step }),
      atLeast: 1.05,
    },
  ]),
  {
    case: 'events-32m',
    text: 'received, in percent',
    of: summary('events-32m', ours('objects'), ({ received }) => percent(received)),
    atLeast: 100,
  },
  {
    case: 'events-32m',
    text: `CPU an event against ${MAIN}, times as much`,
    of: times('events-32m', ours('objects'), libmnl('objects'), { measure: 'cpu' }),
    atMost: 1.15,
  },
  {
    case: 'events-blocked',
    text: 'received, in percent',
    of: summary('events-blocked', ours('blocked'), ({ received }) => percent(received)),
    atLeast: 100,
  },
  {
    case: 'overruns',
    text: 'reported, of 1,000',
    of: summary('overruns', ours('provoked'), (_, row) => -worst(row, ({ reported }) => -reported)),
    atLeast: 1000,
  },
  {
    case: 'overruns',
    text: 'the reader is live again, ms at most',
    of: summary('overruns', ours('provoked'), (_, row) => worst(row, ({ liveMaxMs }) => liveMaxMs)),
    atMost: 10,
  },
  {
    case: 'echo-16',
    text: `sync: p50 against ${MAIN}, times as long`,
    of: times('echo-16', ours('sync'), libmnl('sync'), { measure: 'p50' }),
    atMost: 1,
  },
  {
    case: 'echo-16',
    text: 'awaited: p50 against plain C, times as long',
    of: times('echo-16', ours('await'), raw('sync'), { measure: 'p50' }),
    atMost: 1.6,
  },
  {
    case: 'echo-32768',
    text: `sync: MB/s against ${MAIN}`,
    of: compare('echo-32768', ours('sync'), libmnl('sync')),
    atLeast: 0.95,
  },
  ...[
    ['dump-1m', 'stream', 'while 1,000,000 routes stream'],
    ['dump-1m', 'stream-main', 'while the 1,000,000 routes of one table stream'],
    ['events-32m', 'objects', 'while 200,000 events come in'],
  ].flatMap(([name, variant, text]) => [
    {
      case: name,
      text: `event loop ${text}: delay p99, ms`,
      of: summary(name, ours(variant), ({ delayP99Ms }) => delayP99Ms),
      atMost: 2,
    },
    {
      case: name,
      text: `event loop ${text}: longest delay, ms`,
      of: summary(name, ours(variant), ({ delayMaxMs }) => delayMaxMs),
      atMost: 20,
    },
  ]),
  {
    case: 'start',
    text: 'first reply over an empty program, ms',
    of: (results) => {
      const time = (key) => summary('start', key, ({ rate }) => 1e3 / rate)(results);
      const [reply, nothing] = [ours('request'), { peer: 'node', variant: 'nothing' }].map(time);
      return reply && nothing && reply - nothing;
    },
    atMost: 60,
  },
  {
    case: 'calls',
    text: 'native calls a request',
    of: summary('calls', ours('request'), (_, row) => worst(row, ({ calls, count }) => calls / count)),
    atMost: 1,
  },
  {
    case: 'calls',
    text: 'native calls for a blocking dump of 1,000,000 routes',
    of: summary('calls', ours('dump'), (_, row) => worst(row, ({ calls }) => calls)),
    atMost: 140,
  },
];

/** Whether a figure meets its goal; undefined without a figure. */
export const isMet = ({ atLeast, atMost }, figure) =>
  figure === undefined ? undefined : atLeast === undefined ? figure <= atMost : figure >= atLeast;
