import { setTimeout as wait } from 'node:timers/promises';
import { checkOptions, type KnownNames, namesOf } from '../known-names.js';
import type { Endpoint, UnownedEndpoint } from './endpoint.js';
import { type EndpointOptions, readEndpoints, withProcesses } from './list.js';

export interface WatchEndpointsOptions extends EndpointOptions {
  /** Milliseconds from one look to the next. Default: 1000. */
  readonly interval?: number;
  /** Ends the watching; the loop throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface EndpointChange {
  /** `present`: there from the beginning; `changed`: it joined or left groups, or was connected. */
  readonly kind: 'present' | 'appeared' | 'changed' | 'gone';
  /** As it is now; of one that is gone, as it was last. */
  readonly endpoint: Endpoint;
}

const OPTIONS: KnownNames = namesOf<WatchEndpointsOptions>({
  allNamespaces: true,
  onUnreadable: true,
  interval: true,
  signal: true,
});

/**
 * Gives the endpoints that there are, then those that come and go. The kernel does not announce netlink sockets, so this
 * looks again and again: one that is closed within an interval is not seen.
 *
 * @throws what {@link listEndpoints} does
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
    // Whose a socket is means a look at every process: done only for new ones.
    const unknown = [...now.values()].filter(({ cookie }) => !known.has(cookie));
    for (const endpoint of await withProcesses(unknown)) {
      known.set(endpoint.cookie, endpoint);
      yield { kind, endpoint };
    }
    await wait(interval, undefined, { ...(signal && { signal }) });
  }
}

/** What messages come to it, and where its own go. */
function address({ groups, state, destination }: UnownedEndpoint): string {
  return JSON.stringify([groups, state, destination]);
}
