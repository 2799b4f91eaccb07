// Writes what bench/results/latest.json decides: the figures of docs/performance.md, and the plots.
// `--check` fails instead where what is committed differs from that.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Results } from './harness/results.mjs';
import { writtenFiles } from './report/document.mjs';

const latest = fileURLToPath(new URL('results/latest.json', import.meta.url));
const files = await writtenFiles(Results.read(latest));

if (process.argv.includes('--check')) {
  const current = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);
  const stale = [...files].filter(([file, content]) => current(file) !== content);
  for (const [file] of stale)
    console.error(
      `${relative('.', file)} does not show bench/results/latest.json; run node bench/report.mjs`,
    );
  if (stale.length > 0) process.exitCode = 1;
} else {
  for (const [file, content] of files) writeFileSync(file, content);
}
