import { NetlinkError } from '../../errors.js';
import type { LinkMessage, LinkMessageInput, RtLinkClient } from '../../families/rt-link.js';
import { checkOptions, type KnownNames, namesOf } from '../../known-names.js';
import { shown } from '../../shown-value.js';
import type { NetworkNamespace } from '../../socket/port/namespace.js';
import { type Change, type ItemResult, sendAll, sendOne } from '../changes.js';
import { boolean, text } from '../checks.js';
import { attempted } from '../failure.js';
import { type LinkDirectory, type LinkReference, linkShown, requestOf } from '../link-directory.js';
import { groups } from '../names/tables.js';
import { NamespaceDescriptor } from '../namespace-path.js';
import { Link, lowerIndex } from './link.js';
import {
  checkLinkChange,
  checkLinkInput,
  type LinkChange,
  type LinkInput,
  type LinkChangeOptions,
  peerRequest,
} from './link-input.js';

/** Which links to list. */
export interface LinkFilter {
  /** Only those of this kind: `'vlan'`. */
  readonly kind?: string | undefined;
  /** Only those that belong to this bridge, bond or VRF. */
  readonly master?: LinkReference | undefined;
  /** Only those that are switched on, or off. */
  readonly up?: boolean | undefined;
  /** Only those of this group. */
  readonly group?: string | number | undefined;
}

const FILTER: KnownNames = namesOf<LinkFilter>({ kind: true, master: true, up: true, group: true });

/** Links: what `ip link` shows and changes. Changes need CAP_NET_ADMIN. */
export class Links {
  readonly #client: RtLinkClient;
  readonly #directory: LinkDirectory;
  readonly #bigint: boolean;

  /** @internal */
  constructor(client: RtLinkClient, directory: LinkDirectory, bigint: boolean) {
    this.#client = client;
    this.#directory = directory;
    this.#bigint = bigint;
  }

