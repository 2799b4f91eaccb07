import { familyOn } from '../client/open.js';
import { invalidArgument } from '../errors.js';
import { type RtAddrClient, rtAddrFamily } from '../families/rt-addr.js';
import { type RtLinkClient, rtLinkFamily } from '../families/rt-link.js';
import { type RtRouteClient, rtRouteFamily } from '../families/rt-route.js';
import { checkOptions, type KnownNames, namesOf } from '../known-names.js';
import { shown } from '../shown-value.js';
import type { NetlinkSocket } from '../socket/netlink-socket.js';
import { openSocket } from '../socket/open-socket.js';
import type { NetworkNamespace } from '../socket/port/namespace.js';
import { checkSharedSocket } from '../socket/shared-socket.js';
import { NETLINK_ROUTE } from '../wire/constants.js';
import { Addresses } from './addresses/addresses.js';
import { type DefaultRoute, defaultRouteOf } from './default-route.js';
import { interfacesOf, type NetworkInterface } from './interfaces.js';
import type { IpFamily } from './ip.js';
import { LinkDirectory } from './link-directory.js';
import { Links } from './links/links.js';
import { namespacePath } from './namespace-path.js';
import { Routes } from './routes/routes.js';

/** What {@link openNetwork} accepts. */
export interface NetworkOptions {
  /**
   * The network namespace: a name as of `ip netns` (a file below /run/netns), a path, `{ pid }` or `{ fd }`. Entering another
   * one than the process's needs CAP_SYS_ADMIN. Default: the process's own.
   */
  readonly netns?: NetworkNamespace | undefined;
  /** A socket of NETLINK_ROUTE to use, for example a fake kernel's; it stays open when the network is closed. */
  readonly socket?: NetlinkSocket | undefined;
  /** Give counters as bigint. Default: false, as numbers, exact up to 2^53. */
  readonly bigint?: boolean | undefined;
}

const OPTIONS: KnownNames = namesOf<NetworkOptions>({ netns: true, socket: true, bigint: true });

/** Which default route. */
export interface DefaultRouteOptions {
  /** Default: ipv4. */
  readonly family?: IpFamily | undefined;
}

const DEFAULT_ROUTE_OPTIONS: KnownNames = namesOf<DefaultRouteOptions>({ family: true });

/** The typed clients that the network is built on. */
export interface NetworkFamilies {
  readonly address: RtAddrClient;
  readonly link: RtLinkClient;
  readonly route: RtRouteClient;
}

/** The network of a machine or of a namespace, made by {@link openNetwork}. */
export class Network implements Disposable, AsyncDisposable {
  /** The links. */
  readonly links: Links;
  /** Their IP addresses. */
  readonly addresses: Addresses;
  readonly routes: Routes;
  /** The typed clients of the kernel's families, for what this layer lacks. */
  readonly families: NetworkFamilies;
  readonly #socket: NetlinkSocket;
  readonly #ownsSocket: boolean;

  /** @internal */
  constructor(socket: NetlinkSocket, ownsSocket: boolean, bigint: boolean) {
    this.#socket = socket;
    this.#ownsSocket = ownsSocket;
    this.families = {
      address: familyOn(rtAddrFamily, socket),
      link: familyOn(rtLinkFamily, socket),
      route: familyOn(rtRouteFamily, socket),
    };
    const directory = new LinkDirectory(this.families.link);
    this.links = new Links(this.families.link, directory, bigint);
    this.addresses = new Addresses(this.families.address, directory);
    this.routes = new Routes(this.families.route, directory);
  }

  get closed(): boolean {
    return this.#socket.closed;
  }

  /** All links by name with their addresses: what `os.networkInterfaces()` says, and links without an address, too. */
  async interfaces(): Promise<Record<string, NetworkInterface>> {
    const [links, addresses] = await Promise.all([this.links.list(), this.addresses.list()]);
    return interfacesOf(links, addresses);
  }

  /** The default route of table main that the kernel takes: the one of the lowest metric. Undefined without one. */
  async defaultRoute(options: DefaultRouteOptions = {}): Promise<DefaultRoute | undefined> {
    checkOptions('defaultRoute', options, DEFAULT_ROUTE_OPTIONS);
    const { family = 'ipv4' } = options;
    return defaultRouteOf(await this.routes.list({ family, destination: 'default' }));
  }

  /** Closes the socket; calls that wait are rejected with ERR_NETLINK_CLOSED. Closing it again does nothing. */
  close(): void {
    if (this.#ownsSocket) this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}

/**
 * Opens the network of this process's namespace, or of another one.
 *
 * ```ts
 * using network = openNetwork();
 * for (const { link, cidr } of await network.addresses.list()) console.log(link, cidr);
 * ```
 *
 * @throws {NetlinkError} `ERR_NETLINK_INVALID_ARGUMENT` for options it does not know; ENOENT for a namespace that does
 * not exist; EPERM where entering it needs CAP_SYS_ADMIN
 */
export function openNetwork(options: NetworkOptions = {}): Network {
  checkOptions('openNetwork', options, OPTIONS);
  const { netns, socket, bigint = false } = options;
  if (typeof bigint !== 'boolean') {
    throw invalidArgument(`openNetwork: bigint must be true or false, got ${shown(bigint)}`);
  }
  if (socket !== undefined) {
    checkSharedSocket('openNetwork', 'the network', NETLINK_ROUTE, socket, { netns });
    return new Network(socket, false, bigint);
  }
  const place = netns === undefined ? {} : { netns: namespacePath(netns) };
  return new Network(openSocket({ protocol: NETLINK_ROUTE, ...place }), true, bigint);
}
