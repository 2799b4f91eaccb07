import type { AddrMessageInput, RtAddrClient } from '../../families/rt-addr.js';
import { checkOptions, type KnownNames, namesOf } from '../../known-names.js';
import { type Change, type ItemResult, sendAll, sendOne, VERBS } from '../changes.js';
import { oneOf } from '../checks.js';
import { defined } from '../defined.js';
import { attempted, notFound } from '../failure.js';
import { cidr, familyNumber, familyOf, IP_FAMILIES, ipAddress, type IpFamily, prefix } from '../ip.js';
import { type LinkDirectory, type LinkReference, linkShown } from '../link-directory.js';
import { scopes } from '../names/tables.js';
import { Address } from './address.js';
import {
  type AddressInput,
  type AddressOptions,
  type CheckedAddress,
  checkAddress,
} from './address-input.js';

/** Which addresses to list. */
export interface AddressFilter {
  /** Only those of this link: name, alternative name or index. */
  readonly link?: LinkReference | undefined;
  readonly family?: IpFamily | undefined;
  /** Only those of this scope, by name or number. */
  readonly scope?: string | number | undefined;
}

/** Which address `get`, `find` and `delete` mean. */
export interface AddressKey {
  /** With or without its prefix length. */
  readonly address: string;
  /** Default: whichever link has it. */
  readonly link?: LinkReference | undefined;
}

const FILTER: KnownNames = namesOf<AddressFilter>({ link: true, family: true, scope: true });
const KEY: KnownNames = namesOf<AddressKey>({ address: true, link: true });

type Given = LinkReference | AddressInput | readonly AddressInput[];

/** The IP addresses of links: what `ip address` shows and changes. Changes need CAP_NET_ADMIN. */
export class Addresses {
  readonly #client: RtAddrClient;
  readonly #links: LinkDirectory;

  /** @internal */
  constructor(client: RtAddrClient, links: LinkDirectory) {
    this.#client = client;
    this.#links = links;
  }

  /** The addresses, of one link or of all, in the kernel's order (RTM_GETADDR). */
  async list(filter: AddressFilter = {}): Promise<Address[]> {
    const where = 'addresses.list';
    checkOptions(where, filter, FILTER);
    const { link, family, scope } = filter;
    const ifaFamily = family === undefined ? 0 : familyNumber(oneOf(`${where}: family`, family, IP_FAMILIES));
    const ifaScope = scope === undefined ? undefined : scopes.number(where, scope);
    const ifaIndex = link === undefined ? 0 : await this.#links.indexOf(where, link);
    const dump = this.#client.dump.getaddr({ ifaFamily, ifaIndex });
    const messages = (await attempted('list addresses', dump.toArray())).filter(
      (message) =>
        (ifaIndex === 0 || message.ifaIndex === ifaIndex) &&
        (ifaScope === undefined || message.ifaScope === ifaScope),
    );
    const name = await this.#links.namesOf(messages.map((message) => message.ifaIndex));
    return messages.map((message) => new Address(message, name(message.ifaIndex)));
  }

  /** An address, by itself or with its link. Rejected with ENOENT where there is none. */
  async get(key: string | AddressKey): Promise<Address> {
    const found = await this.#find('addresses.get', key);
    if (found !== undefined) return found;
    const { address, link } = typeof key === 'string' ? { address: key } : key;
    const place =
      link === undefined ? 'no link has this address' : `${linkShown(link)} does not have this address`;
    throw notFound(`get address ${address}`, place);
  }

  /** As {@link get}, but undefined where there is none. */
  async find(key: string | AddressKey): Promise<Address | undefined> {
    return this.#find('addresses.find', key);
  }

  /**
   * Adds an address; rejected with EEXIST where the link has it already (RTM_NEWADDR, NLM_F_EXCL).
   *
   * ```ts
   * await network.addresses.add('eth0', '192.0.2.1/24', { broadcast: true });
   * ```
   */
  add(link: LinkReference, address: string, options?: AddressOptions): Promise<void>;
  add(address: AddressInput): Promise<void>;
  /** Adds all in one batch; the results are in the same order. An invalid one rejects the call before anything is sent. */
  add(addresses: readonly AddressInput[]): Promise<ItemResult[]>;
  async add(given: Given, address?: string, options?: AddressOptions): Promise<unknown> {
    return this.#change('add', 'to', itemsOf(given, address, options), Array.isArray(given));
  }

  /** Adds an address, or changes the one that is there to what is said here (RTM_NEWADDR, NLM_F_REPLACE). */
  replace(link: LinkReference, address: string, options?: AddressOptions): Promise<void>;
  replace(address: AddressInput): Promise<void>;
  replace(addresses: readonly AddressInput[]): Promise<ItemResult[]>;
  async replace(given: Given, address?: string, options?: AddressOptions): Promise<unknown> {
    return this.#change('replace', 'of', itemsOf(given, address, options), Array.isArray(given));
  }

