// Preloaded by the sanitized tests (NODE_OPTIONS=--require=…): where the package loads its addon, another build of it is loaded,
// which TEST_ADDON names. The package itself has no such switch.
const { dlopen } = process;

process.dlopen = function (module, path, ...flags) {
  const file = path.endsWith('/afnetlink.node') ? process.env.TEST_ADDON : path;
  return dlopen.call(process, module, file, ...flags);
};
