'use strict';
// Dumps, of which only the messages' lengths are read.
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

function count(request) {
  for (let repeat = 0; repeat < options.repeats; repeat++) {
    const handle = socket.open(NETLINK_ROUTE);
    const counter = new Counter();
    const sample = begin();
    counter.take(socket.exchange(handle, request, 0, request.byteLength, AT_ONCE));
    while (!counter.done) counter.take(socket.receive(handle, AT_ONCE));
    end(sample);
    print(sample, counter.messages);
    socket.close(handle);
  }
}

exports.routes = () => count(routes);
exports.links = () => count(links);
