import { loadAddon } from './load-addon.js';
import { hasUvPoll } from './platform.js';

/**
 * The native surface. All calls are plain functions over small numbers; they return a value of zero or more, or
 * `-errno`, and create no JavaScript object. A handle of a closed socket, or of another environment, is EBADF.
 * ArrayBuffers are used only during the call.
 */
export interface NativeAddon {
  /**
   * socket(2), non-blocking and close-on-exec. `type` is SOCK_RAW or SOCK_DGRAM. `namespace` is the descriptor of a network
   * namespace to open it in, or -1. Returns a handle.
   */
  open(type: number, protocol: number, namespace: number): number;
  /** Takes ownership of a netlink descriptor; EAFNOSUPPORT for any other descriptor. Returns a handle. */
  adopt(descriptor: number): number;
  /** Ends the handle and returns its descriptor, which the caller must close. */
  release(handle: number): number;
  close(handle: number): number;
  /** The file descriptor, still owned by the handle. */
  descriptor(handle: number): number;

  /** bind(2). Port id 0 lets the kernel choose. */
  bind(handle: number, portId: number, groupMask: number): number;
  connect(handle: number, portId: number, groupMask: number): number;
  /** getsockname(2): writes the port id and the group mask as two 32-bit words. */
  localAddress(handle: number, target: ArrayBuffer): number;
  /** getpeername(2), with results like those of {@link localAddress}. */
  peerAddress(handle: number, target: ArrayBuffer): number;

  /** send(2) to the connected peer, which without connect is the kernel. Returns the number of bytes. */
  send(handle: number, buffer: ArrayBuffer, offset: number, length: number): number;
  sendTo(
    handle: number,
    buffer: ArrayBuffer,
    offset: number,
    length: number,
    portId: number,
    groupMask: number,
  ): number;
  /** Sends a message as two pieces, its header (the first 16 bytes of `header`) and its payload; without an address, like {@link send}. */
  sendParts(
    handle: number,
    header: ArrayBuffer,
    payload: ArrayBuffer,
    offset: number,
    length: number,
    portId?: number,
    groupMask?: number,
  ): number;
  /** Receives at most `wanted` queued datagrams without waiting. Returns the number of records that it filled. */
  receive(handle: number, ring: ArrayBuffer, wanted: number): number;
  /**
   * Receives one datagram; waits up to `timeout` milliseconds, like {@link wait}. Returns the number of records that it
   * filled. With a part of `memory`, what follows the message header goes there, and the rest that does not fit into the ring;
   * the ring's header says how much was placed in `memory` (nothing if a thread receives).
   */
  receiveOne(
    handle: number,
    ring: ArrayBuffer,
    milliseconds: number,
    memory?: ArrayBuffer,
    offset?: number,
    length?: number,
  ): number;
  /** {@link send} and {@link receive} in one: the kernel's answer is queued before its send returns. */
  exchange(
    handle: number,
    buffer: ArrayBuffer,
    offset: number,
    length: number,
    ring: ArrayBuffer,
    wanted: number,
  ): number;
  /** Copies a whole spilled datagram of the last receive; `target` has its true length. */
  takeSpilled(ring: ArrayBuffer, slot: number, target: ArrayBuffer): number;
  /**
   * poll(2): blocks this thread until there is something to receive (1), or for `timeout` milliseconds (0); -1 waits forever. Signals
   * do not shorten it.
   */
  wait(handle: number, milliseconds: number): number;

  /** Calls the readable callback whenever the socket is readable, until {@link stopWatching}. */
  watch(handle: number, keepAlive: boolean): number;
  stopWatching(handle: number): number;
  /** Sets the callback of this environment, which has only one. */
  onReadable(callback: (handle: number) => void): number;
  /**
   * Has all sockets of this environment watched by a thread instead of libuv, for runtimes that have none. EBUSY once a
   * socket was watched. `defer` calls a function in the next turn of the event loop, as setImmediate does.
   */
  useThreadLoop(defer: (call: () => void) => void): number;

  /** Starts a thread of the socket's own, for {@link submit} and for everything that is received from now on. */
  startOffload(handle: number): number;
  /**
   * Sends a copy of the bytes on the socket's thread, after everything submitted before. The readable callback is called when
   * its result is available.
   */
  submit(
    handle: number,
    buffer: ArrayBuffer,
    offset: number,
    length: number,
    portId?: number,
    groupMask?: number,
  ): number;
  /** Writes what the oldest submitted send returned, or -errno, as a 32-bit word: 1, or 0 when none has ended. */
  takeSent(handle: number, target: ArrayBuffer): number;
  /** Whether submitted sends keep the event loop alive. */
  setOffloadRef(handle: number, keepAlive: boolean): number;
  /** Receives on a thread of the socket's own until nothing is queued any more; {@link receive} returns what it received. */
  readAhead(handle: number): number;

  setOption(handle: number, level: number, name: number, value: ArrayBuffer): number;
  /** Writes as much of the option's value to `target` as fits, and returns its full length. */
  getOption(handle: number, level: number, name: number, target: ArrayBuffer): number;
  /** SO_ATTACH_FILTER: struct sock_filter, one after the other. */
  attachFilter(handle: number, instructions: ArrayBuffer): number;
  /** SO_GET_FILTER: returns the number of instructions, and writes them unless `target` is empty. */
  readFilter(handle: number, target: ArrayBuffer): number;
  /** Whether to receive ancillary data, and datagrams from ports other than the kernel's. */
  setReceivePolicy(handle: number, ancillary: boolean, acceptForeign: boolean): number;

  /**
   * Opens and maps the ring device of the module netlink_test, whose minor number is `minor`. ENODEV when the file is
   * something else, which is then not opened. Returns a handle of its own kind, for the calls that follow.
   */
  mapRing(path: string, minor: number): number;
  /** The mapped memory; may be called once. The only ArrayBuffer that the addon creates. {@link unmapRing} detaches it. */
  ringMemory(handle: number): ArrayBuffer | undefined;
  /** The device's file descriptor, still owned by the handle. */
  ringDescriptor(handle: number): number;
  /** Load-acquire of a 32-bit word, by its index. */
  loadRingIndex(handle: number, word: number): number;
  /** Store-release of a 32-bit word, by its index. */
  storeRingIndex(handle: number, word: number, value: number): number;
  unmapRing(handle: number): number;
  /** The kernel module's echo by ioctl(2), on a descriptor of its device: `length` bytes at the buffer's beginning. */
  echoByIoctl(descriptor: number, buffer: ArrayBuffer, length: number): number;
}

let loaded: NativeAddon | undefined;

/**
 * Loads the addon on first use. Throws ERR_NETLINK_UNSUPPORTED where netlink cannot work, and ERR_NETLINK_ADDON where it
 * could but the addon is missing or does not load.
 */
export function native(): NativeAddon {
  return (loaded ??= load());
}

function load(): NativeAddon {
  const addon = loadAddon() as NativeAddon;
  if (!hasUvPoll(process)) addon.useThreadLoop(setImmediate);
  return addon;
}
