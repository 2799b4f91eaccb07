'use strict';
// Events of routes, an object of each, by an event loop that does nothing else: each millisecond it takes what has come, for
// half of one at most.
const { setTimeout: rest, setImmediate: goOn } = require('node:timers');
const { begin, end, print } = require('../measure.cjs');
const { routeAt } = require('./dumps.cjs');
const { join, lengthOf, offsetOf, open, poll, words } = require('./socket.cjs');

const NETLINK_ROUTE = 0;
const RTNLGRP_IPV4_ROUTE = 7;
const RTM_NEWROUTE = 24;
const SENTINEL = '203.0.113.0';
const AT_ONCE = 16;
const MILLISECONDS_A_RUN = 0.5;
const MILLISECONDS_A_REST = 1;

class Tally {
  added = 0;
  deleted = 0;
  firstNs = 0n;
  lastNs = 0n;
  stopped = false;

  take(datagrams) {
    for (let index = 0; index < datagrams && !this.stopped; index++) {
      const at = offsetOf(index);
      this.#count(words[(at + 4) >> 2] & 0xffff, routeAt(at, at + lengthOf(index)));
    }
  }

  #count(type, route) {
    this.stopped = route.dst === SENTINEL;
    if (this.stopped) return;
    this.lastNs = process.hrtime.bigint();
    if (this.firstNs === 0n) this.firstNs = this.lastNs;
    if (type === RTM_NEWROUTE) this.added++;
    else this.deleted++;
  }
}

exports.objects = () => {
  const socket = open(NETLINK_ROUTE);
  join(socket, RTNLGRP_IPV4_ROUTE);
  const tally = new Tally();
  const sample = begin();
  const run = () => {
    const until = performance.now() + MILLISECONDS_A_RUN;
    let count = AT_ONCE;
    while (count === AT_ONCE && performance.now() < until) tally.take((count = poll(socket, AT_ONCE)));
    if (!tally.stopped) {
      if (count === AT_ONCE) goOn(run);
      else rest(run, MILLISECONDS_A_REST);
      return;
    }
    const { added, deleted, firstNs, lastNs } = tally;
    end(Object.assign(sample, { beginNs: firstNs, endNs: lastNs }));
    print(sample, added + deleted, undefined, { added, deleted, overruns: 0 });
  };
  console.log('READY');
  run();
};
