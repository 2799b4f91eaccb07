import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The facts as they are kept with the project: one line for each constant or structure, sorted.

const folder = fileURLToPath(new URL('facts', import.meta.url));

/** A Map of names to facts: `attributes`, `structs` or `policies`. */
export function readFacts(name) {
  const path = join(folder, `${name}.tsv`);
  if (!existsSync(path)) return new Map();
  return new Map(
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split('\t')),
  );
}

export function writeFacts(name, heading, facts) {
  const lines = [...facts]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, fact]) => `${key}\t${fact}`);
  writeFileSync(
    join(folder, `${name}.tsv`),
    [...heading.map((line) => `# ${line}`), ...lines, ''].join('\n'),
  );
}
