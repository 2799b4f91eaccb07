'use strict';
// CTRL_CMD_GETFAMILY for nlctrl: the family's id is read where the controller always puts it, or, as a client that gives
// objects cannot do without, each request is written from an object and an object is made of each answer.
const { begin, end, measureEach, measureEachSync, options, print, rounds } = require('../measure.cjs');
const { attribute, memory, message } = require('./bytes.cjs');
const { exchange, halves, lengthOf, octets, offsetOf, open, receive, words } = require('./socket.cjs');

const NETLINK_GENERIC = 16;
const NLM_F_REQUEST = 1;
const CONTROLLER_ID = 16;
const CTRL_CMD_GETFAMILY = 3;
const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_FAMILY_NAME = 2;
const CTRL_ATTR_VERSION = 3;
const CTRL_ATTR_HDRSIZE = 4;
const CTRL_ATTR_MAXATTR = 5;
const NLA_TYPE_MASK = 0x3fff;
const HEADERS_BYTES = 20; // struct nlmsghdr and struct genlmsghdr
const LONGEST_REQUEST = 64;
const BYTES_BEFORE_ID = 36; // both headers, the name, and the id's own attribute header

const request = message(
  CONTROLLER_ID,
  0,
  Buffer.from([CTRL_CMD_GETFAMILY, 1, 0, 0]),
  attribute(CTRL_ATTR_FAMILY_NAME, Buffer.from('nlctrl\0')),
);
const idOf = (index) => halves[(offsetOf(index) + BYTES_BEFORE_ID) >> 1];

function check(id) {
  if (id !== CONTROLLER_ID) throw new Error('an unexpected family');
}

function asker() {
  const socket = open(NETLINK_GENERIC);
  const bytes = memory(request);
  return () => {
    exchange(socket, bytes, 0, bytes.byteLength, 1);
    return idOf(0);
  };
}

exports.sync = () => measureEachSync(asker(), check);

exports.await = () => {
  const ask = asker();
  // A promise is what any awaited call costs, if it is settled at once.
  return measureEach(() => Promise.resolve(ask()), check);
};

/** Requests as bytes, written anew each time. */
class Writer {
  constructor(count) {
    this.memory = new ArrayBuffer(count * LONGEST_REQUEST);
    this.octets = new Uint8Array(this.memory);
    this.words = new Int32Array(this.memory);
    this.halves = new Uint16Array(this.memory);
    this.sequence = 0;
  }

  /** Writes a request behind `start`, and gives where it ends. */
  write(start, { familyName }) {
    const word = start >> 2;
    const half = start >> 1;
    const text = start + HEADERS_BYTES + 4;
    const length = familyName.length;
    for (let index = 0; index < length; index++) this.octets[text + index] = familyName.charCodeAt(index);
    this.octets[text + length] = 0;
    const end = (text + length + 4) & ~3;
    this.words[word] = end - start;
    this.halves[half + 2] = CONTROLLER_ID;
    this.halves[half + 3] = NLM_F_REQUEST;
    this.words[word + 2] = ++this.sequence;
    this.words[word + 3] = 0;
    this.words[word + 4] = CTRL_CMD_GETFAMILY | (1 << 8);
    this.halves[half + 10] = length + 5;
    this.halves[half + 11] = CTRL_ATTR_FAMILY_NAME;
    return end;
  }
}

function textAt(from, end) {
  let text = '';
  for (let at = from; at < end && octets[at] !== 0; at++) text += String.fromCharCode(octets[at]);
  return text;
}

/** The five attributes that the benchmark selects, of answer `index`. */
function familyOf(index) {
  const start = offsetOf(index);
  const end = start + lengthOf(index);
  let familyId = 0;
  let familyName = '';
  let version = 0;
  let hdrsize = 0;
  let maxattr = 0;
  for (let at = start + HEADERS_BYTES, length = 0; end - at >= 4; at += (length + 3) & ~3) {
    length = halves[at >> 1];
    if (length < 4 || length > end - at) throw new Error('a broken attribute');
    const type = halves[(at >> 1) + 1] & NLA_TYPE_MASK;
    if (type === CTRL_ATTR_FAMILY_NAME) familyName = textAt(at + 4, at + length);
    else if (type === CTRL_ATTR_FAMILY_ID && length >= 6) familyId = halves[(at >> 1) + 2];
    else if (type === CTRL_ATTR_VERSION && length >= 8) version = words[(at >> 2) + 1];
    else if (type === CTRL_ATTR_HDRSIZE && length >= 8) hdrsize = words[(at >> 2) + 1];
    else if (type === CTRL_ATTR_MAXATTR && length >= 8) maxattr = words[(at >> 2) + 1];
  }
  return { familyId, familyName, version, hdrsize, maxattr };
}

const asked = { familyName: 'nlctrl' };

function checkFamily({ familyId, familyName }) {
  check(familyId);
  if (familyName !== 'nlctrl') throw new Error('an unexpected family');
}

function objectAsker() {
  const socket = open(NETLINK_GENERIC);
  const writer = new Writer(1);
  return () => {
    exchange(socket, writer.memory, 0, writer.write(0, asked), 1);
    return familyOf(0);
  };
}

exports['sync-object'] = () => measureEachSync(objectAsker(), checkFamily);

exports['await-object'] = () => {
  const ask = objectAsker();
  return measureEach(() => Promise.resolve(ask()), checkFamily);
};

/** Gives `take` the number of each answer to the requests that lie in the bytes. */
function exchangeAll(socket, bytes, length, take) {
  let missing = options.size;
  let received = exchange(socket, bytes, 0, length, missing);
  for (;;) {
    for (let index = 0; index < received; index++) take(index);
    missing -= received;
    if (missing === 0) return;
    received = receive(socket, missing);
  }
}

function measureBatches(ask) {
  for (const round of rounds()) {
    const sample = begin();
    let done = 0;
    for (; done < round.count; done += options.size) ask();
    end(sample);
    if (round.reported) print(sample, done);
  }
}

exports.batch = () => {
  const socket = open(NETLINK_GENERIC);
  const bytes = memory(...Array(options.size).fill(request));
  measureBatches(() => exchangeAll(socket, bytes, bytes.byteLength, (index) => check(idOf(index))));
};

exports['batch-object'] = () => {
  const socket = open(NETLINK_GENERIC);
  const writer = new Writer(options.size);
  measureBatches(() => {
    let length = 0;
    for (let index = 0; index < options.size; index++) length = writer.write(length, asked);
    const families = [];
    exchangeAll(socket, writer.memory, length, (index) => families.push(familyOf(index)));
    for (const family of families) checkFamily(family);
  });
};
