// The commands of package.json's "bin" must be executable in a checkout too, where npm does not do it, and have their names:
// dist/bin is a folder for PATH.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const folder = new URL('dist/bin/', root);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const { bin } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
for (const [name, path] of Object.entries(bin)) {
  const file = new URL(path, root);
  if (!existsSync(file)) continue;
  chmodSync(file, 0o755);
  symlinkSync(relative(fileURLToPath(folder), fileURLToPath(file)), new URL(name, folder));
}
