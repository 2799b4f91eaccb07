'use strict';
// Echo of a text with another process, or with the kernel module (port 0).
const { measureEachSync, options } = require('../measure.cjs');
const { memory, message } = require('./bytes.cjs');
const { lengthOf, open, sendAndWait } = require('./socket.cjs');

const NLMSG_MIN_TYPE = 0x10;

exports.sync = () => {
  const socket = open(options.protocol, true);
  const text = Buffer.alloc(options.size, 'x');
  text[options.size - 1] = 0;
  const bytes = memory(message(NLMSG_MIN_TYPE, 0, text));
  measureEachSync(
    () => {
      sendAndWait(socket, bytes, options.port);
      return lengthOf(0);
    },
    (length) => {
      if (length < bytes.byteLength) throw new Error(`${length} bytes came back`);
    },
  );
};
