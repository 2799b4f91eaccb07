'use strict';
// Routes added and deleted: what differs from one to the next is written into messages that are there already.
const { measureRoutes, routes } = require('../measure.cjs');
const { attribute, memory, message } = require('./bytes.cjs');
const { exchange, offsetOf, open, words } = require('./socket.cjs');

const NETLINK_ROUTE = 0;
const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const RTM_NEWROUTE = 24;
const RTM_DELROUTE = 25;
const NLM_F_ACK = 0x4;
const NLM_F_CREATE_EXCL = 0x600;
const IFLA_IFNAME = 3;
const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_PRIORITY = 6;
// struct rtmsg: AF_INET, /24, RT_TABLE_MAIN, RTPROT_STATIC, RTN_UNICAST.
const ROUTE = Buffer.from([2, 24, 0, 0, 254, 4, 0, 1, 0, 0, 0, 0]);
const DESTINATION = 32;
const GATEWAY = 40;
const PRIORITY = 56;
const BATCH = 128;

/** The 32-bit word of the answer that lies so many bytes behind its beginning. */
const answered = (bytes) => words[(offsetOf(0) + bytes) >> 2];

function linkIndex(socket) {
  const name = attribute(IFLA_IFNAME, Buffer.from(`${routes.link}\0`));
  const bytes = memory(message(RTM_GETLINK, 0, Buffer.alloc(16), name));
  exchange(socket, bytes, 0, bytes.byteLength, 1);
  if ((answered(4) & 0xffff) !== RTM_NEWLINK) throw new Error(`there is no link ${routes.link}`);
  return answered(20);
}

function routeMessage(type, flags, link) {
  const number = (value) => Buffer.from(new Uint32Array([value]).buffer);
  return message(
    type,
    flags,
    ROUTE,
    attribute(RTA_DST, number(0)),
    attribute(RTA_GATEWAY, number(0)),
    attribute(RTA_OIF, number(link)),
    attribute(RTA_PRIORITY, number(0)),
  );
}

/** `size` messages, of which the last one asks for an acknowledgement. */
class Batch {
  #size;
  #stride;
  #bytes;
  #view;

  constructor(size, type, flags, link) {
    const quiet = routeMessage(type, flags, link);
    this.#size = size;
    this.#stride = quiet.length;
    this.#bytes = memory(...Array(size - 1).fill(quiet), routeMessage(type, flags | NLM_F_ACK, link));
    this.#view = new DataView(this.#bytes);
  }

  /** Sends the routes of a range, which takes the last messages: those end with the one that is acknowledged. */
  send(socket, from, to) {
    const first = (this.#size - (to - from)) * this.#stride;
    for (let index = from, at = first; index < to; index++, at += this.#stride) {
      this.#view.setUint32(at + DESTINATION, routes.destination(index));
      this.#view.setUint32(at + GATEWAY, routes.gateway(index));
      this.#view.setUint32(at + PRIORITY, routes.priority(index), true);
    }
    exchange(socket, this.#bytes, first, this.#bytes.byteLength - first, 1);
    if (answered(16) !== 0) throw new Error(`a route ended with ${answered(16)}`);
  }
}

function change(size) {
  const socket = open(NETLINK_ROUTE);
  const link = linkIndex(socket);
  const additions = new Batch(size, RTM_NEWROUTE, NLM_F_CREATE_EXCL, link);
  const deletions = new Batch(size, RTM_DELROUTE, 0, link);
  return measureRoutes(size, (from, to, remove) => (remove ? deletions : additions).send(socket, from, to));
}

exports.one = () => change(1);
exports['batch-lastack'] = () => change(BATCH);
