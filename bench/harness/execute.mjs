// Runs one program for one variant of a case, in a process of its own, and gives the samples that it printed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { out, stopwatch, workhorse } from './peers.mjs';
import { Program, ProgramFailure } from './program.mjs';

const SENTINEL = '203.0.113.0/24';
const SENTINEL_TRIES = 10;

const argumentsOf = (each, variant, count, repeats) => [
  each.workload,
  variant,
  count,
  repeats,
  ...(each.size === undefined ? [] : [each.size]),
];

/** Runs `variant` of the case `each` with `peer`; undefined where the peer does not offer it. */
export async function execute(each, variant, peer, namespaces) {
  if (peer.only && !peer.only.includes(each.workload)) return undefined;
  await namespaces.fill(each.place, each.count);
  if (peer.whole) return executeWhole(each, variant, peer, namespaces);
  if (each.workload === 'events') return executeEvents(each, variant, peer, namespaces);
  if (each.workload === 'echo') return executeEcho(each, variant, peer, namespaces);
  if (each.workload === 'start') return executeStart(each, variant, peer, namespaces);
  const divide = ['dump', 'links'].includes(each.workload) ? 1 : (peer.divide ?? 1);
  const command = [
    ...peer.command,
    ...argumentsOf(each, variant, Math.ceil(each.count / divide), each.repeats),
  ];
  return new Program(await namespaces.enter(each.place, command)).samples();
}

/** A program that only offers itself as a whole: from its start to its end. */
async function executeWhole(each, variant, peer, namespaces) {
  const whole = peer.whole[`${each.workload} ${variant}`];
  if (whole === undefined) return undefined;
  if (each.workload === 'routes') writeRouteBatches(each.count);
  const samples = [];
  for (const [step, command] of whole.steps) {
    const timed = [stopwatch, 'end', each.count, '--', ...command];
    const [sample] = await new Program(await namespaces.enter(each.place, timed)).samples();
    samples.push(step === '' ? sample : { ...sample, step });
  }
  return samples;
}

function writeRouteBatches(count) {
  for (const step of ['add', 'del']) {
    const lines = Array.from({ length: count }, (_, index) => {
      const [a, b, c] = [16 + (index >>> 16), (index >>> 8) & 255, index & 255];
      const gateway = `10.255.0.${2 + (index & 63)}`;
      return `route ${step} ${a}.${b}.${c}.0/24 via ${gateway} dev v0 metric ${100 + (index % 7)} proto static\n`;
    });
    writeFileSync(join(out, `routes-${step}`), lines.join(''));
  }
}

/** A listener beside a C program that adds and deletes routes as fast as it can. */
async function executeEvents(each, variant, peer, namespaces) {
  const command = [...peer.command, ...argumentsOf(each, variant, each.count, each.repeats)];
  const listener = new Program(await namespaces.enter(each.place, command));
  if ((await listener.ready()) === undefined) return listener.samples();
  await sleep(200); // its first system call is behind it: it sits in its wait
  const writer = [workhorse, 'routes', 'batch', each.count, 1];
  await new Program(await namespaces.enter(each.place, writer)).samples();
  await sendSentinels(each, listener, namespaces);
  if (listener.running) {
    listener.child.kill('SIGKILL');
    await listener.ended;
    throw new ProgramFailure('never heard the last event: deaf after an overrun');
  }
  const samples = await listener.samples();
  return samples?.map((sample) => ({ ...sample, expected: 2 * each.count }));
}

// Again and again: the listener's queue may still be full, and then this event is dropped as well.
async function sendSentinels(each, listener, namespaces) {
  for (let attempt = 1; attempt <= SENTINEL_TRIES && listener.running; attempt++) {
    await Promise.race([sleep(500), listener.ended]);
    const route = ['ip', 'route', 'replace', SENTINEL, 'via', '10.255.0.2', 'metric', attempt];
    await new Program(await namespaces.enter(each.place, route)).ended;
    await Promise.race([sleep(500), listener.ended]);
  }
  const flush = ['ip', 'route', 'flush', SENTINEL];
  await new Program(await namespaces.enter(each.place, flush)).ended;
}

// All against the same C server, so that only the client differs, and both on one processor: a wake-up that crosses
// processors costs many times what is measured, and whether it does is the scheduler's mood.
async function executeEcho(each, variant, peer, namespaces) {
  const pin = ['taskset', '-c', '0'];
  const server = new Program(await namespaces.enter(each.place, [...pin, workhorse, 'server', 'echo']));
  const port = await server.ready();
  try {
    const count = Math.ceil(each.count / (peer.divide ?? 1));
    const command = [...pin, ...peer.command, ...argumentsOf(each, variant, count, each.repeats), port];
    return await new Program(await namespaces.enter(each.place, command)).samples();
  } finally {
    await server.stop();
  }
}

/** A fresh process a repeat, timed from its fork to the first byte that it writes. */
async function executeStart(each, variant, peer, namespaces) {
  const samples = [];
  for (let repeat = 0; repeat < each.repeats; repeat++) {
    const command = [stopwatch, 'first-byte', 1, '--', ...(peer.start ?? peer.command), 'start', variant];
    const printed = await new Program(await namespaces.enter(each.place, command)).samples();
    if (printed === undefined) return undefined;
    samples.push(...printed);
  }
  return samples;
}
