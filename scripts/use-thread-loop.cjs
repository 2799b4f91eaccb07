// Preloaded by tests (NODE_OPTIONS=--require=…): sockets are watched by a thread, as in runtimes without libuv. The package itself
// has no such switch.
const { dlopen } = process;

process.dlopen = function (module, ...rest) {
  dlopen.call(process, module, ...rest);
  module.exports.useThreadLoop?.(setImmediate);
};
