// npm writes a lock file that npm ci refuses when the registry lacks some platform's optional binaries: drops the references
// to packages that the lock does not hold. Run it after every npm install that changes dependencies.
import { readFileSync, writeFileSync } from 'node:fs';
const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const holds = (path) => path in lock.packages;
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (!holds(`node_modules/${name}`) && !holds(`${path}/node_modules/${name}`))
      delete entry.optionalDependencies[name];
  }
}
writeFileSync(file, JSON.stringify(lock, null, 2) + '\n');
