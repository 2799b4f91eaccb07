// Loaded before the tests of the project `thread`, and in the processes that they start: sockets are watched by a thread, as in
// runtimes without libuv.
import { native } from '#lib/native/addon';

native().useThreadLoop(setImmediate);
process.env['NODE_OPTIONS'] = `--require ${__filename}`;
