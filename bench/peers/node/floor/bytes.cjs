'use strict';
// Netlink messages as bytes, made once and before anything is timed.
const NLM_F_REQUEST = 1;
const HEADER_BYTES = 16;
const padded = (bytes) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);

exports.attribute = (type, value) => {
  const header = Buffer.alloc(4);
  header.writeUInt16LE(header.length + value.length, 0);
  header.writeUInt16LE(type, 2);
  return padded(Buffer.concat([header, value]));
};

/** A message of these parts. Its sequence number is 1, and stays. */
exports.message = (type, flags, ...parts) => {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16LE(type, 4);
  header.writeUInt16LE(NLM_F_REQUEST | flags, 6);
  header.writeUInt32LE(1, 8);
  const whole = padded(Buffer.concat([header, ...parts]));
  whole.writeUInt32LE(whole.length, 0);
  return whole;
};

/** The messages one after the other, in memory that a native call takes. */
exports.memory = (...messages) => new Uint8Array(Buffer.concat(messages)).buffer;
