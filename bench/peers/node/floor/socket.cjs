'use strict';
// afnetlink's addon with nothing of its library around it: a socket, and the memory that it receives into.
const { join } = require('node:path');

const addon = { exports: {} };
process.dlopen(addon, join(__dirname, '../../../../build/Release/afnetlink.node'));
const native = addon.exports;

const SOCK_RAW = 3;
const SOL_SOCKET = 1;
const SOL_NETLINK = 270;
const NETLINK_ADD_MEMBERSHIP = 1;
const SO_RCVBUFFORCE = 33;
const RECEIVE_BYTES = 32 << 20;

// The receive ring, as lib/native/receive-ring.ts has it. A slot holds the largest echo, and its header.
const HEADER_WORDS = 16;
const RECORD_WORDS = 16;
const LENGTH = 1;
const GROUP_MASK = 5;
const PARTS = 6;
const OVERRUNS = 2;
const PENDING = 5;
const SLOT_SIZE = 64 << 10;
const SLOTS = 64;
const stride = SLOT_SIZE + 64;

const ring = new ArrayBuffer((HEADER_WORDS + SLOTS * RECORD_WORDS) * 4 + SLOTS * stride);
const words = new Int32Array(ring);
words[0] = SLOT_SIZE;
words[1] = SLOTS;

/** What was received, by units of three sizes; all count from the ring's beginning. */
exports.words = words;
exports.halves = new Uint16Array(ring);
exports.octets = new Uint8Array(ring);
exports.view = new DataView(ring);
/** Where datagram `index` of the last receive begins, in bytes. */
exports.offsetOf = (index) => words[HEADER_WORDS + index * RECORD_WORDS];
exports.lengthOf = (index) => words[HEADER_WORDS + index * RECORD_WORDS + LENGTH];

/** Whether the last receive gave nothing but a whole datagram to no group, and no word of an overrun or an error. */
exports.isPlain = () => {
  for (let word = OVERRUNS; word <= PENDING; word++) if (words[word] !== 0) return false;
  return words[HEADER_WORDS + GROUP_MASK] === 0 && words[HEADER_WORDS + PARTS] === 0;
};

function fail(call, result) {
  throw new Error(`${call} gave ${result}`);
}

/** Opens a socket, which the process keeps. `acceptForeign`: datagrams of other processes too. */
exports.open = (protocol, acceptForeign = false) => {
  const handle = native.open(SOCK_RAW, protocol, -1);
  if (handle < 0) fail('open', handle);
  const bound = native.bind(handle, 0, 0);
  if (bound < 0) fail('bind', bound);
  native.setOption(handle, SOL_SOCKET, SO_RCVBUFFORCE, new Int32Array([RECEIVE_BYTES]).buffer);
  native.setReceivePolicy(handle, false, acceptForeign);
  return handle;
};

exports.close = native.close;

/** Makes the socket hear a multicast group. */
exports.join = (handle, group) => {
  const result = native.setOption(
    handle,
    SOL_NETLINK,
    NETLINK_ADD_MEMBERSHIP,
    new Int32Array([group]).buffer,
  );
  if (result < 0) fail('setOption', result);
};

/** The port id that the kernel gave the socket. */
exports.portIdOf = (handle) => {
  const address = new Uint32Array(2);
  const result = native.localAddress(handle, address.buffer);
  if (result < 0) fail('localAddress', result);
  return address[0];
};

/**
 * Sends the bytes and receives what the kernel has queued by then, `wanted` datagrams at most, and gives how many came. One
 * native call.
 */
exports.exchange = (handle, bytes, offset, length, wanted) => {
  const count = native.exchange(handle, bytes, offset, length, ring, wanted);
  return count > 0 ? count : fail('exchange', count);
};

/** Receives what is queued, `wanted` datagrams at most, and gives how many came. */
exports.poll = (handle, wanted) => {
  const count = native.receive(handle, ring, wanted);
  return count >= 0 ? count : fail('receive', count);
};

/** The same where something must be queued. */
exports.receive = (handle, wanted) => exports.poll(handle, wanted) || fail('receive', 0);

/** Has the socket's thread receive what is queued. */
exports.readAhead = (handle) => {
  const result = native.readAhead(handle);
  if (result < 0) fail('readAhead', result);
};

/** Waits for what the thread has received, and gives how many datagrams that are. */
exports.takeAhead = (handle) => {
  for (;;) {
    const count = native.receive(handle, ring, 1);
    if (count !== 0) return count > 0 ? count : fail('receive', count);
    const waited = native.wait(handle, -1);
    if (waited < 0) fail('wait', waited);
  }
};

/** Sends the bytes to a port and waits for one datagram. Two native calls. */
exports.sendAndWait = (handle, bytes, port) => {
  const sent = native.sendTo(handle, bytes, 0, bytes.byteLength, port, 0);
  if (sent < 0) fail('sendTo', sent);
  const count = native.receiveOne(handle, ring, -1);
  if (count !== 1) fail('receiveOne', count);
};
