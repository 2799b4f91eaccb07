import type { SubscriptionItem } from 'afnetlink/types';

type Events = AsyncIterable<SubscriptionItem<{ readonly name: string }>> & { close(): void };

/**
 * The names of the events that came until all of `wanted` had. After four minutes it gives what there is, so that the
 * test's own comparison says what is missing.
 */
export async function heard(events: Events, wanted: readonly string[]): Promise<readonly string[]> {
  const missing = new Set(wanted);
  const names = new Set<string>();
  const deadline = setTimeout(() => events.close(), 240_000);
  try {
    for await (const item of events) {
      if (item.kind !== 'event') continue;
      names.add(item.event.name);
      missing.delete(item.event.name);
      if (missing.size === 0) break;
    }
  } finally {
    clearTimeout(deadline);
  }
  return [...names].toSorted();
}
