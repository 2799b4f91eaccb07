// The host suite, and what the leak tests do, against an addon built with AddressSanitizer and UndefinedBehaviorSanitizer,
// and without `-z nodelete`, which would hide a missing cleanup hook. A finding ends a process with a status of its own.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const addon = (variant) => join(root, `out/native-${variant}/build/Release/afnetlink.node`);

function run(program, args, env = {}) {
  const { status, signal, error } = spawnSync(program, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (status === 0) return;
  console.error(`test-sanitize: ${program} ended with ${error?.message ?? signal ?? `status ${status}`}`);
  process.exit(1);
}

/** The runtime library of the compiler that built the addon: node itself is not instrumented, so it must come first. */
function runtimeLibraries() {
  const compiler = process.env.CXX ?? 'g++';
  return ['libasan.so', 'libubsan.so'].map((name) => {
    const { stdout } = spawnSync(compiler, [`-print-file-name=${name}`], { encoding: 'utf8' });
    const path = stdout?.trim() ?? '';
    if (existsSync(path)) return path;
    console.error(`test-sanitize: ${compiler} has no ${name}`);
    return process.exit(1);
  });
}

const suites = process.argv.slice(2);
const jest = [
  'node_modules/jest/bin/jest.js',
  '--selectProjects',
  'host',
  '--runInBand',
  '--testPathPatterns',
  ...(suites.length > 0
    ? suites
    : [
        'usersock',
        'kernel',
        'options',
        'filter',
        'datagrams',
        'overruns',
        'senders',
        'descriptors',
        'offload',
        'endings',
      ]),
];

run(process.execPath, ['scripts/build-native.mjs', '--variant', 'unload']);
run(process.execPath, [...jest, '--testNamePattern', 'worker'], { AFNETLINK_ADDON: addon('unload') });

run(process.execPath, ['scripts/build-native.mjs', '--variant', 'sanitize']);
run(process.execPath, jest, {
  AFNETLINK_ADDON: addon('sanitize'),
  LD_PRELOAD: runtimeLibraries().join(' '),
  // V8 keeps what it allocated until the process ends: leaks are counted by the leak tests instead.
  ASAN_OPTIONS: 'detect_leaks=0:exitcode=99:abort_on_error=0',
  UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1:exitcode=98',
});
