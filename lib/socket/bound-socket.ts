import { native } from '../native/addon.js';
import type { BpfInstruction } from './filter/bpf.js';
import type { DatagramPort } from './port/datagram-port.js';
import { checkDestination, type Destination } from './port/destination.js';
import type { FilterOptions } from './filter/filter.js';
import {
  getOption,
  joinedGroups,
  joinGroup,
  leaveGroup,
  setOption,
  type SocketMemory,
  socketMemory,
  type SocketOptions,
} from './port/options.js';
import { attachBpf, attachedFilter, attachFilter, detachFilter, lockFilter } from './filter/socket-filter.js';

export interface SocketCounters {
  /** How often the kernel reported that the receive buffer was full and it dropped messages (ENOBUFS). */
  readonly overruns: number;
  /** Datagrams dropped because another port than the kernel's sent them. */
  readonly foreignDatagrams: number;
}

/** What every bound socket has besides its messages: addresses, groups, options, filters, and its end. */
export abstract class BoundSocket implements Disposable, AsyncDisposable {
  /** The netlink protocol's number. */
  readonly protocol: number;
  protected abstract readonly datagrams: DatagramPort;

  protected constructor(protocol: number) {
    this.protocol = protocol;
  }

  /** The port id that the socket is bound to: its address for the kernel and for other processes. */
  get portId(): number {
    return this.datagrams.portId;
  }

  get closed(): boolean {
    return this.datagrams.closed;
  }

  /** Joins a multicast group (NETLINK_ADD_MEMBERSHIP), 1 to as many as the protocol has. Some need a capability: EPERM. */
  joinGroup(group: number): void {
    joinGroup(this.datagrams.handle, group);
  }

  /** Leaves a multicast group (NETLINK_DROP_MEMBERSHIP). */
  leaveGroup(group: number): void {
    leaveGroup(this.datagrams.handle, group);
  }

  /** The groups that the socket is a member of, in order (NETLINK_LIST_MEMBERSHIPS). */
  joinedGroups(): number[] {
    return joinedGroups(this.datagrams.handle);
  }

  /** An option's value as the kernel has it. Throws ENOPROTOOPT when this kernel does not have the option. */
  getOption<Name extends keyof SocketOptions>(name: Name): SocketOptions[Name] {
    return getOption(this.datagrams.handle, name);
  }

  /**
   * Sets an option. Throws ERR_NETLINK_INVALID_ARGUMENT for a name or a value that is none, ENOPROTOOPT when this kernel does
   * not have the option, EPERM when a capability is missing.
   */
  setOption<Name extends keyof SocketOptions>(name: Name, value: SocketOptions[Name]): void {
    setOption(this.datagrams.handle, name, value);
    this.datagrams.applyOptions();
  }

  /** What the kernel holds for the socket, and how much it dropped (SO_MEMINFO). */
  memory(): SocketMemory {
    return socketMemory(this.datagrams.handle);
  }

  /** Drops, in the kernel, what a program made by {@link buildFilter} or by hand does not accept (SO_ATTACH_FILTER). */
  attachFilter(program: readonly BpfInstruction[], options: FilterOptions = {}): void {
    attachFilter(this.datagrams.handle, program, options.listenOnly === true);
  }

  /**
   * Lets an eBPF program (SOCKET_FILTER) decide what is received (SO_ATTACH_BPF), given by the descriptor of a loaded one.
   * Whether it lets replies pass cannot be seen from here: do not make requests on the socket if it does not.
   */
  attachBpf(descriptor: number): void {
    attachBpf(this.datagrams.handle, descriptor);
  }

  /** Takes the filter off (SO_DETACH_FILTER). Throws ENOENT when there is none, EPERM when it is locked. */
  detachFilter(): void {
    detachFilter(this.datagrams.handle);
  }

  /** Makes the filter permanent (SO_LOCK_FILTER). */
  lockFilter(): void {
    lockFilter(this.datagrams.handle);
  }

  /** The classic program that is attached (SO_GET_FILTER); empty when there is none. */
  attachedFilter(): BpfInstruction[] {
    return attachedFilter(this.datagrams.handle);
  }

  /** Makes a port id, or a group, the one that {@link send} sends to, and the only sender whose datagrams are taken (connect(2)). */
  connect(to: Destination): void {
    const { portId, groupMask } = checkDestination('connect', to);
    this.datagrams.connect(portId, groupMask);
  }

  /** The address that {@link connect} set; the kernel's before (getpeername(2)). */
  get peer(): Destination {
    const { portId, groupMask } = this.datagrams.peerAddress();
    return { portId, group: groupMask === 0 ? 0 : 32 - Math.clz32(groupMask) };
  }

  /** The file descriptor, for a child process to inherit or an option that is missing here. It stays this socket's. */
  get fd(): number {
    return native().descriptor(this.datagrams.handle);
  }

  /** Ends this object as {@link close} does, but hands the open descriptor to the caller. */
  release(): number {
    return this.datagrams.release();
  }

  /** What the socket went through so far. */
  get counters(): SocketCounters {
    const { overruns, foreignDatagrams } = this.datagrams;
    return { overruns, foreignDatagrams };
  }

  /** Waiting on this socket keeps the process alive again. */
  ref(): this {
    this.datagrams.setKeepAlive(true);
    return this;
  }

  /** Waiting on this socket no longer keeps the process alive. */
  unref(): this {
    this.datagrams.setKeepAlive(false);
    return this;
  }

  /** Closes the socket at once; every pending receive is rejected with ERR_NETLINK_CLOSED. Again is harmless. */
  close(): void {
    this.datagrams.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}
