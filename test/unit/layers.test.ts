// The shape of the project: what imports what, and the pictures of its folders.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { packageRoot } from '../helpers/processes';

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');

const foldersIn = (path: string): string[] =>
  readdirSync(join(packageRoot, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

const filesBelow = (path: string): string[] =>
  readdirSync(join(packageRoot, path), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(path, file));

/** Folders that git ignores: what is built. */
const ignored = read('.gitignore')
  .split('\n')
  .map((line) => line.replaceAll('/', ''));
const topFolders = foldersIn('.').filter((name) => !name.startsWith('.') && !ignored.includes(name));

/** The files that a file imports or exports from, types too. */
function importsOf(file: string): string[] {
  const specifiers = read(file).matchAll(/(?:\bfrom|\bimport\()\s*'(\.[^']+)'/g);
  return Array.from(specifiers, ([, path = '']) =>
    normalize(join(dirname(file), path)).replace(/\.js$/, '.ts'),
  );
}

/** The first circle of imports that is found; empty without one. */
function findCircle(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return [];
    for (const imported of imports.get(file) ?? []) {
      const circle = visit(imported, [...path, file]);
      if (circle.length > 0) return circle;
    }
    finished.add(file);
    return [];
  };
  for (const file of imports.keys()) {
    const circle = visit(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

describe('imports', () => {
  test.each(['lib', 'vm'])('in %s form no circle, imports of types included', (folder) => {
    const imports = new Map(filesBelow(folder).map((file) => [file, importsOf(file)]));
    expect(imports.size).toBeGreaterThan(20);
    expect([...imports.values()].flat().length).toBeGreaterThan(imports.size);
    expect(findCircle(imports)).toEqual([]);
  });

  test('a circle is found', () => {
    const imports = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', []],
      ['d', ['b']],
    ]);
    expect(findCircle(imports)).toEqual(['b', 'd', 'b']);
  });

  test('every folder and file of lib/ has its rules', () => {
    const config = /const mayImport = \{([^]*?)\n\};/.exec(read('eslint.config.mjs'))?.[1] ?? '';
    const listed = Array.from(config.matchAll(/^ {2}'?([\w-]+)'?: \[/gm), ([, name]) => name);
    const files = readdirSync(join(packageRoot, 'lib')).filter((name) => name.endsWith('.ts'));
    const layers = [...foldersIn('lib'), ...files.map((name) => name.replace('.ts', ''))];
    expect(listed.sort()).toEqual(layers.sort());
  });
});

describe('the picture', () => {
  test('of docs/architecture.md shows every folder, and nothing that is not there', () => {
    const picture = /```\n(src\/[^]*?)```/.exec(read('docs/architecture.md'))?.[1] ?? '';
    const shown: string[] = [];
    const path: string[] = [];
    for (const [, indent = '', name = ''] of picture.matchAll(/^( *)([\w.-]+)\/ /gm)) {
      path.length = indent.length / 2;
      path.push(name);
      shown.push(path.join('/'));
    }
    const inside = [
      'lib',
      'lib/network',
      'lib/socket',
      'lib/spec',
      'lib/cli',
      'vm',
      'bench',
      'examples',
      'test',
    ];
    const folders = inside.flatMap((folder) => foldersIn(folder).map((name) => `${folder}/${name}`));
    expect(shown.sort()).toEqual([...topFolders, ...folders].sort());
  });

  test('of CONTRIBUTING.md shows every folder', () => {
    const shown = Array.from(read('CONTRIBUTING.md').matchAll(/^\| `([\w/-]+)` /gm), ([, name]) => name);
    const folders = [
      ...topFolders.filter((name) => name !== 'lib'),
      ...foldersIn('lib').map((name) => `lib/${name}`),
    ];
    expect(shown.sort()).toEqual(folders.sort());
  });
});
