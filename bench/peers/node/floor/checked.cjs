'use strict';
// The request of requests.cjs in the fewest functions that still tell apart what a library for others has to: a request
// that cannot be written, an answer that is not its own, one that is not whole, and attributes that are none. What is
// beside the usual way ends the program here, where a library has code for it.
const { measureEach, measureEachSync } = require('../measure.cjs');
const { exchange, isPlain, lengthOf, offsetOf, octets, open, portIdOf, view } = require('./socket.cjs');

const LE = true;
const NETLINK_GENERIC = 16;
const NLM_F_REQUEST = 1;
const NLM_F_MULTI = 2;
const NLMSG_MIN_TYPE = 16;
const CONTROLLER_ID = 16;
const CTRL_CMD_GETFAMILY = 3;
const CTRL_VERSION = 2;
const HEADERS_BYTES = 20; // struct nlmsghdr and struct genlmsghdr
const NLA_HDRLEN = 4;
const NLA_TYPE_MASK = 0x3fff;
const MOST_BYTES = 0xffff;
const LAST_SEQUENCE = 0xffffffff;
const numbers = { familyId: 1, familyName: 2, version: 3, hdrsize: 4, maxattr: 5 };
const CAPACITY = 8192;

function refuse(what) {
  throw new Error(what);
}

/** A request as bytes. */
class Writer {
  constructor() {
    this.memory = new ArrayBuffer(CAPACITY);
    this.octets = new Uint8Array(this.memory);
    this.view = new DataView(this.memory);
    this.length = 0;
  }

  write(command, input) {
    const { view } = this;
    view.setUint16(4, CONTROLLER_ID, LE);
    view.setUint16(6, NLM_F_REQUEST, LE);
    view.setUint32(12, 0, LE);
    view.setUint32(16, command | (CTRL_VERSION << 8), LE);
    this.length = HEADERS_BYTES;
    let key = '';
    try {
      for (key in input) this.#attribute(key, input[key]);
    } catch (error) {
      throw new Error(`${key}: ${error.message}`);
    }
    view.setUint32(0, this.length, LE);
  }

  #attribute(key, value) {
    if (value === undefined) return;
    switch (key) {
      case 'familyName':
        this.#text(numbers.familyName, value);
        break;
      case 'familyId':
        this.#number(numbers.familyId, value, 2);
        break;
      case 'version':
      case 'hdrsize':
      case 'maxattr':
        this.#number(numbers[key], value, 4);
        break;
      default:
        refuse('there is no such property');
    }
  }

  #number(type, value, bytes) {
    if (value >>> 0 !== value || (bytes === 2 && value > 0xffff)) refuse(`${value} is out of range`);
    this.#begin(type, bytes, 8);
    this.view.setUint32(this.length + NLA_HDRLEN, value, LE);
    this.length += 8;
  }

  #text(type, value) {
    if (typeof value !== 'string') refuse('text is needed');
    const { octets } = this;
    const bytes = value.length + 1;
    const padded = (NLA_HDRLEN + bytes + 3) & ~3;
    this.#begin(type, bytes, padded);
    const end = this.length + padded;
    let at = this.length + NLA_HDRLEN;
    for (let index = 0; index < value.length; index++) {
      const unit = value.charCodeAt(index);
      if (unit === 0 || unit > 0x7f) refuse('text of ASCII is needed');
      octets[at++] = unit;
    }
    while (at < end) octets[at++] = 0;
    this.length = end;
  }

  #begin(type, bytes, padded) {
    if (bytes + NLA_HDRLEN > MOST_BYTES || this.length + padded > CAPACITY) refuse('it is too long');
    this.view.setUint16(this.length, NLA_HDRLEN + bytes, LE);
    this.view.setUint16(this.length + 2, type, LE);
  }
}

function textAt(from, end) {
  let text = '';
  for (let at = from; at < end && octets[at] !== 0; at++) {
    if (octets[at] > 0x7f) refuse('text of ASCII was expected');
    text += String.fromCharCode(octets[at]);
  }
  return text;
}

const number = (from, bytes, wanted) => {
  if (bytes < wanted) refuse('an attribute is too short');
  return wanted === 2 ? view.getUint16(from, LE) : view.getUint32(from, LE);
};

