// One binary for every runtime: runs unit tests and a part of the host suite on the runtimes below with the addon as it was
// built. All come from npm, into out/runtimes.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failedRun, jestResults } from './jest-results.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'out/runtimes');
const arch = process.arch === 'arm64' ? 'arm64' : 'x64';

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

/** Other engines, other event loops, other implementations of Node's modules: the whole unit suite, and more of the host's. */
const foreign = {
  unit: ['.*'],
  host: [
    ...hostSuites.filter((name) => name !== 'package'),
    'blocking',
    'event-streams',
    'families-route',
    'native-arguments',
  ],
};

/** Beginnings of the names of tests that ask for what only Node does; docs/runtimes.md says the same to users. */
const nodeOnly = {
  // process.memoryUsage() counts no ArrayBuffers there, or later.
  memory: ['receiving into memory makes no memory of a message’s size'],
  // Stacks have other frames after an await, and a program whose reader closed the pipe ends with another status. The page
  // of the families and the bench's results are written, and compared, by Node.
  engine: [
    'the stack begins at the caller',
    'an error shown by console.log',
    '.*ends quietly when its output is closed',
    'docs/families.md, which says what was exercised',
    'a run is written as one line for each program',
  ],
  // Deno's own workers leave descriptors for a while, and print what they throw. Other tests count sockets and threads.
  workers: [
    'a worker that alone loaded the addon ends with sockets open and polled',
    'workers with traffic flowing (terminated|throws|process.exit|50 at once)$',
    'closing it ends its thread, in workers too, and lets the process end',
  ],
};

const node = (major) => ({
  name: `node ${major}`,
  spec: `node-linux-${arch}@${major}`,
  program: 'bin/node',
  args: [],
  unit: unitSuites,
  host: hostSuites,
  without: [],
});

const runtimes = [
  ...[22, 24, 26].map(node),
  {
    ...node(26),
    name: 'node 26 waiting by a thread',
    unit: [],
    host: foreign.host,
    env: { NODE_OPTIONS: `--require=${join(root, 'scripts/use-thread-loop.cjs')}` },
  },
  {
    name: 'bun',
    spec: `@oven/bun-linux-${arch === 'arm64' ? 'aarch64' : 'x64'}`,
    program: 'bin/bun',
    args: [],
    ...foreign,
    without: [...nodeOnly.memory, ...nodeOnly.engine],
  },
  {
    name: 'deno',
    spec: `@deno/linux-${arch}-glibc`,
    program: 'deno',
    args: ['run', '--allow-all'],
    ...foreign,
    without: [...nodeOnly.memory, ...nodeOnly.engine, ...nodeOnly.workers],
  },
];

function run(program, args, options = {}) {
  return spawnSync(program, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20, ...options });
}

/** Installs a runtime if it is not there, and returns its program. */
export function installRuntime({ name, spec, program, flags = [] }) {
  const home = join(folder, name.split(' ').slice(0, 2).join('-'));
  const package_ = spec.replace(/(?<=.)@.*$/, '');
  const path = join(home, 'node_modules', package_, program);
  if (existsSync(path)) return path;
  mkdirSync(home, { recursive: true });
  const options = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund', ...flags];
  const { status, stderr } = run('npm', ['install', '--prefix', home, ...options, spec]);
  if (status !== 0 || !existsSync(path)) throw new Error(`npm could not install ${spec}:\n${stderr}`);
  return path;
}

function test(runtime, wrapper) {
  const { args, unit, host, without, env } = runtime;
  const [first, ...before] = [...wrapper, installRuntime(runtime), ...args];
  const jest = (project, suites) => {
    const patterns = suites.map((name) => `/${project}/${name}\\.`);
    const jestArgs = [
      ...['node_modules/jest/bin/jest.js', '--colors=false', '--json', '--selectProjects', project],
      // In one process: jest's own workers are no part of what is tried.
      '--runInBand',
      ...(without.length > 0 ? ['--testNamePattern', `^(?!${without.join('|')})`] : []),
      ...['--testPathPatterns', ...patterns],
    ];
    const { stdout, stderr, status } = run(first, [...before, ...jestArgs], {
      env: { ...process.env, ...env },
    });
    try {
      const results = jestResults(JSON.parse(stdout));
      if (results.failures.length > 0) console.error(stderr);
      return results;
    } catch {
      console.error(stderr);
      return failedRun(`jest ended with status ${status} and without a report`);
    }
  };
  const results = [...(unit.length > 0 ? [jest('unit', unit)] : []), jest('host', host)];
  return {
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failures: results.flatMap(({ failures }) => failures),
  };
}

/** How each runtime is started, for bench/runtimes.mjs. */
export function runtimeCommands() {
  return runtimes.map((runtime) => {
    const { name, args, env } = runtime;
    return { name, command: [installRuntime(runtime), ...args], env };
  });
}

/** Installs every runtime, which takes the network that the tests then do without. */
export function installRuntimes() {
  for (const runtime of runtimes) installRuntime(runtime);
}

/** The results over all runtimes. */
export function testRuntimes(wrapper) {
  const total = { passed: 0, failures: [], skips: [] };
  for (const runtime of runtimes) {
    const { passed, failures } = test(runtime, wrapper);
    console.log(`  ${runtime.name}: ${passed} passed, ${failures.length} failed`);
    total.passed += passed;
    total.failures.push(...failures.map((failure) => `${runtime.name}: ${failure}`));
  }
  return total;
}
