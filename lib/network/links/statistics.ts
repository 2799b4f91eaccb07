import type { RtnlLinkStats64 } from '../../families/rt-link.js';

/** A counter: a number, exact up to 2^53, or a bigint with the option `bigint` of `openNetwork`. */
export type Counter = number | bigint;

/** What came in or went out. */
export interface TrafficCounters {
  readonly packets: Counter;
  readonly bytes: Counter;
  readonly errors: Counter;
  readonly dropped: Counter;
}

/** Counters of a link (struct rtnl_link_stats64). */
export interface LinkStatistics {
  readonly received: TrafficCounters;
  readonly sent: TrafficCounters;
  /** Multicast packets received. */
  readonly multicast: Counter;
  readonly collisions: Counter;
}

export function statisticsOf(stats: RtnlLinkStats64, bigint: boolean): LinkStatistics {
  const counter = (value = 0n): Counter => (bigint ? value : Number(value));
  return {
    received: {
      packets: counter(stats.rxPackets),
      bytes: counter(stats.rxBytes),
      errors: counter(stats.rxErrors),
      dropped: counter(stats.rxDropped),
    },
    sent: {
      packets: counter(stats.txPackets),
      bytes: counter(stats.txBytes),
      errors: counter(stats.txErrors),
      dropped: counter(stats.txDropped),
    },
    multicast: counter(stats.multicast),
    collisions: counter(stats.collisions),
  };
}
