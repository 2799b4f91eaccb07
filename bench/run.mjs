// npm run bench: runs the cases, prints one table for each. `npm run bench -- --help` lists the options.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measure } from './harness/measure.mjs';
import { out } from './harness/peers.mjs';
import { Results } from './harness/results.mjs';
import { markdown, tables } from './harness/table.mjs';
import { latest, study, writtenFiles } from './report/document.mjs';

const HELP = `Usage: npm run bench -- [options]

  --case NAMES    only these cases, separated by commas: request, inflight, dump, routes, events, overruns, echo,
                  module, start, links, floor, or one of them whole, as dump-1m
  --peers NAMES   only these programs, as afnetlink,c-libmnl,rust-rtnetlink
  --rounds N      rounds over all programs of a case (5)
  --quick         a tenth of the work and one round: shows that all runs, not how fast
  --no-install    do not install Debian's packages; programs that lack theirs are left out
  --save          keep the results in bench/results, and show them in docs/performance.md; with --case, those cases take
                  the place of the kept run's, if it is of this machine
  --show FILE     print the tables of an earlier run

Needs root: it makes network namespaces of its own, and touches nothing outside of them.
`;

const { values: options } = parseArgs({
  options: {
    case: { type: 'string' },
    peers: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    install: { type: 'boolean', default: true },
    save: { type: 'boolean', default: false },
    show: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
});

async function main() {
  if (options.help) return process.stdout.write(HELP);
  const results = options.show === undefined ? await run() : Results.read(options.show);
  for (const table of tables(results))
    console.log(`\n## ${table.case}: ${table.title}\n\n${markdown(table, true)}`);
  for (const word of results.words) console.log(`\n- ${word}`);
}

async function run() {
  const results = await measure({
    selection: options.case,
    peers: options.peers?.split(','),
    rounds: Number(options.rounds ?? (options.quick ? 1 : 5)),
    quick: options.quick,
    install: options.install,
    note: (text) => process.stderr.write(`${text}\n`),
  });
  mkdirSync(out, { recursive: true });
  results.write(join(out, 'latest.json'));
  if (options.save)
    await keep(options.case === undefined ? results : Results.read(latest).withCasesOf(results));
  return results;
}

async function keep(results) {
  results.write(latest);
  const studies = JSON.parse(readFileSync(study, 'utf8'));
  for (const [file, content] of await writtenFiles(results, studies)) writeFileSync(file, content);
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
