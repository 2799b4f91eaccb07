// npm run docs:man: writes man/ from the descriptions of the commands. `--check` fails if a page does not show them.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const nlctl = fileURLToPath(new URL('../dist/cli/nlctl.js', import.meta.url));
const folder = new URL('../man/', import.meta.url);
const pages = { 'nlctl.1': [], 'nl_recv.1': ['nl_recv'] };

mkdirSync(folder, { recursive: true });
for (const [name, topic] of Object.entries(pages)) {
  const file = new URL(name, folder);
  const page = execFileSync(process.execPath, [nlctl, 'help', '--man', ...topic], { encoding: 'utf8' });
  if (!process.argv.includes('--check')) {
    writeFileSync(file, page);
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== page) {
    console.error(`man/${name} does not show the commands as they are; run npm run docs:man`);
    process.exitCode = 1;
  }
}
