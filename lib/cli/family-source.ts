import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Family } from '../index.js';
import { camelCase } from '../spec/names.js';
import { UsageError } from './arguments.js';
import { packageFolder } from './package-folder.js';

const folder = join(packageFolder, 'dist/families');

/** Names of the families that this package has. */
export function familyNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.js'))
    .map((file) => basename(file, '.js'))
    .sort();
}

/** A family of this package, or one that a specification of the user's own describes. */
export async function findFamily(name: string | undefined, specFile?: string): Promise<Family> {
  if (specFile !== undefined) {
    const { loadFamily } = await import('../spec/index.js');
    return loadFamily(readFileSync(specFile, 'utf8'), { file: specFile });
  }
  if (name === undefined) throw new UsageError('which family? `nlctl families` lists them');
  if (!familyNames().includes(name)) {
    throw new UsageError(
      `there is no family '${name}'; \`nlctl families\` lists them, --spec FILE loads another`,
    );
  }
  const module = (await import(`afnetlink/families/${name}`)) as Readonly<Record<string, unknown>>;
  return module[`${camelCase(name)}Family`] as Family;
}

/** The arguments behind the family's name, which may be left out where a specification is given. */
export function withoutFamily(positionals: readonly string[], family: Family, specFile?: string): string[] {
  const named = specFile === undefined || (positionals.length > 1 && positionals[0] === family.name);
  return positionals.slice(named ? 1 : 0);
}

/** The property of an operation that is given by it, or by its name in the specification. */
export function operationKey(family: Family, name: string | undefined, mode: 'do' | 'dump'): string {
  const has = Object.entries(family.operations).filter(([, operation]) => operation[mode] !== undefined);
  const found = has.find(([key, operation]) => key === name || operation.name === name)?.[0];
  if (found !== undefined) return found;
  const names = has.map(([, operation]) => operation.name).join(', ');
  const wrong = name === undefined ? 'which operation?' : `'${family.name}' cannot ${mode} '${name}';`;
  throw new UsageError(`${wrong} there are ${names === '' ? 'none' : names}`);
}
