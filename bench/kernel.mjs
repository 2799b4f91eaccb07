// npm run bench:kernel: what a message costs (nlctl study), in a guest and on this machine. `--save` keeps the figures in
// bench/results, and shows them in docs/performance.md; all else is for nlctl study, see its --help.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { out } from './harness/peers.mjs';
import { Results } from './harness/results.mjs';
import { latest, study, writtenFiles } from './report/document.mjs';

const nlctl = fileURLToPath(new URL('../dist/cli/nlctl.js', import.meta.url));
const args = process.argv.slice(2).filter((argument) => argument !== '--save');

mkdirSync(out, { recursive: true });
const run = spawnSync(process.execPath, [nlctl, 'study', ...args, '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  encoding: 'utf8',
  maxBuffer: 1 << 26,
});
if (run.error) throw run.error;
if (run.status !== 0) process.exit(run.status ?? 1);
if (process.argv.includes('--save')) {
  writeFileSync(study, await format(run.stdout, { parser: 'json', printWidth: 110 }));
  for (const [file, content] of await writtenFiles(Results.read(latest), JSON.parse(run.stdout)))
    writeFileSync(file, content);
}
const { studyText } = await import('../unbundled/cli/study/table.js');
console.log(studyText(JSON.parse(run.stdout)));
