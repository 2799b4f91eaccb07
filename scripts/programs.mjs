// Makes sure that the programs a step needs are on this machine: installs Debian's packages where it may, else names what is missing.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const root = new URL('..', import.meta.url);
const readJson = (path) => JSON.parse(readFileSync(new URL(path, root), 'utf8'));

const lists = { ...readJson('scripts/programs.json'), guest: readJson('vm/programs.json') };

// Debian keeps administrators' programs in folders that an ordinary user's PATH lacks.
const searchPath = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];

function isPresent({ program }) {
  if (program.startsWith('/')) return existsSync(program);
  return searchPath.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function hasApt() {
  return isPresent({ program: 'apt-get' });
}

function installer() {
  if (process.getuid() === 0) return ['apt-get'];
  const sudo = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
  return sudo.status === 0 || (process.stdin.isTTY && sudo.error === undefined)
    ? ['sudo', 'apt-get']
    : undefined;
}

function apt(command, ...args) {
  const [program, ...rest] = [...command, ...args];
  const run = spawnSync(program, rest, {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['inherit', 'pipe', 'pipe'],
  });
  if (run.status !== 0) {
    throw new Error(`${program} ${rest.join(' ')} failed:\n${run.stderr || run.error || run.stdout}`);
  }
}

/** Returns the programs of the named lists (keys of programs.json, and `guest`) that are not on this machine. */
export function missingPrograms(...names) {
  return names.flatMap((name) => lists[name]).filter((entry) => !isPresent(entry));
}

/** Installs what is missing with apt-get, as root or through sudo; otherwise throws and names every missing program. */
export function ensurePrograms(report, ...names) {
  const missing = missingPrograms(...names);
  if (missing.length === 0) return;
  const table = missing
    .map((entry) => `  ${entry.program} (Debian package ${entry.package}) ${entry.why}`)
    .join('\n');
  if (!hasApt()) {
    throw new Error(
      `These programs are missing, and this machine has no apt-get to install them with:\n${table}`,
    );
  }
  const command = installer();
  if (command === undefined) {
    throw new Error(`These programs are missing, and installing them needs root or sudo:\n${table}`);
  }
  const packages = [...new Set(missing.map((entry) => entry.package))];
  report(`installing ${packages.join(', ')}`);
  apt(command, 'update', '-qq');
  apt(command, 'install', '-y', '-qq', '--no-install-recommends', ...packages);
  const still = missingPrograms(...names).map((entry) => entry.program);
  if (still.length > 0)
    throw new Error(
      `Installed ${packages.join(', ')}, yet these programs are still missing: ${still.join(', ')}`,
    );
}
