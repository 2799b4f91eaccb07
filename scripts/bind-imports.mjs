// Part of the build: makes what modules import constants of their own. TypeScript's CommonJS looks an import up in its
// module's object at each use,
//   view.data.getUint32(at, byte_order_js_1.LITTLE_ENDIAN_HOST)
// where V8 has to expect anything each time; of a constant it knows what it is, and compiles one outcome. That is a tenth
// of what JavaScript does for a request. Imports in a circle are left as they are, since the module may not be ready when
// it is required; so are those of an index, which would load what load-late.mjs has put off.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const imported = /^const (\w+) = require\("(\.[^"]+)"\);$/gm;
const required = /require\("(\.[^"]+)"\)/g;

const texts = new Map(
  readdirSync(dist, { recursive: true })
    .filter((name) => name.endsWith('.js'))
    .map((name) => [join(dist, name), readFileSync(join(dist, name), 'utf8')]),
);

/** All modules that loading one loads, or may load later. */
const reached = new Map();
function reach(path) {
  const known = reached.get(path);
  if (known !== undefined) return known;
  const found = new Set();
  reached.set(path, found);
  const open = [path];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const [, target] of (texts.get(next) ?? '').matchAll(required)) {
      const module = resolve(dirname(next), target);
      if (found.has(module)) continue;
      found.add(module);
      open.push(module);
    }
  }
  return found;
}

function bind(path, text) {
  let changed = text;
  for (const [line, name, target] of text.matchAll(imported)) {
    const module = resolve(dirname(path), target);
    if (basename(module) === 'index.js' || reach(module).has(path)) continue;
    const members = new Set();
    const bound = changed.replaceAll(
      new RegExp(`\\(0, ${name}\\.(\\w+)\\)|\\b${name}\\.(\\w+)`, 'g'),
      (_, called, used) => {
        members.add(called ?? used);
        return called ?? used;
      },
    );
    changed = bound.replace(line, `const { ${[...members].sort().join(', ')} } = require("${target}");`);
  }
  return changed;
}

for (const [path, text] of texts) {
  const changed = bind(path, text);
  if (changed !== text) writeFileSync(path, changed);
}
