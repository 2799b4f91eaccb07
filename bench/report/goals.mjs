// What afnetlink aims at, as figures that a run gives. `of` computes the figure from a run; it is undefined where the run
// lacks a program for it. Ratios compare rates within a round, so more is better; `times` turns one into times as long.
// `alone` computes the same figure for the programs without a library, by the least that the work takes of them: what
// they do not reach on a machine, no library does there.
import { ratio, summarise } from '../harness/results.mjs';

const ours = (variant) => ({ peer: 'afnetlink', variant });
const libmnl = (variant) => ({ peer: 'c-libmnl', variant });
const raw = (variant) => ({ peer: 'c-raw', variant });
const floor = (variant) => ({ peer: 'node-floor', variant });

const compare =
  (name, other, { step, measure = 'rate' } = {}) =>
  (mine) =>
  (results) => {
    const [left, right] = [mine, other].map((key) => results.find({ case: name, step, ...key }));
    return left && right && ratio(left, right, measure);
  };

const times = (name, other, options) => (mine) => (results) => {
  const value = compare(name, other, options)(mine)(results);
  return value && 1 / value;
};

/** The figure for a variant of ours, and for those of C and of Node alone, where they say something. */
const reach = (figure, variant, { c, node }) => ({
  of: figure(ours(variant)),
  alone: { c: c && figure(raw(c)), node: node && figure(floor(node)) },
});

const summary = (name, mine, figure) => (results) => {
  const row = results.find({ case: name, ...mine });
  return row && figure(summarise(row), row);
};

const worst = (row, value) => Math.max(...row.samples.map(value));
const overIdleMiB = ({ overIdleKb }) => overIdleKb / 1024;
const percent = (share) => share * 100;

const MAIN = 'libmnl';

// The variants of C and of Node alone that do the same work, or the part of it that nobody can leave out.
const awaitedWhole = { c: 'sync', node: 'await-whole' };
const inLastAcknowledged = { c: 'batch-lastack', node: 'batch-lastack' };
// Nothing is made of routes faster than they are counted; what keeping objects costs Node, whoever makes them, is known.
const kept = { c: 'count', node: 'strings' };
const oneByOne = { c: 'one', node: 'one' };
const echoed = { c: 'sync', node: 'sync' };

/** A request that reads is measured whole, and as a client that selects asks for it. */
const selections = [
  ['', '', 'whole'],
  ['-select', ', five attributes selected', 'object'],
];

