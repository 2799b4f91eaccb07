import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './processes';

/** Where the kernel's own specs may be: they are not part of this project. */
const PLACES = [
  process.env['NETLINK_SPECS'] ?? '',
  join(packageRoot, '../shared/ynl-specs'),
  join(packageRoot, '../../shared/ynl-specs'),
];

/** The folder with the kernel's specs; undefined where there is none. */
export const kernelSpecs: string | undefined = PLACES.find((place) =>
  existsSync(join(place, 'rt-link.yaml')),
);

export const WITHOUT_SPECS =
  kernelSpecs === undefined ? 'the kernel’s specs are not here: NETLINK_SPECS names their folder' : undefined;

/** Names of the kernel's specs, without `.yaml`. */
export function kernelSpecNames(): string[] {
  if (kernelSpecs === undefined) return [];
  return readdirSync(kernelSpecs)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.replace(/\.yaml$/, ''));
}

export function kernelSpecText(name: string): string {
  return readFileSync(join(kernelSpecs ?? '', `${name}.yaml`), 'utf8');
}
