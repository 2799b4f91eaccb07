// node run.js [--seconds N] [--target NAME]… [--seed N] [--json FILE]: tries inputs on each target in turn, and prints how many.
// What is of interest is kept in out/fuzz/corpus, for the next run; inputs at fault are written to out/fuzz/findings.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as coverage from './coverage';
import { packageRoot } from '../helpers/processes';
import type { Target } from './target';

coverage.instrumentModules(join(packageRoot, 'unbundled'));

const TARGETS = readdirSync(join(__dirname, 'targets'))
  .filter((file) => file.endsWith('.js'))
  .map((file) => file.replace(/\.js$/, ''));
const output = join(packageRoot, 'out/fuzz');

interface Result {
  readonly target: string;
  readonly tried: number;
  readonly perSecond: number;
  readonly corpus: number;
  readonly mostWork: number;
  readonly finding?: string;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      target: { type: 'string', multiple: true, default: TARGETS },
      json: { type: 'string' },
    },
  });
  const unknown = values.target.filter((name) => !TARGETS.includes(name));
  if (unknown.length > 0)
    throw new Error(`unknown target ${unknown.join(', ')} (expected ${TARGETS.join(', ')})`);
  const seconds = number('--seconds', values.seconds);
  const seed = number('--seed', values.seed);
  console.log(`seed ${seed}, ${seconds} s`);
  const results: Result[] = [];
  for (const name of values.target) {
    results.push(await tryTarget(name, seed, seconds / values.target.length));
  }
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(results));
  if (results.some(({ finding }) => finding !== undefined)) process.exitCode = 1;
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isInteger(value) || value < 0)
    throw new Error(`${option}: must be a whole number, got '${text}'`);
  return value;
}

async function tryTarget(name: string, seed: number, seconds: number): Promise<Result> {
  // Loaded here, since its modules are instrumented.
  const { target } = (await import(`./targets/${name}.js`)) as { target: Target };
  const { fuzz } = await import('./fuzz.js');
  const { Random } = await import('./random.js');
  const { Watchdog } = await import('./watchdog.js');
  const findings = join(output, 'findings');
  mkdirSync(findings, { recursive: true });
  const corpus = join(output, 'corpus', name);
  mkdirSync(corpus, { recursive: true });
  const kept = readdirSync(corpus).map((file) => readFileSync(join(corpus, file)));
  const watchdog = new Watchdog(join(findings, `${name}-endless`));
  const began = performance.now();
  const outcome = await fuzz(target, {
    random: new Random(seed),
    coverage,
    kept,
    goesOn: () => performance.now() - began < seconds * 1000,
    onInput: (input) => watchdog.watch(input),
  });
  const perSecond = Math.round((outcome.tried * 1000) / (performance.now() - began));
  await watchdog.end();
  for (const input of outcome.corpus) writeFileSync(join(corpus, hash(input)), input);
  const { tried, mostWork, finding } = outcome;
  console.log(`${name}: ${tried} inputs, ${perSecond} a second, ${outcome.corpus.length} of interest`);
  const result = {
    target: name,
    tried,
    perSecond,
    corpus: outcome.corpus.length,
    mostWork: Math.round(mostWork),
  };
  if (finding === undefined) return result;
  const file = join(findings, `${name}-${hash(finding.input)}`);
  writeFileSync(file, finding.input);
  const reason = finding.error instanceof Error ? finding.error.stack : String(finding.error);
  console.log(`${name}: FOUND, the input is in ${file}\n${reason}`);
  return { ...result, finding: `${name}: ${String(finding.error)} (seed ${seed}, input in ${file})` };
}

function hash(input: Uint8Array): string {
  return createHash('sha256').update(input).digest('hex').slice(0, 16);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
