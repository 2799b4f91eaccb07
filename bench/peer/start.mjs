// The first reply of a fresh process.
import { writeSync } from 'node:fs';
import { openSocket } from '../../dist/index.js';

const NLMSG_NOOP = 1;
const NETLINK_ROUTE = 0;

export const offered = {
  request() {
    openSocket({ protocol: NETLINK_ROUTE }).requestSync({ type: NLMSG_NOOP });
    writeSync(1, 'x');
  },
};
