// The first reply of a fresh process. A CommonJS program, as the empty one beside it: what ES modules cost is Node's.
const { writeSync } = require('node:fs');

const NLMSG_NOOP = 1;
const NETLINK_ROUTE = 0;
const NOT_OFFERED = 2;

if (process.argv[3] !== 'request') process.exit(NOT_OFFERED);
const { openSocket } = require('../../dist/index.js');
openSocket({ protocol: NETLINK_ROUTE }).requestSync({ type: NLMSG_NOOP });
writeSync(1, 'x');
