// The first reply of a fresh process. A CommonJS program, as the empty one beside it: what ES modules cost is Node's.
const { writeSync } = require('node:fs');

const NOT_OFFERED = 2;

if (process.argv[3] !== 'request') process.exit(NOT_OFFERED);
const { openFamily } = require('../../dist/index.js');
const { nlctrlFamily } = require('../../dist/families/nlctrl.js');
openFamily(nlctrlFamily).then((controller) => {
  controller.doSync.getfamily({ familyName: 'nlctrl' });
  writeSync(1, 'x');
});
