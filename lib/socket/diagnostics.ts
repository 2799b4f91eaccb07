import { channel } from 'node:diagnostics_channel';

/** Published on `afnetlink:request` when a request, a dump or a batch is settled. */
export interface RequestDiagnostics {
  /** `'RTM_GETLINK'`, `'message type 18'`, `'batch'`. */
  readonly operation: string;
  /** What was sent. */
  readonly kind: 'request' | 'dump' | 'batch';
  /** The socket's port id. */
  readonly portId: number;
  /** Milliseconds from when it was asked for until it was settled. */
  readonly duration: number;
  /** What it was rejected with. */
  readonly error: unknown;
}

/** Published on `afnetlink:overrun` when the kernel has dropped messages for a socket. */
export interface OverrunDiagnostics {
  /** The socket's port id. */
  readonly portId: number;
}

const requests = channel('afnetlink:request');
const overruns = channel('afnetlink:overrun');

/** Whether somebody listens who wants to know of every request. */
export function requestsAreObserved(): boolean {
  return requests.hasSubscribers;
}

/** The time, where somebody listens who wants to know how long a request takes. */
export function requestBegins(): number {
  return requests.hasSubscribers ? performance.now() : 0;
}

export function requestEnds(
  kind: RequestDiagnostics['kind'],
  operation: string,
  portId: number,
  began: number,
  error: unknown,
): void {
  if (!requests.hasSubscribers || began === 0) return;
  const duration = performance.now() - began;
  requests.publish({ operation, kind, portId, duration, error } satisfies RequestDiagnostics);
}

export function overrunHappened(portId: number): void {
  if (overruns.hasSubscribers) overruns.publish({ portId } satisfies OverrunDiagnostics);
}
