'use strict';
// CTRL_CMD_GETFAMILY for nlctrl: the family's id is read where the controller always puts it.
const { begin, end, measureEach, measureEachSync, options, print, rounds } = require('../measure.cjs');
const { attribute, memory, message } = require('./bytes.cjs');
const { exchange, halves, offsetOf, open, receive } = require('./socket.cjs');

const NETLINK_GENERIC = 16;
const CONTROLLER_ID = 16;
const CTRL_CMD_GETFAMILY = 3;
const CTRL_ATTR_FAMILY_NAME = 2;
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

function batcher() {
  const socket = open(NETLINK_GENERIC);
  const bytes = memory(...Array(options.size).fill(request));
  return () => {
    let missing = options.size;
    let received = exchange(socket, bytes, 0, bytes.byteLength, missing);
    for (;;) {
      for (let index = 0; index < received; index++) check(idOf(index));
      missing -= received;
      if (missing === 0) return;
      received = receive(socket, missing);
    }
  };
}

exports.batch = () => {
  const ask = batcher();
  for (const round of rounds()) {
    const sample = begin();
    let done = 0;
    for (; done < round.count; done += options.size) ask();
    end(sample);
    if (round.reported) print(sample, done);
  }
};
