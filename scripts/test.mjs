// npm test [-- SUITE…]: sets up, then runs every suite or those named (see below: suites).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { Writable } from 'node:stream';
import { lost, places } from './families-table.mjs';
import { failedRun, jestResults } from './jest-results.mjs';
import { prepareNetdevsim } from './netdevsim.mjs';
import { installRuntimes, testRuntimes } from './test-runtimes.mjs';
import { testSanitized } from './test-sanitize.mjs';
import { buildTests, report, root, setUp } from './setup.mjs';

const jest = [process.execPath, 'node_modules/jest/bin/jest.js', '--colors=false'];
/** Milliseconds after which a suite is taken to hang: a busy machine takes several times its usual minutes. */
const hang = 90 * 60_000;
const results = `${root}out/results`;
const exercised = `${root}out/exercised`;

/** What the report in `file` says of a run that ended with `status`; a runner that ended badly is a failure all the same. */
function resultsOf(file, status) {
  if (!existsSync(file)) return failedRun(`jest ended with status ${status} and without a report`);
  const counted = jestResults(JSON.parse(readFileSync(file, 'utf8')));
  if (status === 0 || counted.failures.length > 0) return counted;
  return { ...counted, failures: [`jest ended with status ${status}, though no test failed`] };
}

function jestOnHost(project, { wrapper = [], name = project, more = [], env = {} } = {}) {
  const file = `${results}/${name}.json`;
  const [program, ...args] = [
    ...wrapper,
    ...jest,
    '--selectProjects',
    project,
    '--json',
    `--outputFile=${file}`,
    ...more,
  ];
  const run = spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
    // A test that hangs may leave a process that jest waits for without end.
    timeout: hang,
    killSignal: 'SIGKILL',
  });
  if (run.error && run.error.code !== 'ETIMEDOUT') throw run.error;
  return resultsOf(file, run.status ?? run.signal);
}

// A network of its own, with the loopback up, so that nothing reaches this machine's.
const privateNetwork = [
  'unshare',
  ...(process.getuid() === 0 ? [] : ['--user', '--map-root-user']),
  '--net',
  ...['sh', '-c', 'ip link set lo up && exec "$@"', 'sh'],
];

async function jestInGuest(kernel, more) {
  const { prepareGuest, runInGuest } = await import('../dist/vm/index.js');
  const file = `${results}/guest-${kernel}.json`;
  let result;
  try {
    const guest = await prepareGuest({ kernel, onProgress: report });
    result = await runInGuest({
      guest,
      modules: [{ path: `${root}examples/own-protocol` }],
      command: [...jest, '--selectProjects', 'vm', '--runInBand', '--json', `--outputFile=${file}`, ...more],
      env: { ...process.env, AFNETLINK_PLACE: `guest ${kernel}`, ...(await devices(kernel, guest)) },
      cwd: root,
      writable: [results, exercised],
      bootTimeout: 10 * 60_000,
      timeout: hang,
      stdout: new Writable({ write: (chunk, encoding, done) => done() }),
      onProgress: report,
    });
  } catch (error) {
    // Only the newest kernel may be out of reach: it comes from a suite whose packages move.
    if (kernel !== 'newest' || error.code !== 'ERR_VM_KERNEL_UNAVAILABLE') throw error;
    return { passed: 0, failures: [], skips: [`the whole suite: ${error.message}`] };
  }
  if (result.message !== undefined) console.error(`guest ${kernel}: ${result.message}`);
  return resultsOf(file, result.status);
}

/** The simulated device of a guest: families that want hardware are tried on it. */
async function devices(series, { kernel }) {
  if (series === '6.12') return {};
  return { AFNETLINK_NETDEVSIM: await prepareNetdevsim(series, kernel, report) };
}

