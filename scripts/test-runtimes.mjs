// One binary for every runtime: runs unit tests and a part of the host suite on the Nodes below with the addon as it was
// built, and checks that the package refuses Bun and Deno. All come from npm, into out/runtimes.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failedRun, jestResults } from './jest-results.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'out/runtimes');
const arch = process.arch === 'arm64' ? 'arm64' : 'x64';

const nodes = [22, 24, 26].map((major) => ({
  name: `node ${major}`,
  spec: `node-linux-${arch}@${major}`,
  program: 'bin/node',
}));
const others = [
  { name: 'bun', spec: `@oven/bun-linux-${arch === 'arm64' ? 'aarch64' : 'x64'}`, program: 'bin/bun' },
  { name: 'deno', spec: `@deno/linux-${arch}-glibc`, program: 'deno' },
];

/**
 * What of the unit suite meets the runtime: module loading, timers, streams and iteration, cancellation, errors. Codecs and
 * the engine compute, which a newer V8 does no differently.
 */
const unitSuites = [
  'errors',
  'exports',
  'event-coalescer',
  'generic-controller',
  'platform',
  'receive-into',
  'testing-.*',
  'families-captures',
];

/** What of the host suite shows that the runtime's libuv, Node-API and V8 do what the addon needs. */
const hostSuites = [
  'package',
  'usersock',
  'kernel',
  'datagrams',
  'overruns',
  'descriptors',
  'endings',
  'offload',
  'read-ahead',
  'transactions',
];

function run(program, args, options = {}) {
  return spawnSync(program, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20, ...options });
}

/** Installs a runtime if it is not there, and returns its program. */
function install({ name, spec, program }) {
  const home = join(folder, name.replace(' ', '-'));
  const package_ = spec.replace(/(?<=.)@.*$/, '');
  const path = join(home, 'node_modules', package_, program);
  if (existsSync(path)) return path;
  mkdirSync(home, { recursive: true });
  const args = [
    'install',
    '--prefix',
    home,
    '--ignore-scripts',
    '--no-save',
    '--no-audit',
    '--no-fund',
    spec,
  ];
  const { status, stderr } = run('npm', args);
  if (status !== 0 || !existsSync(path)) throw new Error(`npm could not install ${spec}:\n${stderr}`);
  return path;
}

function testNode(runtime, wrapper) {
  const [first, ...before] = [...wrapper, install(runtime)];
  const jest = (project, suites) => {
    const patterns = suites.map((name) => `/${project}/${name}\\.`);
    const args = [
      ...['node_modules/jest/bin/jest.js', '--colors=false', '--json', '--selectProjects', project],
      ...['--testPathPatterns', ...patterns],
    ];
    const { stdout, stderr, status } = run(first, [...before, ...args]);
    try {
      const results = jestResults(JSON.parse(stdout));
      if (results.failures.length > 0) console.error(stderr);
      return results;
    } catch {
      console.error(stderr);
      return failedRun(`jest ended with status ${status} and without a report`);
    }
  };
  const results = [jest('unit', unitSuites), jest('host', hostSuites)];
  return {
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failures: results.flatMap(({ failures }) => failures),
  };
}

/** The package can be imported there, and opening a socket says what is the matter. */
function testOther(runtime) {
  const program = install(runtime);
  const source = `
    import { createRequire } from 'node:module';
    const { cString, NetlinkError, openSocket } = createRequire(import.meta.url)(${JSON.stringify(root)});
    if (cString('a').length !== 2) throw new Error('the package does not work at all');
    try {
      openSocket({ protocol: 0 });
      console.log('opened');
    } catch (error) {
      console.log(error instanceof NetlinkError, error.code, error.message);
    }
  `;
  const file = join(folder, 'other.mjs');
  const args = runtime.name === 'deno' ? ['run', '--allow-all', file] : [file];
  writeFileSync(file, source);
  const { stdout, stderr, status } = run(program, args);
  const expected = new RegExp(`^true ERR_NETLINK_UNSUPPORTED ${runtime.name}`, 'i');
  if (status === 0 && expected.test(stdout)) return { passed: 1, failures: [] };
  console.error(`${runtime.name}: status ${status}\n${stdout}${stderr}`);
  return { passed: 0, failures: [`status ${status} instead of ERR_NETLINK_UNSUPPORTED`] };
}

/** Installs every runtime, which takes the network that the tests then do without. */
export function installRuntimes() {
  for (const runtime of [...nodes, ...others]) install(runtime);
}

/** The results over all runtimes. */
export function testRuntimes(wrapper) {
  const total = { passed: 0, failures: [], skips: [] };
  for (const [runtimes, test] of [
    [nodes, testNode],
    [others, testOther],
  ]) {
    for (const runtime of runtimes) {
      const { passed, failures } = test(runtime, wrapper);
      console.log(`  ${runtime.name}: ${passed} passed, ${failures.length} failed`);
      total.passed += passed;
      total.failures.push(...failures.map((failure) => `${runtime.name}: ${failure}`));
    }
  }
  return total;
}
