// Writes what bench/results/latest.json and kernel.json decide: the figures of docs/performance.md, and the plots.
// `--check` fails instead where what is committed differs from that.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { Results } from './harness/results.mjs';
import { latest, study, writtenFiles } from './report/document.mjs';

const files = await writtenFiles(Results.read(latest), JSON.parse(readFileSync(study, 'utf8')));

if (process.argv.includes('--check')) {
  const current = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);
  const stale = [...files].filter(([file, content]) => current(file) !== content);
  for (const [file] of stale)
    console.error(`${relative('.', file)} does not show bench/results; run node bench/report.mjs`);
  if (stale.length > 0) process.exitCode = 1;
} else {
  for (const [file, content] of files) writeFileSync(file, content);
}