  /** Changes what is named of an address, and leaves the rest as it is. Rejected with ENOENT where the link lacks it. */
  set(link: LinkReference, address: string, options?: AddressOptions): Promise<void>;
  set(address: AddressInput): Promise<void>;
  set(addresses: readonly AddressInput[]): Promise<ItemResult[]>;
  async set(given: Given, address?: string, options?: AddressOptions): Promise<unknown> {
    return this.#change('set', 'of', itemsOf(given, address, options), Array.isArray(given));
  }

  /** Removes an address; rejected with EADDRNOTAVAIL where the link does not have it (RTM_DELADDR). */
  delete(link: LinkReference, address: string, options?: AddressOptions): Promise<void>;
  delete(address: AddressInput): Promise<void>;
  delete(addresses: readonly AddressInput[]): Promise<ItemResult[]>;
  async delete(given: Given, address?: string, options?: AddressOptions): Promise<unknown> {
    return this.#change('delete', 'of', itemsOf(given, address, options), Array.isArray(given));
  }

  async #find(where: string, key: string | AddressKey): Promise<Address | undefined> {
    const wanted: AddressKey = typeof key === 'string' ? { address: key } : key;
    checkOptions(where, wanted, KEY);
    const hasLength = typeof wanted.address === 'string' && wanted.address.includes('/');
    const text = hasLength
      ? cidr(prefix(`${where}: address`, wanted.address, 'refuse'))
      : ipAddress(`${where}: address`, wanted.address);
    const list = await this.list({ family: familyOf(text), link: wanted.link });
    return list.find((address) => (hasLength ? address.cidr : address.address) === text);
  }

  async #change(
    verb: keyof typeof VERBS,
    preposition: string,
    items: readonly AddressInput[],
    isArray: boolean,
  ): Promise<unknown> {
    const where = `addresses.${verb}`;
    const checked = items.map((item) => checkAddress(where, item));
    const requests = await this.#requests(where, verb, items, checked);
    const changes = checked.map(({ shown }, index): Change<AddrMessageInput> => ({
      attempt: `${verb} address ${shown(preposition)}`,
      request: requests[index] ?? {},
      options: VERBS[verb],
    }));
    const operation = verb === 'delete' ? 'deladdr' : 'newaddr';
    const [only] = changes;
    if (isArray) {
      return sendAll(changes, this.#client.batch(), (batch, { request, options }) =>
        batch.add(operation, request, options),
      );
    }
    if (only === undefined) return undefined;
    return sendOne(only, (request, options) => this.#client.do[operation](request, options));
  }

  /** The requests with the indexes of their links; those of `set` with what the address has already. */
  async #requests(
    where: string,
    verb: keyof typeof VERBS,
    items: readonly AddressInput[],
    checked: readonly CheckedAddress[],
  ): Promise<AddrMessageInput[]> {
    const indexes = await this.#links.indexesOf(
      where,
      checked.map(({ link }) => link),
    );
    const requests = checked.map(({ link, request }) => ({ ifaIndex: indexes.get(link) ?? 0, ...request }));
    if (verb !== 'set') return requests;
    const present = await attempted('list addresses', this.#client.dump.getaddr().toArray());
    return requests.map((request, index) => {
      const now = present.find(
        ({ ifaIndex, ifaPrefixlen, local, address }) =>
          ifaIndex === request.ifaIndex &&
          ifaPrefixlen === request.ifaPrefixlen &&
          (local ?? address) === request.local,
      );
      const shown = checked[index]?.shown('of') ?? '';
      if (now === undefined) throw notFound(`set address ${shown}`, 'the link does not have this address');
      const { scope, peer } = items[index] ?? {};
      const { flags, cacheinfo, label, broadcast, proto, rtPriority } = now;
      return {
        ...defined({ flags, label, broadcast, proto, rtPriority }),
        ...(cacheinfo !== undefined && {
          cacheinfo: { ifaPrefered: cacheinfo.ifaPrefered, ifaValid: cacheinfo.ifaValid },
        }),
        ...request,
        ...(scope === undefined && { ifaScope: now.ifaScope }),
        ...(peer === undefined && now.address !== undefined && { address: now.address }),
      };
    });
  }
}

function itemsOf(given: Given, address?: string, options?: AddressOptions): readonly AddressInput[] {
  if (Array.isArray(given)) return given as readonly AddressInput[];
  // An address that is missing is refused with the others that are invalid.
  if (typeof given !== 'object') return [{ ...options, link: given, address: address as string }];
  return [given as AddressInput];
}