/** The attributes that are wanted. One that comes again, or cannot be read, is noted. */
function familyAt(start, end, wanted) {
  const family = {};
  for (let at = start, length = 0; end - at >= NLA_HDRLEN; at += (length + 3) & ~3) {
    length = view.getUint16(at, LE);
    if (length < NLA_HDRLEN || length > end - at) refuse('a broken attribute');
    const type = view.getUint16(at + 2, LE) & NLA_TYPE_MASK;
    if (wanted[type] !== 1) continue;
    const from = at + NLA_HDRLEN;
    const bytes = length - NLA_HDRLEN;
    try {
      switch (type) {
        case numbers.familyId:
          if (family.familyId !== undefined) family.earlier = at;
          family.familyId = number(from, bytes, 2);
          break;
        case numbers.familyName:
          if (family.familyName !== undefined) family.earlier = at;
          family.familyName = textAt(from, at + length);
          break;
        case numbers.version:
          if (family.version !== undefined) family.earlier = at;
          family.version = number(from, bytes, 4);
          break;
        case numbers.hdrsize:
          if (family.hdrsize !== undefined) family.earlier = at;
          family.hdrsize = number(from, bytes, 4);
          break;
        case numbers.maxattr:
          if (family.maxattr !== undefined) family.earlier = at;
          family.maxattr = number(from, bytes, 4);
          break;
      }
    } catch (error) {
      family.malformed = error;
    }
  }
  return family;
}

/** A socket that asks the controller. */
class Controller {
  #socket = open(NETLINK_GENERIC);
  #portId = portIdOf(this.#socket);
  #writer = new Writer();
  #closed = false;
  #sending = false;
  /** What waits for an answer, by its sequence number's low bits; nothing does here. */
  #waiting = new Array(256).fill(undefined);
  #nextSequence = 1;
  #selected = { keys: [], wanted: new Uint8Array(NLA_TYPE_MASK + 1) };

  getfamily(request, { select = [], signal, timeout } = {}) {
    const wanted = this.#select(select);
    if (this.#closed) refuse('the socket is closed');
    signal?.throwIfAborted();
    if (timeout !== undefined && !(timeout > 0)) refuse('the timeout must be above 0');
    if (this.#sending) refuse('a request from inside a decoder');
    this.#writer.write(CTRL_CMD_GETFAMILY, request);
    const sequence = this.#takeSequence();
    this.#writer.view.setUint32(8, sequence, LE);
    this.#sending = true;
    try {
      return this.#answer(
        exchange(this.#socket, this.#writer.memory, 0, this.#writer.length, 1),
        sequence,
        wanted,
      );
    } finally {
      this.#sending = false;
    }
  }

  #answer(count, sequence, wanted) {
    if (count !== 1 || !isPlain()) refuse('something came beside the answer');
    const at = offsetOf(0);
    const length = lengthOf(0);
    if (length < HEADERS_BYTES || view.getUint32(at, LE) !== length) refuse('it is not one message');
    if (view.getUint32(at + 8, LE) !== sequence || view.getUint32(at + 12, LE) !== this.#portId)
      refuse('it answers something else');
    if (view.getUint16(at + 4, LE) < NLMSG_MIN_TYPE || (view.getUint16(at + 6, LE) & NLM_F_MULTI) !== 0)
      refuse('it is no reply, or not all of it');
    return familyAt(at + HEADERS_BYTES, at + length, wanted);
  }

  #takeSequence() {
    let sequence = this.#nextSequence;
    while (sequence === 0 || sequence > LAST_SEQUENCE || this.#waiting[sequence & 255] !== undefined)
      sequence = sequence >= LAST_SEQUENCE ? 1 : sequence + 1;
    this.#nextSequence = sequence + 1;
    return sequence;
  }

  #select(select) {
    const { keys, wanted } = this.#selected;
    let same = keys.length === select.length;
    for (let index = 0; same && index < keys.length; index++) same = keys[index] === select[index];
    if (same) return wanted;
    const selected = new Uint8Array(NLA_TYPE_MASK + 1);
    for (const key of select) selected[numbers[key] ?? refuse(`there is no ${key}`)] = 1;
    this.#selected = { keys: [...select], wanted: selected };
    return selected;
  }
}

function asker() {
  const controller = new Controller();
  const how = { select: ['familyId', 'familyName', 'version', 'hdrsize', 'maxattr'] };
  const request = { familyName: 'nlctrl' };
  return () => controller.getfamily(request, how);
}

function check({ familyId, familyName }) {
  if (familyId !== CONTROLLER_ID || familyName !== 'nlctrl') refuse('an unexpected family');
}

exports.sync = () => measureEachSync(asker(), check);

exports.await = () => {
  const ask = asker();
  return measureEach(() => Promise.resolve(ask()), check);
};
