// The commands of package.json's "bin" must be executable in a checkout too, where npm does not do it.
import { chmodSync, existsSync, readFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const { bin } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
for (const path of Object.values(bin)) {
  const file = new URL(path, root);
  if (existsSync(file)) chmodSync(file, 0o755);
}
