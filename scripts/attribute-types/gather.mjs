import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { analyse, readTree } from './analyse.mjs';
import { writeFacts } from './fact-files.mjs';
import { factOf } from './facts.mjs';
import { prepareSource } from './kernel-source.mjs';
import { structFact } from './structs.mjs';

// The facts from source: of the newest kernel, and of the older one for what the newest has no more.

const NEWEST_FIRST = ['newest', '6.12'];

/** Writes the facts about all that `families` describe. `module`: the folder of this project's own kernel module. */
export async function gatherFacts(families, module, onProgress) {
  const attributes = new Map();
  const structs = new Map();
  const versions = [];
  for (const series of NEWEST_FIRST) {
    const { version, folder } = await prepareSource(series, onProgress);
    versions.push(version.replace(/-.*/, ''));
    onProgress(`reading Linux ${version}`);
    const { files, headers } = readTree(folder);
    const { evidence, types } = analyse([...files, ...moduleFiles(module)], headers);
    for (const constant of constantsOf(families)) {
      const fact = factOf(evidence.get(constant) ?? []);
      if (fact !== undefined && !attributes.has(constant)) attributes.set(constant, fact);
    }
    for (const name of structNames(families, attributes)) {
      const fact = structs.has(name) ? undefined : structFact(name, types);
      if (fact !== undefined) structs.set(name, fact);
    }
  }
  const source = `From the source of Linux ${versions.join(' and ')}, by npm run check:types -- --from-source.`;
  writeFacts('attributes', [source, 'Read attribute-types/facts.mjs for the notation.'], attributes);
  writeFacts('structs', [source], structs);
}

/** All that C files show, by constant: `[name, fact]`, sorted. */
export function factsOf(paths) {
  const { evidence } = analyse(paths.map((path) => ({ path, text: readFileSync(path, 'utf8') })));
  return [...evidence]
    .map(([name, found]) => [name, factOf(found)])
    .filter(([, fact]) => fact !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

function constantsOf(families) {
  const all = families.flatMap((spec) =>
    spec.sets.flatMap((set) => set.attributes.map(({ constant }) => constant)),
  );
  return new Set(all.filter((constant) => constant !== undefined));
}

function structNames(families, attributes) {
  const described = families.flatMap((spec) =>
    spec.structs.map(({ name }) => `struct ${name.replaceAll('-', '_')}`),
  );
  const mentioned = [...attributes.values()].flatMap((fact) => fact.match(/struct \w+/g) ?? []);
  return new Set([...described, ...mentioned]);
}

function moduleFiles(folder) {
  return readdirSync(folder)
    .filter((name) => /\.[ch]$/.test(name))
    .map((name) => ({ path: `kernel-module/${name}`, text: readFileSync(join(folder, name), 'utf8') }));
}
