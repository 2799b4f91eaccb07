import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { camelCase } from '#lib/spec/names';
import type { Family } from '#lib/spec/runtime/family';
import { packageRoot } from './processes';
import { kernelSpecNames, kernelSpecText } from './specs';

/** The generated families that are in this package. */
export const generatedNames: readonly string[] = readdirSync(join(packageRoot, 'lib/families')).map((file) =>
  basename(file, '.ts'),
);

const load = createRequire(__filename);

/** A generated family, found by its name. */
export function generatedFamily(name: string): Family {
  const module = load(`#lib/families/${name}`) as Readonly<Record<string, unknown>>;
  const family = module[`${camelCase(name)}Family`];
  if (family === undefined) throw new Error(`${name}: the module exports no family`);
  return family as Family;
}

/** The text of the spec that a family was generated from: the kernel's, or one of this project. */
export function specTextOf(family: string): string {
  const own = join(packageRoot, 'specs', `${family}.yaml`);
  if (existsSync(own)) return readFileSync(own, 'utf8');
  const file = kernelSpecNames().find((name) =>
    new RegExp(`^name: ${family}$`, 'm').test(kernelSpecText(name)),
  );
  if (file === undefined) throw new Error(`there is no spec for ${family}`);
  return kernelSpecText(file);
}