  /** The links, in the kernel's order; it chooses by `kind` and `master` itself (RTM_GETLINK). */
  async list(filter: LinkFilter = {}): Promise<Link[]> {
    const where = 'links.list';
    checkOptions(where, filter, FILTER);
    const { kind, master, up, group } = filter;
    if (kind !== undefined) text(`${where}: kind`, kind);
    if (up !== undefined) boolean(`${where}: up`, up);
    const wantedGroup = group === undefined ? undefined : groups.number(where, group);
    const masterIndex = master === undefined ? undefined : await this.#directory.indexOf(where, master);
    const request = {
      ...(kind !== undefined && { linkinfo: { kind } }),
      ...(masterIndex !== undefined && { master: masterIndex }),
    };
    const messages = (await attempted('list links', this.#client.dump.getlink(request).toArray())).filter(
      (message) =>
        (kind === undefined || message.linkinfo?.kind === kind) &&
        (masterIndex === undefined || message.master === masterIndex) &&
        (up === undefined || message.ifiFlags.includes('up') === up) &&
        (wantedGroup === undefined || message.group === wantedGroup),
    );
    return this.#links(messages);
  }

  /** A link by name, alternative name or index. Rejected with ENODEV where there is none. */
  async get(link: LinkReference): Promise<Link> {
    const request = requestOf('links.get', link);
    const message = await attempted(`get link ${shown(link)}`, this.#client.do.getlink(request));
    const [found] = await this.#links([message]);
    return found as Link;
  }

  /** As {@link get}, but undefined where there is none. */
  async find(link: LinkReference): Promise<Link | undefined> {
    try {
      return await this.get(link);
    } catch (error) {
      if (error instanceof NetlinkError && error.code === 'ENODEV') return undefined;
      throw error;
    }
  }

  /**
   * Makes a link; rejected with EEXIST where the name is taken (RTM_NEWLINK, NLM_F_EXCL).
   *
   * ```ts
   * await network.links.add({ name: 'veth0', kind: 'veth', up: true, peer: { name: 'eth0', netns: 'blue' } });
   * ```
   */
  add(link: LinkInput): Promise<void>;
  /** Makes all in one batch. A `master` or `parent` must be there already. */
  add(links: readonly LinkInput[]): Promise<ItemResult[]>;
  async add(given: LinkInput | readonly LinkInput[]): Promise<unknown> {
    return this.#make('add', { create: true, exclusive: true }, given);
  }

  /** Makes a link, or changes the one of that name to what is named here (RTM_NEWLINK, NLM_F_CREATE). */
  replace(link: LinkInput): Promise<void>;
  replace(links: readonly LinkInput[]): Promise<ItemResult[]>;
  async replace(given: LinkInput | readonly LinkInput[]): Promise<unknown> {
    return this.#make('replace', { create: true }, given);
  }

  /** Changes what is named of a link. Rejected with ENODEV where there is none (RTM_NEWLINK). */
  set(link: LinkReference, options: LinkChangeOptions): Promise<void>;
  set(link: LinkChange): Promise<void>;
  set(links: readonly LinkChange[]): Promise<ItemResult[]>;
  async set(
    given: LinkReference | LinkChange | readonly LinkChange[],
    options?: LinkChangeOptions,
  ): Promise<unknown> {
    const where = 'links.set';
    const isArray = Array.isArray(given);
    const items = (
      isArray ? given : [typeof given === 'object' ? given : { ...options, link: given }]
    ) as readonly LinkChange[];
    const requests = items.map((item) => {
      requestOf(where, item.link);
      return checkLinkChange(where, item);
    });
    const indexes = await this.#directory.indexesOf(
      where,
      items.map(({ link }) => link),
    );
    return this.#send(where, isArray, items, (item, index) => ({
      attempt: `set link ${linkShown(item.link)}`,
      request: { ifiIndex: indexes.get(item.link) ?? 0, ...requests[index] },
      options: {},
    }));
  }

  /** Removes a link. Rejected with ENODEV where there is none, EOPNOTSUPP of hardware and loopback (RTM_DELLINK). */
  delete(link: LinkReference): Promise<void>;
  delete(links: readonly LinkReference[]): Promise<ItemResult[]>;
  async delete(given: LinkReference | readonly LinkReference[]): Promise<unknown> {
    const links = (Array.isArray(given) ? given : [given]) as readonly LinkReference[];
    const changes = links.map((link): Change<LinkMessageInput> => ({
      attempt: `delete link ${linkShown(link)}`,
      request: requestOf('links.delete', link),
      options: {},
    }));
    const [only] = changes;
    if (!Array.isArray(given) && only !== undefined) {
      return sendOne(only, (request, options) => this.#client.do.dellink(request, options));
    }
    return sendAll(changes, this.#client.batch(), (batch, { request }) => batch.add('dellink', request));
  }

  async #make(
    verb: 'add' | 'replace',
    options: Change<object>['options'],
    given: LinkInput | readonly LinkInput[],
  ): Promise<unknown> {
    const where = `links.${verb}`;
    const isArray = Array.isArray(given);
    const items = (isArray ? given : [given]) as readonly LinkInput[];
    const requests = items.map((item) => checkLinkInput(where, item));
    return this.#send(where, isArray, items, ({ name, kind }, index) => ({
      attempt: `${verb} link '${name}'`,
      request: requests[index] ?? {},
      options,
      hints: {
        EOPNOTSUPP: `The kernel has no links of kind '${kind}', or not with these options: try modprobe rtnl-link-${kind}`,
      },
    }));
  }

  /** Adds what needs the kernel, indexes and namespaces, and sends. */
  async #send<Item extends LinkInput | LinkChange>(
    where: string,
    isArray: boolean,
    items: readonly Item[],
    changeOf: (item: Item, index: number) => Change<LinkMessageInput>,
  ): Promise<unknown> {
    const references = items.flatMap((item) =>
      [item.master, parentOf(item)].filter((link) => link !== undefined && link !== null),
    );
    const indexes = await this.#directory.indexesOf(where, references);
    const namespaces: NamespaceDescriptor[] = [];
    try {
      const changes = items.map((item, index) => {
        const change = changeOf(item, index);
        const request = complete(where, item, change.request, indexes, namespaces);
        return { ...change, request: { ...request, ...item.raw } };
      });
      const [only] = changes;
      if (isArray || only === undefined) {
        return await sendAll(changes, this.#client.batch(), (batch, { request, options }) =>
          batch.add('newlink', request, options),
        );
      }
      await sendOne(only, (request, options) => this.#client.do.newlink(request, options));
      return undefined;
    } finally {
      for (const namespace of namespaces) namespace[Symbol.dispose]();
    }
  }

  async #links(messages: readonly LinkMessage[]): Promise<Link[]> {
    const known = new Map(messages.map(({ ifiIndex, ifname = '' }) => [ifiIndex, ifname]));
    const others = messages
      .flatMap((message) => [
        message.linkNetnsid === undefined ? (lowerIndex(message) ?? 0) : 0,
        message.master ?? 0,
      ])
      .filter((index) => !known.has(index));
    const nameOf = await this.#directory.namesOf(others);
    return messages.map(
      (message) => new Link(message, (index) => known.get(index) ?? nameOf(index), this.#bigint),
    );
  }
}

function parentOf(item: LinkInput | LinkChange): LinkReference | undefined {
  return 'parent' in item ? item.parent : undefined;
}

/** The request with the indexes and namespaces that it names; the descriptors are to be closed after it was sent. */
function complete(
  where: string,
  item: LinkInput | LinkChange,
  request: LinkMessageInput,
  indexes: ReadonlyMap<LinkReference, number>,
  namespaces: NamespaceDescriptor[],
): LinkMessageInput {
  const descriptor = (of: string, netns: NetworkNamespace | undefined) => {
    if (netns === undefined) return {};
    const opened = new NamespaceDescriptor(of, netns);
    namespaces.push(opened);
    return { netNsFd: opened.fd };
  };
  const { master, netns } = item;
  const peer = 'peer' in item ? item.peer : undefined;
  const parent = parentOf(item);
  const below = parent === undefined ? {} : { link: indexes.get(parent) ?? 0 };
  const { linkinfo } = request;
  const data = {
    ...linkinfo?.data,
    ...(peer !== undefined && {
      veth: {
        peer: { ...peerRequest(`${where}: peer`, peer), ...descriptor(`${where}: peer.netns`, peer.netns) },
      },
    }),
    // A VXLAN names the link below it among its own options.
    ...(linkinfo?.kind === 'vxlan' &&
      parent !== undefined && { vxlan: { ...linkinfo.data?.vxlan, ...below } }),
  };
  return {
    ...request,
    ...(linkinfo?.kind !== 'vxlan' && below),
    ...(master !== undefined && { master: master === null ? 0 : (indexes.get(master) ?? 0) }),
    ...descriptor(`${where}: netns`, netns),
    ...(linkinfo !== undefined && {
      linkinfo: { ...linkinfo, ...(Object.keys(data).length > 0 && { data }) },
    }),
  };
}
