// What a shared object asks of the system that loads it, as readelf (binutils, which comes with every compiler) shows it.
import { execFileSync } from 'node:child_process';

const readelf = (path, ...options) =>
  execFileSync('readelf', ['--wide', ...options, path], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });

/** The libraries it needs, and the symbols it leaves to others: { name, version, weak }. */
export function requirements(path) {
  const needed = Array.from(readelf(path, '--dynamic').matchAll(/\(NEEDED\).*\[(.+)\]/g), ([, name]) => name);
  // Num: Value Size Type Bind Vis Ndx Name@Version (index)
  const undefined_ = /^ *\d+: \S+ +\S+ \S+ +(\S+) +\S+ .*?UND ([^@\s]+)(?:@(\S+))?/gm;
  const symbols = Array.from(readelf(path, '--dyn-syms').matchAll(undefined_), ([, bind, name, version]) => ({
    name,
    version,
    weak: bind === 'WEAK',
  }));
  return { needed, symbols };
}

/** Orders versions by their numbers: '2.4' before '2.17'. */
export function compareVersions(a, b) {
  return a.localeCompare(b, 'en', { numeric: true });
}
