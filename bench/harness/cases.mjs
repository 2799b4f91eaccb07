// What is measured. Every program is asked for every variant of a case and says itself which ones it does not offer.
//
// name       what --case selects, whole or up to a hyphen
// workload   the first argument of the programs
// variants   the second, one run each
// count      operations a repeat (routes, for a dump)
// repeats    measured repeats in one process
// size       requests in flight, bytes of an echo, or bytes of receive buffer (0: the kernel's default)
// place      the namespace that it runs in: see namespaces.mjs
// reference  the program and variant that ratios are taken to
// compare    what the ratio compares: 'rate', or 'cpu' where the rate is another program's

const MEBIBYTE = 1 << 20;
const inOneByOne = { peer: 'c-libmnl', variant: 'sync' };
const inBatches = { peer: 'c-libmnl', variant: 'batch' };
const intoObjects = { peer: 'c-libmnl', variant: 'objects' };

const dump = {
  workload: 'dump',
  variants: ['count', 'columns', 'objects', 'numbers', 'strings', 'full', 'stream'],
  reference: intoObjects,
};

const events = {
  workload: 'events',
  place: 'empty',
  count: 100_000,
  repeats: 1,
  reference: intoObjects,
  compare: 'cpu',
};

export const cases = [
  {
    name: 'request',
    issue: 'W1',
    title: 'One request at a time (CTRL_CMD_GETFAMILY)',
    workload: 'request',
    variants: [
      'sync',
      'await',
      'sync-select',
      'await-select',
      'sync-object',
      'await-object',
      'sync-whole',
      'await-whole',
      'sync-checked',
      'await-checked',
      'sync-threads',
    ],
    place: 'empty',
    count: 100_000,
    repeats: 2,
    reference: inOneByOne,
  },
  ...[32, 256].map((size) => ({
    name: `inflight-${size}`,
    issue: 'W2',
    title: `${size} requests in flight (CTRL_CMD_GETFAMILY)`,
    workload: 'inflight',
    variants: [
      'batch',
      'separate',
      'promises',
      'batch-select',
      'promises-select',
      'batch-object',
      'batch-whole',
    ],
    place: 'empty',
    count: 100_000,
    repeats: 2,
    size,
    reference: inBatches,
  })),
  {
    ...dump,
    name: 'dump-100k',
    issue: 'W3',
    title: 'Dump of 100,000 routes',
    place: 'routes-100k',
    count: 100_000,
    repeats: 2,
  },
  {
    ...dump,
    name: 'dump-1m',
    issue: 'W3',
    title: 'Dump of 1,000,000 routes',
    variants: [...dump.variants, 'count-main', 'stream-main', 'stream-offload'],
    place: 'routes-1m',
    count: 1_000_000,
    repeats: 1,
  },
  {
    name: 'routes',
    issue: 'W4',
    title: '100,000 routes added and deleted',
    workload: 'routes',
    variants: ['one', 'await', 'batch', 'batch-lastack', 'promises'],
    place: 'empty',
    count: 100_000,
    repeats: 1,
    reference: inBatches,
    references: { one: { peer: 'c-libmnl', variant: 'one' }, await: { peer: 'c-libmnl', variant: 'one' } },
  },
  {
    ...events,
    name: 'events-default',
    issue: 'W5',
    title: '200,000 events, default receive buffer',
    variants: ['objects', 'iterated'],
    size: 0,
  },
  {
    ...events,
    name: 'events-32m',
    issue: 'W5',
    title: '200,000 events, 32 MiB receive buffer',
    variants: ['objects', 'iterated'],
    size: 32 * MEBIBYTE,
  },
  {
    ...events,
    name: 'events-blocked',
    issue: 'W5',
    title: '200,000 events, the reader blocked for 600 ms at the first, 128 MiB receive buffer',
    variants: ['blocked'],
    size: 128 * MEBIBYTE,
  },
  {
    name: 'overruns',
    issue: 'W5',
    title: '1,000 provoked overruns',
    workload: 'overruns',
    variants: ['provoked'],
    place: 'empty',
    count: 1000,
    repeats: 1,
  },
  ...[16, 1024, 32_768].map((size) => ({
    name: `echo-${size}`,
    issue: 'W6',
    title: `Echo of ${size} bytes with another process`,
    workload: 'echo',
    variants: ['sync', 'sync-into', 'sync-kept', 'await'],
    place: 'empty',
    count: 20_000,
    repeats: 2,
    size,
    reference: inOneByOne,
  })),
  ...[16, 1024, 32_768].map((size) => ({
    name: `module-${size}`,
    issue: 'W7',
    title: `Echo of ${size} bytes with the kernel module, in the guest`,
    workload: 'echo',
    variants: ['sync', 'sync-into', 'await'],
    place: 'guest',
    count: 10_000,
    repeats: 2,
    size,
    reference: inOneByOne,
  })),
  {
    name: 'start',
    issue: 'W9',
    title: 'A fresh process has its first reply',
    workload: 'start',
    variants: ['request', 'nothing'],
    place: 'empty',
    count: 1,
    repeats: 5,
    reference: { peer: 'node', variant: 'nothing' },
  },
  {
    name: 'links',
    issue: 'W10',
    title: '1,000 links with all their attributes',
    workload: 'links',
    variants: ['count', 'objects'],
    place: 'links',
    count: 1000,
    repeats: 20,
    reference: intoObjects,
  },
  {
    name: 'calls',
    issue: '',
    title: 'Calls into native code',
    workload: 'calls',
    variants: ['request', 'dump'],
    place: 'routes-1m',
    count: 1_000_000,
    repeats: 1,
  },
  {
    name: 'floor',
    issue: '',
    title: 'System calls alone',
    workload: 'floor',
    variants: ['calls'],
    place: 'empty',
    count: 500_000,
    repeats: 1,
  },
];

/** The cases of a `--case` argument; all of them without one. */
export function selectCases(selection) {
  if (selection === undefined) return cases;
  const names = selection.split(',');
  const unknown = names.filter((name) => !cases.some((each) => matches(each, name)));
  if (unknown.length > 0)
    throw new Error(
      `no case is named ${unknown.join(' or ')}; there are ${cases.map(({ name }) => name).join(', ')}`,
    );
  return cases.filter((each) => names.some((name) => matches(each, name)));
}

const matches = (each, name) => each.name === name || each.name.startsWith(`${name}-`);

/** A tenth of the work, once: to see whether everything runs, not to print figures. */
export const quickly = (each) => ({ ...each, count: Math.max(1, Math.ceil(each.count / 10)), repeats: 1 });
