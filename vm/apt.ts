import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache.js';
import { VmError } from './errors.js';
import { findProgram, run } from './programs.js';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const debianSuite =
  /^(?:oldoldstable|oldstable|stable|testing|unstable|sid|bullseye|bookworm|trixie|forky|duke)(?:-updates|-security|-backports)?$/;

/** A package as the archive describes it. */
export interface Package {
  readonly name: string;
  readonly version: string;
  /** Names of the packages it needs, the first of each set of alternatives. */
  readonly depends: readonly string[];
}

/**
 * A view of the Debian archive that is private to the cache: it takes the mirrors, the proxy and the keys of this machine's
 * own apt configuration, names other suites, and neither reads nor changes what is installed.
 */
export class Archive {
  private constructor(
    private readonly folder: string,
    private readonly options: readonly string[],
  ) {}

  /** Opens the view of the given suites; a suite that ends in `-security` comes from the security mirror. */
  static async open(suites: readonly string[]): Promise<Archive> {
    for (const program of ['apt-get', 'dpkg']) {
      if (findProgram(program) === undefined) {
        throw new VmError(
          'ERR_VM_KERNEL_UNAVAILABLE',
          `kernels come from Debian's packages, and this machine has no ${program}: name one with --kernel PATH`,
        );
      }
    }
    const folder = join(cacheFolder(), 'apt', suites.join('+'));
    for (const part of ['lists/partial', 'archives/partial'])
      await mkdir(join(folder, part), { recursive: true });
    await writeFile(join(folder, 'status'), '');
    await writeFile(join(folder, 'debian.sources'), sourcesText(suites, await debianMirrors()));
    const settings = {
      'Dir::State': folder,
      'Dir::State::lists': join(folder, 'lists'),
      'Dir::State::status': join(folder, 'status'),
      'Dir::Cache': folder,
      'Dir::Cache::archives': join(folder, 'archives'),
      'Dir::Etc::sourcelist': join(folder, 'debian.sources'),
      'Dir::Etc::sourceparts': '-',
      'Dir::Etc::preferencesparts': '-',
      'Dir::Etc::preferences': '-',
      'APT::Architecture': 'amd64',
      'APT::Architectures': 'amd64',
      // The cache is the user's own; apt's download user may not be able to enter it.
      'APT::Sandbox::User': '',
      'Acquire::Languages': 'none',
      'Acquire::Retries': '2',
    };
    return new Archive(
      folder,
      Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    );
  }

  async update(): Promise<void> {
    await this.apt('apt-get', '-qq', '--error-on=any', 'update');
  }

  async packageNames(prefix: string): Promise<string[]> {
    return (await this.apt('apt-cache', 'pkgnames', prefix)).split('\n').filter((name) => name !== '');
  }

  /** The newest version of a package, or undefined where the archive has none. */
  async find(name: string): Promise<Package | undefined> {
    if ((await this.apt('apt-cache', 'policy', name)).trim() === '') return undefined;
    const text = await this.apt('apt-cache', 'show', '--no-all-versions', name);
    const field = (wanted: string): string =>
      text
        .split('\n')
        .find((line) => line.startsWith(`${wanted}: `))
        ?.slice(wanted.length + 2) ?? '';
    const depends = [field('Pre-Depends'), field('Depends')]
      .flatMap((list) => list.split(','))
      .map((item) => item.trim().split(/[ |(:]/)[0] ?? '')
      .filter((item) => item !== '');
    return { name, version: field('Version'), depends };
  }

  /** Everything that the named packages need and that `wanted` accepts, themselves included. */
  async closure(names: readonly string[], wanted: (name: string) => boolean): Promise<Package[]> {
    const found = new Map<string, Package>();
    const queue = [...names];
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      if (found.has(name)) continue;
      const description = await this.find(name);
      if (description === undefined) continue;
      found.set(name, description);
      queue.push(...description.depends.filter(wanted));
    }
    return [...found.values()];
  }

  /** Downloads packages into the empty folder `draft` and unpacks them to `target`. */
  async unpack(packages: readonly Package[], draft: string, target: string): Promise<void> {
    await mkdir(draft, { recursive: true });
    await mkdir(target, { recursive: true });
    const wanted = packages.map(({ name, version }) => `${name}=${version}`);
    await run('apt-get', ['-qq', ...this.options, 'download', ...wanted], { cwd: draft });
    for (const file of await readdir(draft)) await run('dpkg', ['-x', join(draft, file), target]);
  }

  private async apt(program: string, ...args: string[]): Promise<string> {
    return (await run(program, [...this.options, ...args], { cwd: this.folder })).toString();
  }
}

interface Mirrors {
  readonly archive: string;
  readonly security: string;
}

/** The Debian mirrors that this machine's apt is configured with, in whatever file and format. */
async function debianMirrors(): Promise<Mirrors> {
  const listing = (await run('apt-get', ['update', '--print-uris'])).toString();
  const sources = [...listing.matchAll(/^'(\S+)\/dists\/([^/\s]+)\/InRelease'/gm)]
    .map(([, uri = '', suite = '']) => ({ uri, suite }))
    .filter(({ uri, suite }) => !uri.startsWith('cdrom:') && debianSuite.test(suite));
  const security = sources.find(({ suite }) => suite.endsWith('-security'))?.uri;
  // Others name their suites after Debian's too, but only Debian has the updates next to them.
  const archive =
    sources.find(({ suite }) => suite.endsWith('-updates'))?.uri ??
    sources.find(({ suite }) => !suite.endsWith('-security'))?.uri;
  if (archive === undefined) {
    throw new VmError(
      'ERR_VM_KERNEL_UNAVAILABLE',
      `kernels come from Debian's packages, and this machine's apt names no Debian mirror: name a kernel with --kernel PATH`,
    );
  }
  return { archive, security: security ?? `${archive.replace(/\/$/, '')}-security` };
}

function sourcesText(suites: readonly string[], mirrors: Mirrors): string {
  return suites
    .map((suite) =>
      [
        'Types: deb',
        `URIs: ${suite.endsWith('-security') ? mirrors.security : mirrors.archive}`,
        `Suites: ${suite}`,
        'Components: main',
        ...(existsSync(keyring) ? [`Signed-By: ${keyring}`] : []),
        '',
      ].join('\n'),
    )
    .join('\n');
}
