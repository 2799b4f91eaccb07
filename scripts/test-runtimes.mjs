// One binary for every runtime: runs unit tests and a part of the host suite on the Nodes below with the addon as it was
// built, and checks that Bun and Deno are told that they are not supported. All come from npm, into out/runtimes.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

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

/** What of the host suite shows that the runtime's libuv, Node-API and V8 do what the addon needs. */
const hostSuites = [
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
  const jest = (project, ...patterns) => {
    const args = ['node_modules/jest/bin/jest.js', '--colors=false', '--json', '--selectProjects', project];
    if (patterns.length > 0) args.push('--testPathPatterns', ...patterns);
    const { stdout, stderr } = run(first, [...before, ...args]);
    try {
      const { numPassedTests, numFailedTests, testResults } = JSON.parse(stdout);
      const crashed = testResults.filter(
        ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
      );
      if (numFailedTests + crashed.length > 0) console.error(stderr);
      return { passed: numPassedTests, failed: numFailedTests + crashed.length };
    } catch {
      console.error(stderr);
      return { passed: 0, failed: 1 };
    }
  };
  const counts = [jest('unit'), jest('host', ...hostSuites.map((name) => `/${name}`))];
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
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
  if (status === 0 && expected.test(stdout)) return { passed: 1, failed: 0 };
  console.error(`${runtime.name}: status ${status}\n${stdout}${stderr}`);
  return { passed: 0, failed: 1 };
}

/** Installs every runtime, which takes the network that the tests then do without. */
export function installRuntimes() {
  for (const runtime of [...nodes, ...others]) install(runtime);
}

/** The counts over all runtimes. */
export function testRuntimes(wrapper) {
  const total = { passed: 0, failed: 0, skips: [] };
  for (const [runtimes, test] of [
    [nodes, testNode],
    [others, testOther],
  ]) {
    for (const runtime of runtimes) {
      const { passed, failed } = test(runtime, wrapper);
      console.log(`  ${runtime.name}: ${passed} passed, ${failed} failed`);
      total.passed += passed;
      total.failed += failed;
    }
  }
  return total;
}