/** The fuzzer for a minute: a target with a finding has failed. */
function fuzz() {
  const file = `${results}/fuzz.json`;
  const program = ['--expose-gc', `${root}out/test/fuzz/run.js`, '--seconds', '60', '--json', file];
  const { status, signal } = spawnSync(process.execPath, program, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 10 * 60_000,
    killSignal: 'SIGKILL',
  });
  if (!existsSync(file)) return failedRun(`the fuzzer ended with status ${status ?? signal}`);
  const targets = JSON.parse(readFileSync(file, 'utf8'));
  const failures = targets.flatMap(({ finding }) => finding ?? []);
  return { passed: targets.length - failures.length, failures, skips: [] };
}

// What the module does differs from kernel to kernel; the rest of the guest's suites is about tools, and
// about families: the newest kernel has the most of these.
const module = 'echo|vm/peer.test|vm/ring|kernel-to-kernel';

const suites = {
  unit: () => jestOnHost('unit'),
  fuzz,
  host: async () => {
    // It boots guests, and its private network reaches no archive to download what they need from.
    const { prepareGuest } = await import('../dist/vm/index.js');
    await prepareGuest({ onProgress: report });
    return jestOnHost('host', { wrapper: privateNetwork });
  },
  sanitized: () =>
    testSanitized((name, more, env) => jestOnHost('host', { wrapper: privateNetwork, name, more, env })),
  runtimes: () => {
    installRuntimes();
    return testRuntimes(privateNetwork);
  },
  'guest 6.1': () => jestInGuest('6.1', ['--testPathIgnorePatterns=/vm/newest/']),
  'guest 6.12': () => jestInGuest('6.12', [`--testPathPatterns=${module}`]),
  'guest newest': () => jestInGuest('newest', [`--testPathPatterns=${module}|vm/families|vm/newest/`]),
};

const bootsGuests = (suite) => suite === 'host' || suite.startsWith('guest ');

/** How often each reason came: a skipped test's name ends with its own, in parentheses. */
function reasons(skips) {
  const counts = new Map();
  for (const skip of skips) {
    const reason = / \(((?:[^()]|\([^()]*\))*)\)$/.exec(skip)?.[1] ?? skip;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return counts;
}

const minutes = (since) => ((Date.now() - since) / 60_000).toFixed(1);

async function main(names) {
  const unknown = names.filter((name) => !(name in suites));
  if (unknown.length > 0)
    throw new Error(`no such suite: ${unknown.join(', ')} (there are ${Object.keys(suites).join(', ')})`);
  const started = Date.now();
  const chosen = names.length > 0 ? names : Object.keys(suites);
  setUp('test', ...(chosen.some(bootsGuests) ? ['guest'] : []));
  buildTests();
  for (const folder of [results, exercised]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  console.log(`set-up: ${minutes(started)} min`);

  const total = { passed: 0, skipped: 0 };
  const failures = [];
  const complete = [];
  for (const name of chosen) {
    const begin = Date.now();
    const { passed, failures: failed, skips } = await runSuite(name);
    for (const [reason, number] of reasons(skips)) console.log(`  ${number} skipped: ${reason}`);
    for (const failure of failed) console.log(`  failed: ${failure}`);
    console.log(
      `${name}: ${passed} passed, ${failed.length} failed, ${skips.length} skipped (${minutes(begin)} min)`,
    );
    if (passed > 0 && places.includes(name)) complete.push(name);
    total.passed += passed;
    total.skipped += skips.length;
    failures.push(...failed.map((failure) => `${name}: ${failure}`));
  }
  failures.push(...lost(complete).map((line) => `families: ${line}`));
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  const counts = `${total.passed} passed, ${failures.length} failed${skipped}`;
  console.log(counts);
  // Once more at the very end, where a long log is read first; what reads the counts wants them last.
  if (failures.length > 0) console.log([...failures, counts].join('\n'));
  return failures.length === 0 && total.passed > 0;
}

async function runSuite(name) {
  try {
    return await suites[name]();
  } catch (error) {
    return failedRun(error.message);
  }
}

main(process.argv.slice(2)).then(
  (green) => {
    process.exitCode = green ? 0 : 1;
  },
  (error) => {
    console.error(`npm test: ${error.message}\n0 passed, 1 failed`);
    process.exitCode = 1;
  },
);
