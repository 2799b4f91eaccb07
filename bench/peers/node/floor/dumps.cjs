'use strict';
// Dumps, of which only the messages' lengths are read, or an object of each route is made and kept.
const { begin, end, options, print } = require('../measure.cjs');
const { memory, message } = require('./bytes.cjs');
const socket = require('./socket.cjs');

const NETLINK_ROUTE = 0;
const NLM_F_DUMP = 0x300;
const NLMSG_DONE = 3;
const RTM_GETLINK = 18;
const RTM_GETROUTE = 26;
const AF_INET = 2;
const AT_ONCE = 16; // datagrams a call, as the C programs and afnetlink's blocking dump receive them

const routes = memory(message(RTM_GETROUTE, NLM_F_DUMP, Buffer.from([AF_INET, ...Array(11).fill(0)])));
const links = memory(message(RTM_GETLINK, NLM_F_DUMP, Buffer.alloc(16)));

/** Counts the messages of the datagrams that were just received. */
class Counter {
  messages = 0;
  done = false;

  take(datagrams) {
    for (let index = 0; index < datagrams; index++) {
      let at = socket.offsetOf(index);
      const end = at + socket.lengthOf(index);
      while (at < end) {
        if ((socket.words[(at + 4) >> 2] & 0xffff) === NLMSG_DONE) {
          this.done = true;
          return;
        }
        this.messages++;
        at += (socket.words[at >> 2] + 3) & ~3;
      }
    }
  }
}

const RTM_DST_LEN = 17; // where a message has it, behind struct nlmsghdr
const RTMSG_END = 28;
const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_PRIORITY = 6;
const RTA_TABLE = 15;

const decimal = Array.from({ length: 256 }, (_, byte) => String(byte));
/** Gateways are few: each one's text is made once. */
const gateways = new Map();

function textAt(at) {
  const { octets } = socket;
  return `${decimal[octets[at]]}.${decimal[octets[at + 1]]}.${decimal[octets[at + 2]]}.${decimal[octets[at + 3]]}`;
}

function gatewayAt(at) {
  const word = socket.words[at >> 2];
  const known = gateways.get(word);
  if (known !== undefined) return known;
  const text = textAt(at);
  gateways.set(word, text);
  return text;
}

/** The least object of a message that is a route, with its addresses as text. */
function routeAt(start, end) {
  const { halves, words } = socket;
  let table, oif, priority, dst, gateway;
  for (let at = start + RTMSG_END, length = 0; end - at >= 4; at += (length + 3) & ~3) {
    length = halves[at >> 1];
    if (length < 4 || length > end - at) throw new Error('a broken attribute');
    const type = halves[(at >> 1) + 1];
    if (type === RTA_TABLE) table = words[(at >> 2) + 1];
    else if (type === RTA_DST) dst = textAt(at + 4);
    else if (type === RTA_PRIORITY) priority = words[(at >> 2) + 1];
    else if (type === RTA_GATEWAY) gateway = gatewayAt(at + 4);
    else if (type === RTA_OIF) oif = words[(at >> 2) + 1];
  }
  return { rtmDstLen: socket.octets[start + RTM_DST_LEN], table, oif, priority, dst, gateway };
}

/** Keeps an object of each route that was just received, by the least code that makes one with its addresses as text. */
class Keeper {
  kept = [];
  done = false;

  get messages() {
    return this.kept.length;
  }

  take(datagrams) {
    for (let index = 0; index < datagrams; index++) {
      let at = socket.offsetOf(index);
      const end = at + socket.lengthOf(index);
      while (at < end) {
        const length = socket.words[at >> 2];
        if ((socket.words[(at + 4) >> 2] & 0xffff) === NLMSG_DONE) {
          this.done = true;
          return;
        }
        this.kept.push(routeAt(at, at + length));
        at += (length + 3) & ~3;
      }
    }
  }
}

/** Dumps to a new `Taker` each time; on the thread that afnetlink's long dumps are received on, where `ahead`. */
function dump(request, Taker, ahead) {
  for (let repeat = 0; repeat < options.repeats; repeat++) {
    const handle = socket.open(NETLINK_ROUTE);
    const taker = new Taker();
    const sample = begin();
    taker.take(socket.exchange(handle, request, 0, request.byteLength, ahead ? 1 : AT_ONCE));
    if (ahead) socket.readAhead(handle);
    while (!taker.done) taker.take(ahead ? socket.takeAhead(handle) : socket.receive(handle, AT_ONCE));
    end(sample);
    print(sample, taker.messages);
    socket.close(handle);
  }
}

exports.routes = () => dump(routes, Counter, false);
exports.links = () => dump(links, Counter, false);
exports.strings = () => dump(routes, Keeper, true);
exports.routeAt = routeAt;
