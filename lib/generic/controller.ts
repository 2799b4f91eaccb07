import { invalidArgument, NetlinkError } from '../errors.js';
import { suggestion } from '../known-names.js';
import { shown } from '../shown-value.js';
import type { Dump } from '../socket/requests/dump.js';
import type { CallOptions } from '../socket/requests/call-options.js';
import type { SubscribeOptions, Subscription, SubscriptionItem } from '../socket/events/subscription.js';
import type { Message } from '../socket/messages/message.js';
import type { NetlinkSocket } from '../socket/netlink-socket.js';
import { GENL_HDRLEN, NLMSG_HDRLEN } from '../wire/constants.js';
import type { WireView } from '../wire/view.js';
import { decodeFamily, type GenericFamily } from './family.js';
import { missingFamily } from './missing-family.js';
import { CTRL_NOTIFY_GROUP, GENL_ID_CTRL } from './numbers.js';
import { getFamily, getPolicy, listFamilies } from './operations.js';
import { assemblePolicy, type FamilyPolicy } from './policy.js';

/**
 * The Generic Netlink controller as seen from one socket, and so from one network namespace: families and groups by
 * name. It caches what it has looked up until the kernel announces a change.
 */
export class GenericController implements Disposable, AsyncDisposable {
  /** The controller's socket. */
  readonly socket: NetlinkSocket;
  readonly #ownsSocket: boolean;
  readonly #families = new Map<string, GenericFamily>();
  #changes: Subscription<string> | undefined;

  /** @internal `ownsSocket`: whether {@link close} closes the socket. */
  constructor(socket: NetlinkSocket, ownsSocket: boolean) {
    this.socket = socket;
    this.#ownsSocket = ownsSocket;
  }

  /**
   * The family of that name; the kernel loads its module if it can. If it is not there, rejects with ENOENT and names the
   * configuration option and the module that the kernel lacks.
   */
  async family(name: string, options?: CallOptions): Promise<GenericFamily> {
    const known = this.known(name);
    if (known !== undefined) return known;
    this.#watch();
    try {
      const found = await this.socket.execute(
        { operation: getFamily, type: GENL_ID_CTRL, flags: 0, input: checkName(name) },
        options,
      );
      return this.#remember(name, found);
    } catch (error) {
      throw explained(name, error);
    }
  }

  /** Like {@link family}, but blocks the thread, also while the kernel loads a module. */
  familySync(name: string, options?: CallOptions): GenericFamily {
    const known = this.known(name);
    if (known !== undefined) return known;
    this.#watch();
    try {
      return this.#remember(
        name,
        this.socket.executeSync(
          { operation: getFamily, type: GENL_ID_CTRL, flags: 0, input: checkName(name) },
          options,
        ),
      );
    } catch (error) {
      throw explained(name, error);
    }
  }

  /** The family of that name if it is cached: looked up before, and not changed since. */
  known(name: string): GenericFamily | undefined {
    return this.#families.get(name);
  }

  /** Drops a family from the cache, because the answer to a request said that it is not there any more. */
  forget(name: string): void {
    this.#families.delete(name);
  }

  /** All families that are registered now; this loads no module. */
  families(options: CallOptions = {}): Dump<GenericFamily> {
    return this.socket.executeDump(
      { operation: listFamilies, type: GENL_ID_CTRL, flags: 0, input: undefined },
      options,
    );
  }

  /** What a family's commands accept, attribute by attribute. Needs Linux 5.10; older kernels reject it with EOPNOTSUPP. */
  async policy(name: string, options: CallOptions = {}): Promise<FamilyPolicy> {
    const { id } = await this.family(name, options);
    const parts = await this.socket
      .executeDump({ operation: getPolicy, type: GENL_ID_CTRL, flags: 0, input: id }, options)
      .toArray();
    return assemblePolicy(parts.flat());
  }

  /** The number of a family's multicast group. An unknown one rejects with ERR_NETLINK_INVALID_ARGUMENT and lists the known ones. */
  async group(name: string, group: string, options?: CallOptions): Promise<number> {
    return groupOf(await this.family(name, options), group);
  }

  /** Subscribes to multicast groups of a family by their names. */
  async subscribe(name: string, options: SubscribeOptions): Promise<Subscription<Message>> {
    const family = await this.family(name, { signal: options.signal });
    const groups = options.groups.map((group) =>
      typeof group === 'number' ? group : groupOf(family, group),
    );
    return this.socket.subscribe({ ...options, groups });
  }

  /** Stops listening, and closes the socket unless the caller passed it. Closing the socket stops listening too. */
  close(): void {
    this.#changes?.close();
    this.#changes = undefined;
    this.#families.clear();
    if (this.#ownsSocket) this.socket.close();
  }

  /** Closes the controller at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Closes the controller at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  #remember(name: string, family: GenericFamily | undefined): GenericFamily {
    if (family === undefined)
      throw new NetlinkError('CTRL_CMD_GETFAMILY: the kernel acknowledged the request and sent no family', {
        code: 'ERR_NETLINK_MALFORMED',
      });
    this.#families.set(name, family);
    return family;
  }

  /** Listens for changes; begins before the first answer is cached. */
  #watch(): void {
    if (this.#changes !== undefined) return;
    const changes = this.socket.subscribeDecoded({ groups: [CTRL_NOTIFY_GROUP] }, decodeChangedFamily);
    this.#changes = changes.unref();
    changes.forEach((item) => this.#onChange(item)).catch(() => this.#families.clear());
  }

  #onChange(item: SubscriptionItem<string>): void {
    if (item.kind === 'event') this.#families.delete(item.event);
    else this.#families.clear();
  }
}

/** The name of the family that a notification is about: the family or one of its groups was added or removed. */
function decodeChangedFamily(view: WireView, at: number, end: number): string {
  return decodeFamily(view, at + NLMSG_HDRLEN + GENL_HDRLEN, end).name;
}

function checkName(name: string): string {
  // GENL_NAMSIZ, with the NUL.
  if (name.length > 0 && name.length < 16) return name;
  throw invalidArgument(`a family's name must have 1 to 15 characters, got ${shown(name)}`);
}

function groupOf({ name, groups }: GenericFamily, group: string): number {
  const id = groups.get(group);
  if (id !== undefined) return id;
  throw invalidArgument(
    `'${name}' has no multicast group ${shown(group)}${suggestion(group, groups.keys())}`,
  );
}

function explained(name: string, error: unknown): unknown {
  return error instanceof NetlinkError && error.code === 'ENOENT' ? missingFamily(name, error) : error;
}
