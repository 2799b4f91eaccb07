// npm run bench:check: runs the hot paths beside the C programs and compares the ratios with bench/baseline.json.
// `-- --update` writes the ratios of this run there instead. Not part of CI's verdict: a busy machine moves them.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { measure } from './harness/measure.mjs';
import { ratio } from './harness/results.mjs';
import { markdown } from './harness/table.mjs';

const { values: options } = parseArgs({
  options: {
    update: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    install: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const path = fileURLToPath(new URL('baseline.json', import.meta.url));
const baseline = JSON.parse(readFileSync(path, 'utf8'));

async function run() {
  const results = await measure({
    selection: [...new Set(baseline.paths.map((hot) => hot.case))].join(','),
    peers: ['afnetlink', ...new Set(baseline.paths.map(({ against }) => against.peer))],
    rounds: Number(options.rounds),
    quick: false,
    install: options.install,
    note: (text) => process.stderr.write(`${text}\n`),
  });
  for (const word of results.words) console.log(`- ${word}`);
  return baseline.paths.map((hot) => ({ ...hot, now: ratioOf(results, hot) }));
}

function ratioOf(results, { case: name, step, variant, against, measure: figure }) {
  const mine = results.find({ case: name, step, peer: 'afnetlink', variant });
  const other = results.find({ case: name, step, ...against });
  return mine && other && Number(ratio(mine, other, figure).toFixed(3));
}

const isBelow = ({ ratio: expected, now }) => now === undefined || now < expected * (1 - baseline.tolerance);

function report(hotPaths) {
  const rows = hotPaths.map((hot) => [
    [hot.case, hot.step].filter(Boolean).join(' '),
    hot.variant,
    `${hot.against.peer} ${hot.against.variant}${hot.measure === 'cpu' ? ', CPU' : ''}`,
    String(hot.ratio),
    String(hot.now ?? 'none'),
    isBelow(hot) ? 'below' : 'ok',
  ]);
  console.log(markdown({ headings: ['case', 'variant', 'against', 'baseline', 'now', ''], rows }, true));
}

async function update(hotPaths) {
  const paths = hotPaths.map(({ now, ...hot }) => ({ ...hot, ratio: now ?? hot.ratio }));
  const text = JSON.stringify({ ...baseline, paths });
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), parser: 'json' }));
}

try {
  const hotPaths = await run();
  report(hotPaths);
  if (options.update) await update(hotPaths);
  else if (hotPaths.some(isBelow)) process.exitCode = 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
