import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** All files that a build writes below `folder`, sorted. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== '.built-from')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
