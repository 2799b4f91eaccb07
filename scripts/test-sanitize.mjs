// The host suite, and what the leak tests do, against an addon built with AddressSanitizer and UndefinedBehaviorSanitizer,
// and without `-z nodelete`, which would hide a missing cleanup hook. A finding ends a process with a status of its own.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const addon = (variant) => join(root, `out/native-${variant}/build/Release/afnetlink.node`);

/** Has every process of the tests load this build. */
const useAddon = (variant) => ({
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require=${join(root, 'scripts/use-addon.cjs')}`,
  TEST_ADDON: addon(variant),
});

/** The runtime library of the compiler that built the addon: node itself is not instrumented, so it must come first. */
function runtimeLibraries() {
  const compiler = process.env.CXX ?? 'g++';
  return ['libasan.so', 'libubsan.so'].map((name) => {
    const { stdout } = spawnSync(compiler, [`-print-file-name=${name}`], { encoding: 'utf8' });
    const path = stdout?.trim() ?? '';
    if (existsSync(path)) return path;
    throw new Error(`${compiler} has no ${name}, which comes with g++`);
  });
}

const suites = [
  'usersock',
  'kernel',
  'options',
  'filter',
  'datagrams',
  'overruns',
  'senders',
  'descriptors',
  'offload',
  'read-ahead',
  'endings',
  'blocking',
  'native-arguments',
];

function build(variant) {
  const { status } = spawnSync(process.execPath, ['scripts/build-native.mjs', '--variant', variant], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`the addon could not be built: variant ${variant}`);
}

/**
 * Runs the suites with both variants. `jest(name, args, env)` runs jest and returns its results.
 */
export function testSanitized(jest) {
  const patterns = ['--runInBand', '--testPathPatterns', ...suites.map((name) => `/${name}`)];
  build('unload');
  build('sanitize');
  const unload = jest('unload', [...patterns, '--testNamePattern', 'worker'], {
    ...useAddon('unload'),
  });
  const sanitize = jest('sanitize', patterns, {
    ...useAddon('sanitize'),
    LD_PRELOAD: runtimeLibraries().join(' '),
    // V8 keeps what it allocated until the process ends: leaks are counted by the leak tests instead.
    ASAN_OPTIONS: 'detect_leaks=0:exitcode=99:abort_on_error=0',
    UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1:exitcode=98',
  });
  return {
    passed: unload.passed + sanitize.passed,
    failures: [
      ...unload.failures.map((failure) => `without nodelete: ${failure}`),
      ...sanitize.failures.map((failure) => `with sanitizers: ${failure}`),
    ],
    skips: [],
  };
}
