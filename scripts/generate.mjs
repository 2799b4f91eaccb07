// npm run generate [-- --specs DIR] [--check]: prints lib/families/<name>.ts from the kernel's specs, and from
// those of this project in specs/. With --check nothing is written, and a file that would change is a failure.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const { readSpec } = require('../unbundled/spec/load.js');
const { fixups } = require('../unbundled/spec/fixups/index.js');
const { generateModule } = require('../unbundled/spec/generator/module.js');

const { values } = parseArgs({
  options: { specs: { type: 'string' }, check: { type: 'boolean', default: false } },
});
const places = [values.specs, process.env.NETLINK_SPECS, join(root, '../shared/ynl-specs')];
const kernel = places.find((place) => place !== undefined && existsSync(join(place, 'rt-link.yaml')));
const folders = [kernel, join(root, 'specs')].filter((folder) => folder !== undefined && existsSync(folder));

const hash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** The module of a spec, and where it goes. */
function generate(file) {
  const text = readFileSync(file, 'utf8');
  const spec = readSpec(text, { file, fixups: 'strict' });
  const repairs = fixups.get(spec.name);
  const inputs =
    `${basename(file)} (sha256 ${hash(text)}…)` +
    (repairs === undefined ? '' : ` with this package's fix-ups (${hash(JSON.stringify(repairs))}…)`);
  return {
    path: join(root, 'lib/families', `${spec.name}.ts`),
    source: generateModule(spec, { inputs, runtime: '../spec/runtime/index.js' }),
  };
}

if (kernel === undefined) {
  console.error(
    "the kernel's specs are not here (--specs DIR, or NETLINK_SPECS): their families are left as they are",
  );
}
let changed = 0;
let count = 0;
for (const folder of folders) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
    const { path, source } = generate(join(folder, file));
    count++;
    if (existsSync(path) && readFileSync(path, 'utf8') === source) continue;
    changed++;
    if (values.check) {
      console.error(`${path} differs from what its spec gives now: run npm run generate`);
      continue;
    }
    writeFileSync(path, source);
  }
}
console.log(`${count} families, ${changed} ${values.check ? 'out of date' : 'written'}`);
if (values.check && changed > 0) process.exitCode = 1;
