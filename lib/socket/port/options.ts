import { errnoName, invalidArgument, systemError } from '../../errors.js';
import { suggestion } from '../../known-names.js';
import { native } from '../../native/addon.js';

const SOL_SOCKET = 1;
export const SOL_NETLINK = 270;
const NETLINK_ADD_MEMBERSHIP = 1;
const NETLINK_DROP_MEMBERSHIP = 2;
const NETLINK_LIST_MEMBERSHIPS = 9;
const SO_MEMINFO = 55;

/** The options of a netlink socket, by name. */
export interface SocketOptions {
  /** NETLINK_PKTINFO: gives the number of the multicast group with each message, above 32 too ({@link Sender.group}). */
  packetInfo: boolean;
  /**
   * NETLINK_BROADCAST_ERROR: tells the sender of a multicast when this socket could not take it. Only senders inside the
   * kernel look; connection tracking sends its event again.
   */
  broadcastError: boolean;
  /** NETLINK_NO_ENOBUFS: messages that the kernel drops for want of buffer space are not reported: a silent loss. */
  noOverrunReports: boolean;
  /**
   * NETLINK_LISTEN_ALL_NSID: multicasts of every network namespace that has an id in this one, too; the id is
   * {@link Sender.namespaceId}. Needs CAP_NET_BROADCAST. Older kernels take it
   * but cannot be asked for it (ENOPROTOOPT).
   */
  listenAllNamespaces: boolean;
  /** NETLINK_CAP_ACK: an acknowledgement repeats only the header of the request, not all of it. */
  cappedAcknowledgements: boolean;
  /** NETLINK_EXT_ACK: acknowledgements carry the kernel's text and the place of the error. */
  extendedAcknowledgements: boolean;
  /** NETLINK_GET_STRICT_CHK: the kernel checks dump requests strictly, and filters by what they say. */
  strictChecking: boolean;
  /**
   * SO_RCVBUF, in bytes. The kernel doubles what it is given, since it counts its own overhead: reading gives the doubled
   * size. Setting takes SO_RCVBUFFORCE, and without CAP_NET_ADMIN SO_RCVBUF, which net.core.rmem_max limits.
   */
  receiveBufferSize: number;
  /** SO_SNDBUF, in bytes: one datagram must fit into it. As `receiveBufferSize`; net.core.wmem_max limits it. */
  sendBufferSize: number;
  /** SO_PASSCRED: gives the sender's credentials with each message ({@link Sender.credentials}). */
  passCredentials: boolean;
}

/** What the kernel holds for a socket, in bytes, and how many datagrams it dropped (SO_MEMINFO). */
export interface SocketMemory {
  /** Queued and not yet received, the kernel's overhead included. */
  readonly receiveQueued: number;
  /** Bytes that may be queued for receiving (SO_RCVBUF). */
  readonly receiveBufferSize: number;
  /** Sent and not yet received by their receivers. */
  readonly sendQueued: number;
  /** Bytes that may be queued for sending (SO_SNDBUF). */
  readonly sendBufferSize: number;
  /** Datagrams that this socket should have received and that were dropped, since it was opened. */
  readonly drops: number;
}

type OptionName = keyof SocketOptions;
type FlagName = { [Name in OptionName]: SocketOptions[Name] extends boolean ? Name : never }[OptionName];

interface Place {
  readonly level: number;
  readonly option: number;
  /** Tried first; it needs a capability. */
  readonly force?: number;
  /** What to do about EPERM. */
  readonly needs?: string;
}

const places: Readonly<Record<OptionName, Place>> = {
  packetInfo: { level: SOL_NETLINK, option: 3 },
  broadcastError: { level: SOL_NETLINK, option: 4 },
  noOverrunReports: { level: SOL_NETLINK, option: 5 },
  listenAllNamespaces: { level: SOL_NETLINK, option: 8, needs: 'CAP_NET_BROADCAST' },
  cappedAcknowledgements: { level: SOL_NETLINK, option: 10 },
  extendedAcknowledgements: { level: SOL_NETLINK, option: 11 },
  strictChecking: { level: SOL_NETLINK, option: 12 },
  receiveBufferSize: { level: SOL_SOCKET, option: 8, force: 33 },
  sendBufferSize: { level: SOL_SOCKET, option: 7, force: 32 },
  passCredentials: { level: SOL_SOCKET, option: 16 },
};

/** The kernel doubles a size, as an int. */
const LARGEST_SIZE = 0x3fffffff;

const sizes: ReadonlySet<OptionName> = new Set(['receiveBufferSize', 'sendBufferSize']);

/** The options by which ancillary data comes with a datagram. */
const ancillary: readonly FlagName[] = ['packetInfo', 'listenAllNamespaces', 'passCredentials'];

/**
 * Sockets that may have such an option although the kernel does not say so: Linux 6.1 does not of LISTEN_ALL_NSID. One was
 * set on them, or they come from elsewhere.
 */
const untold = new Set<number>();

