'use strict';
// What the Node programs of the benchmarks share: arguments, clocks, and one JSON line a repeat.
const { monitorEventLoopDelay, performance } = require('node:perf_hooks');
const { readFileSync, writeFileSync, writeSync } = require('node:fs');

const [workload, variant, count = '100000', repeats = '1', size = '0', port = '0', protocol = '2'] =
  process.argv.slice(2);

/** PROGRAM WORKLOAD VARIANT COUNT REPEATS [SIZE [PORT [PROTOCOL]]]: README.md says what each one means. */
exports.options = {
  workload,
  variant,
  count: Number(count),
  repeats: Number(repeats),
  size: Number(size),
  port: Number(port),
  protocol: Number(protocol),
};

/** Ends the process with the status that says: this workload, or this variant of it, is not offered. */
exports.notOffered = () => process.exit(2);

const status = (name) =>
  Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'latin1'))[1]);

const RESOLUTION_MS = 1;

/** Begins a repeat. The peak of memory is counted from here, and so is the event loop's delay. */
exports.begin = () => {
  writeFileSync('/proc/self/clear_refs', '5');
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const usage = process.resourceUsage();
  return { delay, usage, idleKb: status('VmRSS'), beginNs: process.hrtime.bigint(), endNs: 0n };
};

exports.end = (sample) => {
  sample.endNs ||= process.hrtime.bigint();
  sample.delay.disable();
  const usage = process.resourceUsage();
  sample.user = (usage.userCPUTime - sample.usage.userCPUTime) / 1e6;
  sample.system = (usage.systemCPUTime - sample.usage.systemCPUTime) / 1e6;
  sample.peakKb = status('VmHWM');
};

// The histogram holds the times between two firings of a timer; what they exceed its period by is the delay.
const delayMs = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);

/** Prints the line. `latencies`: undefined, or a Float64Array of milliseconds. `extra`: further members. */
exports.print = (sample, done, latencies, extra) => {
  latencies?.sort();
  const line = {
    count: done,
    seconds: Number(sample.endNs - sample.beginNs) / 1e9,
    user: sample.user,
    system: sample.system,
    idleKb: sample.idleKb,
    peakKb: sample.peakKb,
    ...(latencies && {
      p50: Math.round(latencies[Math.floor(done / 2)] * 1e6),
      p99: Math.round(latencies[Math.floor(done * 0.99)] * 1e6),
    }),
    ...(sample.delay.count > 1 && {
      delayP99Ms: delayMs(sample.delay.percentile(99)),
      delayMaxMs: delayMs(sample.delay.max),
    }),
    ...extra,
  };
  writeSync(1, JSON.stringify(line) + '\n');
};

/** One round that warms up and is not reported, then `repeats` of them: what a cold program takes is a case of its own. */
exports.rounds = function* (countOf = exports.options.count) {
  yield { reported: false, count: countOf };
  for (let repeat = 0; repeat < exports.options.repeats; repeat++) yield { reported: true, count: countOf };
};

/**
 * Whether each dump is reported. Dumps of few links are many, and so many more warm up; those of many routes do so while
 * they run.
 */
exports.dumps = function* () {
  const { workload, repeats } = exports.options;
  if (workload === 'links') for (let repeat = 0; repeat < repeats; repeat++) yield false;
  for (let repeat = 0; repeat < repeats; repeat++) yield true;
};

/**
 * Measures `count` calls, one after the other. `ask` returns a promise, and `check` is given what it gives. The time is
 * read as cheaply as C reads it: hrtime.bigint() would cost a twentieth of a request.
 */
exports.measureEach = async (ask, check) => {
  for (const round of exports.rounds()) {
    const latencies = new Float64Array(round.count);
    const sample = exports.begin();
    let before = performance.now();
    for (let index = 0; index < round.count; index++) {
      check(await ask(index));
      const now = performance.now();
      latencies[index] = now - before;
      before = now;
    }
    exports.end(sample);
    if (round.reported) exports.print(sample, round.count, latencies);
  }
};

/** The same for a call that answers at once. */
exports.measureEachSync = (ask, check) => {
  for (const round of exports.rounds()) {
    const latencies = new Float64Array(round.count);
    const sample = exports.begin();
    let before = performance.now();
    for (let index = 0; index < round.count; index++) {
      check(ask(index));
      const now = performance.now();
      latencies[index] = now - before;
      before = now;
    }
    exports.end(sample);
    if (round.reported) exports.print(sample, round.count, latencies);
  }
};

/** Routes added, then deleted. `change(from, to, remove)` changes the routes of that range, `batch` at most, or promises to. */
exports.measureRoutes = async (batch, change) => {
  for (const { reported, count } of exports.rounds()) {
    for (const step of ['add', 'del']) {
      const sample = exports.begin();
      for (let from = 0; from < count; from += batch) {
        const changing = change(from, Math.min(from + batch, count), step === 'del');
        if (changing !== undefined) await changing;
      }
      exports.end(sample);
      if (reported) exports.print(sample, count, undefined, { step });
    }
  }
};

/** The routes: 16.0.0.0/24 upward by way of 10.255.0.2 to .65. */
exports.routes = {
  link: 'v0',
  destination: (index) => 0x10000000 + index * 256,
  gateway: (index) => 0x0aff0002 + (index & 63),
  priority: (index) => 100 + (index % 7),
  /** The route that tells a listener to stop: 203.0.113.0/24. */
  sentinel: 0xcb007100,
  bytes: (address) =>
    Buffer.from([address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255]),
};

/** A fresh process has its first reply: the stopwatch waits for this byte. */
exports.firstReply = () => writeSync(1, 'x');
