import { errnoName, invalidArgument, systemError } from '../../errors.js';
import { native } from '../../native/addon.js';
import type { BpfInstruction } from './bpf.js';
import { decodeFilter, encodeFilter, passesReplies } from './filter.js';

const SOL_SOCKET = 1;
const SO_DETACH_FILTER = 27;
const SO_LOCK_FILTER = 44;
const SO_ATTACH_BPF = 50;
/** BPF_MAXINSNS. */
const LONGEST_PROGRAM = 4096;

/** SO_ATTACH_FILTER; an earlier filter is replaced. */
export function attachFilter(handle: number, program: readonly BpfInstruction[], listenOnly: boolean): void {
  if (program.length === 0 || program.length > LONGEST_PROGRAM) {
    throw invalidArgument(
      `attachFilter: the program has ${program.length} instructions; it must have 1 to ${LONGEST_PROGRAM}`,
    );
  }
  if (!listenOnly && !passesReplies(program)) {
    throw invalidArgument(
      'attachFilter: the program drops acknowledgements or errors (NLMSG_ERROR, NLMSG_DONE), so requests would never ' +
        'be answered; let them pass, or say { listenOnly: true } if the socket makes none',
    );
  }
  check('SO_ATTACH_FILTER', native().attachFilter(handle, encodeFilter(program)));
}

/** SO_ATTACH_BPF: an eBPF program of the type SOCKET_FILTER, by its descriptor. */
export function attachBpf(handle: number, descriptor: number): void {
  if (!Number.isInteger(descriptor) || descriptor < 0) {
    throw invalidArgument(`attachBpf: must be a file descriptor, got ${String(descriptor)}`);
  }
  set('SO_ATTACH_BPF', handle, SO_ATTACH_BPF, descriptor);
}

/** SO_DETACH_FILTER. */
export function detachFilter(handle: number): void {
  set('SO_DETACH_FILTER', handle, SO_DETACH_FILTER, 0);
}

/** SO_LOCK_FILTER: from now on the filter can be neither replaced nor taken off. */
export function lockFilter(handle: number): void {
  set('SO_LOCK_FILTER', handle, SO_LOCK_FILTER, 1);
}

/** SO_GET_FILTER: the classic program that is attached; empty when there is none. */
export function attachedFilter(handle: number): BpfInstruction[] {
  const count = check('SO_GET_FILTER', native().readFilter(handle, new ArrayBuffer(0)));
  if (count === 0) return [];
  const target = new ArrayBuffer(count * 8);
  check('SO_GET_FILTER', native().readFilter(handle, target));
  return decodeFilter(target);
}

function set(name: string, handle: number, option: number, value: number): void {
  check(name, native().setOption(handle, SOL_SOCKET, option, new Int32Array([value]).buffer));
}

const reasons: Readonly<Record<string, string>> = {
  EPERM: 'the filter is locked',
  ENOENT: 'no filter is attached',
  EINVAL: 'the kernel does not take this program',
};

function check(name: string, result: number): number {
  if (result >= 0) return result;
  const reason = reasons[errnoName(-result)];
  const call = name === 'SO_GET_FILTER' ? 'getsockopt' : 'setsockopt';
  throw systemError(call, -result, reason === undefined ? name : `${name}: ${reason}`);
}
