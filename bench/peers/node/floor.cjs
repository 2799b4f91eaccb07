'use strict';
// No library, but the floor of one: what Node itself costs. An operation is one call into afnetlink's addon (two for an
// echo), with bytes that were made before, and an answer that is read at a fixed place. The variants `-object` write each
// request from an object and make an object of each answer, of five attributes, or `-whole`, by code that can do nothing
// else; `-checked` does so with every check that a library for others needs, and `-kept` gives each text in memory of its own.
const { notOffered, options } = require('./measure.cjs');

const offered = {
  'request sync': () => require('./floor/requests.cjs').sync(),
  'request await': () => require('./floor/requests.cjs').await(),
  'request sync-object': () => require('./floor/requests.cjs')['sync-object'](),
  'request await-object': () => require('./floor/requests.cjs')['await-object'](),
  'request sync-whole': () => require('./floor/requests.cjs')['sync-whole'](),
  'request await-whole': () => require('./floor/requests.cjs')['await-whole'](),
  'request sync-checked': () => require('./floor/checked.cjs').sync(),
  'request await-checked': () => require('./floor/checked.cjs').await(),
  'inflight batch-object': () => require('./floor/requests.cjs')['batch-object'](),
  'inflight batch-whole': () => require('./floor/requests.cjs')['batch-whole'](),
  'inflight batch': () => require('./floor/requests.cjs').batch(),
  'dump count': () => require('./floor/dumps.cjs').routes(),
  'dump strings': () => require('./floor/dumps.cjs').strings(),
  'links count': () => require('./floor/dumps.cjs').links(),
  'routes one': () => require('./floor/routes.cjs').one(),
  'routes batch-lastack': () => require('./floor/routes.cjs')['batch-lastack'](),
  'events objects': () => require('./floor/events.cjs').objects(),
  'echo sync': () => require('./floor/echo.cjs').sync(),
  'echo sync-kept': () => require('./floor/echo.cjs')['sync-kept'](),
};

(offered[`${options.workload} ${options.variant}`] ?? notOffered)();
