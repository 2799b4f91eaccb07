// npm run bench:runtimes: a few cases on each runtime that the tests install, beside each other in turns; prints a table of
// medians, in microseconds. What only the runtime differs in shows here; docs/performance.md is about Node.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runtimeCommands } from '../scripts/test-runtimes.mjs';

const ROUNDS = 5;
const root = fileURLToPath(new URL('..', import.meta.url));
const titles = {
  requestSync: '`requestSync`',
  request: '`await request`',
  wakeUp: 'woken by a message',
  datagram: '`onDatagrams`, each of 32',
};

function round({ command: [program, ...args], env }) {
  const { stdout, stderr, status } = spawnSync(program, [...args, 'bench/peer/runtime.cjs'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`${program} ended with status ${status}:\n${stderr}`);
  return JSON.parse(stdout);
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

const runtimes = runtimeCommands();
const rounds = new Map(runtimes.map(({ name }) => [name, []]));
for (let count = 0; count < ROUNDS; count++)
  for (const runtime of runtimes) rounds.get(runtime.name).push(round(runtime));
console.log(`| microseconds | ${runtimes.map(({ name }) => name).join(' | ')} |`);
console.log(`| --- | ${runtimes.map(() => '---:').join(' | ')} |`);
for (const [key, title] of Object.entries(titles)) {
  const cells = runtimes.map(({ name }) => median(rounds.get(name).map((result) => result[key])).toFixed(1));
  console.log(`| ${title} | ${cells.join(' | ')} |`);
}