/** The option's value. Throws ENOPROTOOPT when the kernel does not have it. */
export function getOption<Name extends OptionName>(handle: number, name: Name): SocketOptions[Name] {
  const { level, option } = placeOf(name);
  const value = new Int32Array(1);
  const result = native().getOption(handle, level, option, value.buffer);
  if (result < 0) throw systemError('getsockopt', -result, hint(name, -result));
  const number = value[0] ?? 0;
  return (sizes.has(name) ? number : number !== 0) as SocketOptions[Name];
}

/** Sets an option. */
export function setOption<Name extends OptionName>(
  handle: number,
  name: Name,
  value: SocketOptions[Name],
): void {
  const { level, option, force } = placeOf(name);
  checkValue(name, value);
  if (value === true && ancillary.some((each) => each === name)) untold.add(handle);
  const argument = new Int32Array([Number(value)]).buffer;
  if (force !== undefined && native().setOption(handle, level, force, argument) === 0) return;
  const result = native().setOption(handle, level, option, argument);
  if (result < 0) throw systemError('setsockopt', -result, hint(name, -result));
}

/** Takes note of a socket whose options somebody else may have set. */
export function expectAnyOption(handle: number): void {
  untold.add(handle);
}

/** Forgets a socket that is closed. */
export function forgetOptions(handle: number): void {
  untold.delete(handle);
}

/** Whether ancillary data may come: one of the options for it is on, or may be without the kernel's saying so. */
export function wantsAncillaryData(handle: number): boolean {
  return ancillary.some((name) => {
    const { level, option } = places[name];
    const value = new Int32Array(1);
    const result = native().getOption(handle, level, option, value.buffer);
    return result < 0 ? untold.has(handle) : value[0] !== 0;
  });
}

/** What the kernel holds for the socket. */
export function socketMemory(handle: number): SocketMemory {
  const words = new Uint32Array(9);
  const result = native().getOption(handle, SOL_SOCKET, SO_MEMINFO, words.buffer);
  if (result < 0) throw systemError('getsockopt', -result, 'SO_MEMINFO needs Linux 4.12');
  const word = (index: number) => words[index] ?? 0;
  return {
    receiveQueued: word(0),
    receiveBufferSize: word(1),
    sendQueued: word(2),
    sendBufferSize: word(3),
    drops: word(8),
  };
}

/** Joins a multicast group. */
export function joinGroup(handle: number, group: number): void {
  changeMembership(handle, NETLINK_ADD_MEMBERSHIP, 'joinGroup', group);
}

/** Leaves a multicast group; one that was never joined is left without an error. */
export function leaveGroup(handle: number, group: number): void {
  changeMembership(handle, NETLINK_DROP_MEMBERSHIP, 'leaveGroup', group);
}

/** The groups that the socket has joined, in order. */
export function joinedGroups(handle: number): number[] {
  let words = new Uint32Array(2);
  let size = listMemberships(handle, words);
  if (size > words.byteLength) {
    words = new Uint32Array(Math.ceil(size / 4));
    size = listMemberships(handle, words);
  }
  const groups: number[] = [];
  words.forEach((word, index) => {
    for (let bit = 0; bit < 32; bit++) if ((word >>> bit) % 2 === 1) groups.push(index * 32 + bit + 1);
  });
  return groups;
}

function listMemberships(handle: number, words: Uint32Array<ArrayBuffer>): number {
  const size = native().getOption(handle, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, words.buffer);
  if (size < 0) throw systemError('getsockopt', -size);
  return size;
}

function changeMembership(handle: number, option: number, call: string, group: number): void {
  if (!Number.isInteger(group) || group < 1 || group > 0x7fffffff) {
    throw invalidArgument(`${call}: a multicast group must be an integer from 1 on, got ${String(group)}`);
  }
  const value = new Int32Array([group]).buffer;
  const result = native().setOption(handle, SOL_NETLINK, option, value);
  if (result >= 0) return;
  const reasons: Readonly<Record<string, string>> = {
    EINVAL: `this protocol has no group ${group}`,
    EPERM: `group ${group} of this protocol needs CAP_NET_ADMIN, or another capability that its family asks for`,
  };
  throw systemError('setsockopt', -result, reasons[errnoName(-result)]);
}

function placeOf(name: string): Place {
  if (Object.hasOwn(places, name)) return places[name as OptionName];
  throw invalidArgument(`unknown socket option '${name}'${suggestion(name, Object.keys(places))}`);
}

function checkValue(name: OptionName, value: unknown): void {
  if (!sizes.has(name)) {
    if (typeof value === 'boolean') return;
    throw invalidArgument(`option ${name}: ${String(value)} is neither true nor false`);
  }
  if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= LARGEST_SIZE) return;
  throw invalidArgument(
    `option ${name}: must be an integer from 0 to ${LARGEST_SIZE}, in bytes, got ${String(value)}`,
  );
}

function hint(name: OptionName, errno: number): string {
  const { needs } = places[name];
  const reason = errnoName(errno) === 'EPERM' && needs !== undefined ? ` needs ${needs}` : '';
  return `option ${name}${reason}`;
}
