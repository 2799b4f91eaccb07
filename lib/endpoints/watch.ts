import { setTimeout as wait } from 'node:timers/promises';
import { checkOptions, type KnownNames, namesOf } from '../known-names.js';
import type { Endpoint, UnownedEndpoint } from './endpoint.js';
import { type EndpointOptions, readEndpoints, withProcesses } from './list.js';

/** Options of `watchEndpoints`. */
export interface WatchEndpointsOptions extends EndpointOptions {
  /** Milliseconds between two listings. Default: 1000. */
  readonly interval?: number;
  /** Stops watching; the loop throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A difference between two looks at the table. */
export interface EndpointChange {
  /** `present`: already there at the start; `changed`: it joined or left groups, or was connected. */
  readonly kind: 'present' | 'appeared' | 'changed' | 'gone';
  /** Its present state; for one that is gone, its last state. */
  readonly endpoint: Endpoint;
}

const OPTIONS: KnownNames = namesOf<WatchEndpointsOptions>({
  allNamespaces: true,
  onUnreadable: true,
  interval: true,
  signal: true,
});

/**
 * Yields the present endpoints, then those that come and go. The kernel does not announce netlink sockets, so this
 * polls: an endpoint that is opened and closed within one interval is missed.
 *
 * @throws the errors of {@link listEndpoints}
 */
export async function* watchEndpoints(
  options: WatchEndpointsOptions = {},
): AsyncGenerator<EndpointChange, never> {
  checkOptions('watchEndpoints', options, OPTIONS);
  const { interval = 1000, signal } = options;
  const known = new Map<bigint, Endpoint>();
  for (let kind: 'present' | 'appeared' = 'present'; ; kind = 'appeared') {
    const now = new Map((await readEndpoints(options)).map((endpoint) => [endpoint.cookie, endpoint]));
    for (const [cookie, before] of known) {
      const after = now.get(cookie);
      if (after === undefined) {
        known.delete(cookie);
        yield { kind: 'gone', endpoint: before };
        continue;
      }
      const endpoint = { ...after, processes: before.processes };
      known.set(cookie, endpoint);
      if (address(after) !== address(before)) yield { kind: 'changed', endpoint };
    }
    // Finding the processes of a socket means reading every process, so do it only for new sockets.
    const unknown = [...now.values()].filter(({ cookie }) => !known.has(cookie));
    for (const endpoint of await withProcesses(unknown)) {
      known.set(endpoint.cookie, endpoint);
      yield { kind, endpoint };
    }
    await wait(interval, undefined, { ...(signal && { signal }) });
  }
}

/** Which messages it receives, and where it sends its own. */
function address({ groups, state, destination }: UnownedEndpoint): string {
  return JSON.stringify([groups, state, destination]);
}
