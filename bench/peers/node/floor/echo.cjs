'use strict';
// Echo of a text with another process, or with the kernel module (port 0).
const { measureEachSync, options } = require('../measure.cjs');
const { memory, message } = require('./bytes.cjs');
const { lengthOf, octets, offsetOf, open, sendAndWait } = require('./socket.cjs');

const NLMSG_HDRLEN = 16;
const NLMSG_MIN_TYPE = 0x10;

const measureEchoes = (take) => () => {
  const socket = open(options.protocol, true);
  const text = Buffer.alloc(options.size, 'x');
  text[options.size - 1] = 0;
  const bytes = memory(message(NLMSG_MIN_TYPE, 0, text));
  measureEachSync(
    () => {
      sendAndWait(socket, bytes, options.port);
      return take();
    },
    (length) => {
      if (length < options.size) throw new Error(`${length} bytes came back`);
    },
  );
};

exports.sync = measureEchoes(() => lengthOf(0) - NLMSG_HDRLEN);

/** Gives the text as bytes that last, as a client does that was given no memory for them. */
exports['sync-kept'] = measureEchoes(() => {
  const start = offsetOf(0);
  return octets.slice(start + NLMSG_HDRLEN, start + lengthOf(0)).length;
});
