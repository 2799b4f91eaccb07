// Part of the build: has these modules loaded when they are first used, since a process that asks for one thing should
// not wait for what the rest needs: each file costs half a millisecond and more. TypeScript's CommonJS looks every import
// up in its module's object at each use,
//   const batch_js_1 = require("./batch.js");   …   new batch_js_1.Batch(…)
// so that it is enough to fetch that object later. Nothing that every message passes through belongs here.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const late = new Set([
  'client/batch.js',
  'client/subscribe.js',
  'generic/controller.js',
  'generic/index.js',
  'generic/missing-family.js',
  'generic/open-generic.js',
  'generic/policy.js',
  'socket/requests/batch.js',
  'socket/filter/bpf.js',
  'socket/messages/c-string.js',
  'socket/requests/dump.js',
  'socket/engine/refusal.js',
  'socket/filter/filter.js',
  'socket/port/format-traffic.js',
  'socket/events/groups.js',
  'socket/filter/match.js',
  'socket/port/send-thread.js',
  'socket/filter/socket-filter.js',
  'socket/events/subscription.js',
  'socket/port/traced-port.js',
  'spec/runtime/columns.js',
  'wire/attribute-path.js',
  'wire/attributes.js',
]);

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const imported = /^(?:const|var) (\w+) = require\("(\.[^"]+)"\);$/gm;
/** `export * as name`. */
const exported = /^exports\.(\w+) = (__importStar\(require\("(\.[^"]+)"\)\));$/gm;

for (const file of readdirSync(dist, { recursive: true }).filter((name) => name.endsWith('.js'))) {
  const path = join(dist, file);
  const text = readFileSync(path, 'utf8');
  const changed = loadLate(text, dirname(path));
  if (changed !== text) writeFileSync(path, changed);
}

function loadLate(text, folder) {
  const isLate = (from) => late.has(relative(dist, resolve(folder, from)));
  return text
    .replace(imported, (line, name, from) =>
      isLate(from)
        ? `let ${name}_; const ${name} = new Proxy({}, { get: (_, key) => (${name}_ ??= require("${from}"))[key] });`
        : line,
    )
    .replace(exported, (line, name, module, from) =>
      isLate(from)
        ? `let ${name}_; const ${name}_late = { get ${name}() { return (${name}_ ??= ${module}); } };\n` +
          // In the words by which Node sees what a module of CommonJS exports.
          `Object.defineProperty(exports, "${name}", { enumerable: true, get: function () { return ${name}_late.${name}; } });`
        : line,
    );
}
