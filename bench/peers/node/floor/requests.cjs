'use strict';
// CTRL_CMD_GETFAMILY for nlctrl: the family's id is read where the controller always puts it, or, as a client that gives
// objects cannot do without, each request is written from an object and an object is made of each answer.
const { begin, end, measureEach, measureEachSync, options, print, rounds } = require('../measure.cjs');
const { attribute, memory, message } = require('./bytes.cjs');
const { familyOf, wholeFamilyOf } = require('./families.cjs');
const { exchange, halves, offsetOf, open, receive } = require('./socket.cjs');

const NETLINK_GENERIC = 16;
const NLM_F_REQUEST = 1;
const CONTROLLER_ID = 16;
const CTRL_CMD_GETFAMILY = 3;
const CTRL_ATTR_FAMILY_NAME = 2;
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

const asked = { familyName: 'nlctrl' };

function checkFamily({ familyId, familyName }) {
  check(familyId);
  if (familyName !== 'nlctrl') throw new Error('an unexpected family');
}

function objectAsker(objectOf) {
  const socket = open(NETLINK_GENERIC);
  const writer = new Writer(1);
  return () => {
    exchange(socket, writer.memory, 0, writer.write(0, asked), 1);
    return objectOf(0);
  };
}

const synchronous = (objectOf) => () => measureEachSync(objectAsker(objectOf), checkFamily);

const awaited = (objectOf) => () => {
  const ask = objectAsker(objectOf);
  return measureEach(() => Promise.resolve(ask()), checkFamily);
};

exports['sync-object'] = synchronous(familyOf);
exports['sync-whole'] = synchronous(wholeFamilyOf);
exports['await-object'] = awaited(familyOf);
exports['await-whole'] = awaited(wholeFamilyOf);

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

const inBatches = (objectOf) => () => {
  const socket = open(NETLINK_GENERIC);
  const writer = new Writer(options.size);
  measureBatches(() => {
    let length = 0;
    for (let index = 0; index < options.size; index++) length = writer.write(length, asked);
    const families = [];
    exchangeAll(socket, writer.memory, length, (index) => families.push(objectOf(index)));
    for (const family of families) checkFamily(family);
  });
};

exports['batch-object'] = inBatches(familyOf);
exports['batch-whole'] = inBatches(wholeFamilyOf);
