import { invalidArgument } from '../errors.js';
import type { RtLinkClient } from '../families/rt-link.js';
import { shown } from '../shown-value.js';
import { integer } from './checks.js';
import { attempted } from './failure.js';

/** A link: its name, one of its alternative names, or its index. */
export type LinkReference = string | number;

/** The longest name (IFNAMSIZ - 1) and alternative name (ALTIFNAMSIZ - 1), in bytes. */
export const LONGEST_NAME = 15;
export const LONGEST_ALT_NAME = 127;
/** With at most this many links to name, each is asked for alone. */
const FEW = 4;

const WITHOUT_STATISTICS = { extMask: ['skip-stats'] } as const;

/** Numbers of links from their names, and names from their numbers, as the kernel has them now. */
export class LinkDirectory {
  readonly #client: RtLinkClient;

  constructor(client: RtLinkClient) {
    this.#client = client;
  }

  /** A link's index. Rejected with ENODEV where no link has the name. */
  async indexOf(where: string, link: LinkReference): Promise<number> {
    if (typeof link === 'number') return integer(`${where}: link`, link, 1, 0x7fffffff);
    const request = { ...requestOf(where, link), ...WITHOUT_STATISTICS };
    const found = this.#client.do.getlink(request, { select: ['ifiIndex'] });
    return (await attempted(`${where}: find link ${shown(link)}`, found)).ifiIndex;
  }

  /** The indexes of links, each name asked for once. */
  async indexesOf(
    where: string,
    links: Iterable<LinkReference>,
  ): Promise<ReadonlyMap<LinkReference, number>> {
    const different = [...new Set(links)];
    const indexes = await Promise.all(different.map((link) => this.indexOf(where, link)));
    return new Map(different.map((link, at) => [link, indexes[at] ?? 0]));
  }

  /** Gives the names of these indexes; one that no link has any more is called as `ip` calls it, `if7`. */
  async namesOf(indexes: Iterable<number>): Promise<(index: number) => string> {
    const wanted = new Set(indexes);
    wanted.delete(0);
    const names = wanted.size > FEW ? await this.#allNames() : await this.#names([...wanted]);
    return (index) => names.get(index) ?? `if${index}`;
  }

  async #names(indexes: readonly number[]): Promise<Map<number, string>> {
    if (indexes.length === 0) return new Map();
    const batch = this.#client.batch({ select: ['ifiIndex', 'ifname'] });
    for (const ifiIndex of indexes) batch.add('getlink', { ifiIndex, ...WITHOUT_STATISTICS });
    const names = new Map<number, string>();
    for (const result of await batch.send()) {
      const [link] = result.status === 'done' ? result.replies : [];
      if (link !== undefined && 'ifname' in link) names.set(link.ifiIndex, link.ifname ?? '');
    }
    return names;
  }

  async #allNames(): Promise<Map<number, string>> {
    const dump = this.#client.dump.getlink(WITHOUT_STATISTICS, { select: ['ifiIndex', 'ifname'] });
    return new Map((await dump.toArray()).map(({ ifiIndex, ifname = '' }) => [ifiIndex, ifname]));
  }
}

/** What a request names a link by. */
export function requestOf(where: string, link: unknown) {
  if (typeof link === 'number') return { ifiIndex: integer(`${where}: link`, link, 1, 0x7fffffff) };
  if (typeof link !== 'string') {
    throw invalidArgument(
      `${where}: link must be a name, an alternative name or an index, got ${shown(link)}`,
    );
  }
  const length = Buffer.byteLength(link);
  if (length === 0 || length > LONGEST_ALT_NAME) {
    throw invalidArgument(`${where}: link ${shown(link)} must have 1 to ${LONGEST_ALT_NAME} bytes`);
  }
  // The kernel looks both up among all names; only the attribute for alternative ones has room for long ones.
  return length > LONGEST_NAME ? { altIfname: link } : { ifname: link };
}

/** A link in an error's message. */
export function linkShown(link: LinkReference): string {
  return typeof link === 'number' ? `link ${link}` : `'${link}'`;
}

/** The name of a new link: dev_valid_name() of the kernel. */
export function newName(where: string, name: unknown): string {
  if (typeof name !== 'string') throw invalidArgument(`${where} must be a string, got ${shown(name)}`);
  const length = Buffer.byteLength(name);
  if (length === 0 || length > LONGEST_NAME) {
    throw invalidArgument(`${where}: ${shown(name)} must have 1 to ${LONGEST_NAME} bytes, and has ${length}`);
  }
  if (!/[/:\s\0]/.test(name) && name !== '.' && name !== '..') return name;
  throw invalidArgument(
    `${where}: ${shown(name)} must not contain '/', ':' or white space, nor be '.' or '..'`,
  );
}