export const goals = [
  ...selections.flatMap(([suffix, text, made]) => [
    {
      case: 'request',
      text: `sync${text}: rate against ${MAIN}`,
      ...reach(compare('request', libmnl('sync')), `sync${suffix}`, { c: 'sync', node: `sync-${made}` }),
      atLeast: 0.95,
    },
    {
      case: 'request',
      text: `sync${text}: p50 against ${MAIN}, times as long`,
      ...reach(times('request', libmnl('sync'), { measure: 'p50' }), `sync${suffix}`, {
        c: 'sync',
        node: `sync-${made}`,
      }),
      atMost: 1.05,
    },
    {
      case: 'request',
      text: `awaited${text}: rate against ${MAIN}`,
      ...reach(compare('request', libmnl('sync')), `await${suffix}`, { c: 'sync', node: `await-${made}` }),
      atLeast: 0.88,
    },
  ]),
  {
    case: 'request',
    text: 'awaited: rate against npm netlink',
    ...reach(compare('request', { peer: 'node-netlink', variant: 'await' }), 'await', awaitedWhole),
    atLeast: 15,
  },
  ...['mdlayher', 'vishvananda'].map((name) => ({
    case: 'request',
    text: `awaited: rate against Go, ${name}`,
    ...reach(compare('request', { peer: `go-${name}`, variant: 'sync' }), 'await', awaitedWhole),
    atLeast: 3,
  })),
  ...selections.map(([suffix, text, made]) => ({
    case: 'inflight-32',
    text: `one batch${text}: rate against ${MAIN}`,
    ...reach(compare('inflight-32', libmnl('batch')), `batch${suffix}`, {
      c: 'batch',
      node: `batch-${made}`,
    }),
    atLeast: 1,
  })),
  ...selections.map(([suffix, text, made]) => ({
    case: 'inflight-32',
    text: `promises of one tick${text}: rate against ${MAIN}`,
    ...reach(compare('inflight-32', libmnl('batch')), `promises${suffix}`, {
      c: 'batch',
      node: `batch-${made}`,
    }),
    atLeast: 0.9,
  })),
  ...[
    ['counted', 'count', 1.1],
    ['columns', 'columns', 1.2],
    ['streamed', 'stream', 1.3],
    ['objects with numbers', 'numbers', 1.7],
    ['objects with address strings', 'strings', 2.5, 'strings'],
  ].map(([text, variant, atMost, node = 'count']) => ({
    case: 'dump-1m',
    text: `${text}: time against C that only counts`,
    ...reach(times('dump-1m', raw('count')), variant, { node }), // C is its own measure here
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
    ...reach(compare('dump-1m', { peer, variant: 'objects' }), 'strings', kept),
    atLeast,
  })),
  ...['add', 'del'].flatMap((step) => [
    {
      case: 'routes',
      text: `${step}, one by one, sync: rate against ${MAIN}`,
      ...reach(compare('routes', libmnl('one'), { step }), 'one', oneByOne),
      atLeast: 0.9,
    },
    {
      case: 'routes',
      text: `${step}, a promise each: rate against ip -batch`,
      ...reach(
        compare('routes', { peer: 'iproute2', variant: 'batch' }, { step }),
        'promises',
        inLastAcknowledged,
      ),
      atLeast: 1.5,
    },
    {
      case: 'routes',
      text: `${step}, batches with the last acknowledged: rate against ${MAIN}'s acknowledged batches`,
      ...reach(compare('routes', libmnl('batch'), { step }), 'batch-lastack', inLastAcknowledged),
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
    ...reach(times('events-32m', libmnl('objects'), { measure: 'cpu' }), 'objects', {
      c: 'objects',
      node: 'objects',
    }),
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
    ...reach(times('echo-16', libmnl('sync'), { measure: 'p50' }), 'sync', echoed),
    atMost: 1,
  },
  {
    case: 'echo-16',
    text: 'awaited: p50 against plain C, times as long',
    ...reach(times('echo-16', raw('sync'), { measure: 'p50' }), 'await', { node: 'sync' }),
    atMost: 1.6,
  },
  ...[
    ['', '', 'sync-kept'],
    ['-into', ', into memory that is used again', 'sync'],
  ].map(([suffix, text, node]) => ({
    case: 'echo-32768',
    text: `sync${text}: MB/s against ${MAIN}`,
    ...reach(compare('echo-32768', libmnl('sync')), `sync${suffix}`, { c: 'sync', node }),
    atLeast: 0.95,
  })),
  ...[
    ['dump-1m', 'stream', 'while 1,000,000 routes stream', raw('count')],
    ['dump-1m', 'stream-main', 'while the 1,000,000 routes of one table stream'],
    ['events-32m', 'objects', 'while 200,000 events come in'],
  ].flatMap(([name, variant, text, held]) => [
    {
      case: name,
      text: `event loop ${text}: delay p99, ms`,
      of: summary(name, ours(variant), ({ delayP99Ms }) => delayP99Ms),
      alone: { node: summary(name, floor(variant), ({ delayP99Ms }) => delayP99Ms) },
      atMost: 2,
    },
    {
      case: name,
      text: `event loop ${text}: longest delay, ms`,
      of: summary(name, ours(variant), ({ delayMaxMs }) => delayMaxMs),
      alone: {
        c: held && summary(name, held, ({ longestCallMs }) => longestCallMs),
        node: summary(name, floor(variant), ({ delayMaxMs }) => delayMaxMs),
      },
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
