import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package. */
export const packageFolder = dirname(require.resolve('afnetlink/package.json'));

/** The path of a file of this package. */
export function packageFile(path: string): string {
  return join(packageFolder, path);
}

export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string };
  return version;
}
