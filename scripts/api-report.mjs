// npm run api [-- --check]: writes docs/api/<entry>.api.md, what each entry of the package exports, declaration by declaration, and
// the declarations that these refer to and no entry exports. With --check nothing is written, and a report that would change is a failure: a change
// of the surface is seen in review. Families are left out: their specifications say what they have.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'docs/api');
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const entries = Object.entries(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports)
  .filter(([name, { types }]) => types !== undefined && !name.includes('*'))
  .map(([name, { types }]) => ({ name: name.replace('.', 'afnetlink'), file: join(root, types) }));
const program = ts.createProgram(
  entries.map(({ file }) => file),
  { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16, types: ['node'] },
);
const checker = program.getTypeChecker();
const printer = ts.createPrinter({ removeComments: true });

const resolved = (symbol) =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
const isOurs = ({ fileName }) => fileName.startsWith(join(root, 'dist/')) && !fileName.includes('/families/');
const byName = (one, other) => (one.name < other.name ? -1 : 1);

/** The statement that declares something, as text. */
function print(declaration) {
  const isVariable = ts.isVariableDeclaration(declaration);
  const statement = isVariable ? declaration.parent.parent : declaration;
  return printer
    .printNode(ts.EmitHint.Unspecified, statement, declaration.getSourceFile())
    .replace(/^export (?:declare )?|^declare /, '');
}

/** The symbols of our declarations that a declaration refers to. */
function references(declaration, found = new Set()) {
  const visit = (node) => {
    if (ts.isIdentifier(node)) {
      const symbol = checker.getSymbolAtLocation(node);
      const target = symbol && resolved(symbol);
      const [first] = target?.declarations ?? [];
      const isTop = first && (ts.isSourceFile(first.parent) || ts.isVariableDeclaration(first));
      if (isTop && isOurs(first.getSourceFile())) found.add(target);
    }
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return found;
}

function exportsOf(file) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(file));
  return checker
    .getExportsOfModule(module)
    .map((symbol) => ({ name: symbol.name, symbol: resolved(symbol) }));
}

/** What some entry exports is in that entry's report. */
const exportedSomewhere = new Set(entries.flatMap(({ file }) => exportsOf(file).map(({ symbol }) => symbol)));

function report({ name, file }) {
  const exported = exportsOf(file);
  const seen = new Set(exported.map(({ symbol }) => symbol));
  const referred = [];
  for (const symbol of seen) {
    for (const declaration of symbol.declarations ?? []) {
      if (!isOurs(declaration.getSourceFile()) || ts.isSourceFile(declaration)) continue;
      for (const target of references(declaration)) {
        if (seen.has(target) || exportedSomewhere.has(target)) continue;
        seen.add(target);
        referred.push({ name: target.name, symbol: target });
      }
    }
  }
  const lines = (list) => list.toSorted(byName).flatMap(({ name: own, symbol }) => describe(own, symbol));
  return [
    `# ${name}`,
    '',
    'Written by `npm run api`.',
    '',
    ...section(`Exports (${exported.length})`, lines(exported)),
    ...section('Referred to, exported nowhere', lines(referred)),
  ].join('\n');
}

function section(title, lines) {
  return lines.length === 0 ? [] : [`## ${title}`, '', '```ts', ...lines, '```', ''];
}

function describe(name, symbol) {
  const declarations = symbol.declarations ?? [];
  // export * as name
  if (declarations.some((declaration) => ts.isSourceFile(declaration))) {
    const members = checker
      .getExportsOfModule(symbol)
      .map((each) => describe(`${name}.${each.name}`, resolved(each)));
    return members.toSorted().flat();
  }
  const alias = symbol.name === name ? [] : [`// ${name}`];
  return [...alias, ...declarations.map(print)];
}

mkdirSync(folder, { recursive: true });
const reports = new Map(entries.map((entry) => [`${entry.name.replace('/', '-')}.api.md`, report(entry)]));
let changed = 0;
for (const [file, text] of reports) {
  const path = join(folder, file);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  changed++;
  if (values.check)
    console.error(`docs/api/${file} differs from what is exported now: run npm run api, and review it`);
  else writeFileSync(path, text);
}
for (const file of readdirSync(folder).filter((name) => !reports.has(name))) {
  changed++;
  if (values.check) console.error(`docs/api/${file} is of no entry: run npm run api`);
  else rmSync(join(folder, file));
}
console.log(`${reports.size} entries, ${changed} ${values.check ? 'out of date' : 'written'}`);
if (values.check && changed > 0) process.exitCode = 1;
