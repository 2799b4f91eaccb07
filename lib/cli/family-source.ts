import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Family } from '../index.js';
import { didYouMean } from './command/nearest.js';
import { option } from './command/option.js';
import { insteadOf } from './command/positional.js';
import { UsageError } from './command/usage-error.js';
import { text } from './command/values.js';
import { packageFile } from './package.js';

const familyKind = text('FAMILY', familyNames);

/** The arguments of each command that works with a family. */
export const familyOptions = {
  spec: option('a specification (YAML) to use in place of a family of this package', text('FILE', 'file')),
};
export const familyPositional = insteadOf('spec', "a family, as 'nlctl families' lists them", familyKind);
export { familyKind };

/** Names of this package's families. */
export function familyNames(): string[] {
  return readdirSync(packageFile('dist/families'))
    .filter((file) => file.endsWith('.js'))
    .map((file) => basename(file, '.js'))
    .sort();
}

/** A family of this package, or one that a specification describes. */
export async function findFamily(name: string | undefined, specFile?: string): Promise<Family> {
  if (specFile !== undefined) {
    const { loadFamily } = await import('../spec/index.js');
    return loadFamily(readFileSync(specFile, 'utf8'), { file: specFile });
  }
  if (name === undefined || !familyNames().includes(name)) {
    const suggestion = name === undefined ? '' : didYouMean(name, familyNames());
    throw new UsageError(
      `unknown family '${name ?? ''}'${suggestion}. 'nlctl families' lists them, --spec FILE loads another`,
    );
  }
  const module = (await import(packageFile(`dist/families/${name}.js`))) as Readonly<Record<string, unknown>>;
  const family = Object.values(module).find(isFamily);
  if (family === undefined) throw new Error(`the module of '${name}' exports no family: reinstall afnetlink`);
  return family;
}

function isFamily(value: unknown): value is Family {
  return typeof value === 'object' && value !== null && 'operations' in value && 'groups' in value;
}

/** The property of an operation; `name` is that property, or the name in the specification. */
export function operationKey(family: Family, name: string, mode: 'do' | 'dump'): string {
  const has = Object.entries(family.operations).filter(([, operation]) => operation[mode] !== undefined);
  const found = has.find(([key, operation]) => key === name || operation.name === name)?.[0];
  if (found !== undefined) return found;
  const names = has.map(([, operation]) => operation.name);
  throw new UsageError(
    `'${family.name}' has no '${mode}' operation named '${name}'${didYouMean(name, names)}. ` +
      `Available: ${names.length === 0 ? 'none' : names.join(', ')}`,
  );
}
