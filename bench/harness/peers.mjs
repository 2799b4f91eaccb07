// The programs that are measured, and how each one is built. bench/README.md says what they answer.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bench = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(bench, 'peers');
/** What is built, and what a run leaves behind. */
export const out = join(dirname(bench), 'out', 'bench');
const built = (...parts) => join(out, ...parts);

const WARNINGS = ['-std=gnu2x', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra', '-Werror'];

function compileC(program, files, ...libraries) {
  const paths = ['bench.c', ...files].map((file) => join(sources, 'c', file));
  run('gcc', [...WARNINGS, '-isystem', '/usr/include/libnl3', '-o', built(program), ...paths, ...libraries]);
}

function run(command, args, options = {}) {
  try {
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], ...options });
  } catch (error) {
    const reason = String(error.stderr ?? '').trim() || error.message;
    throw new Error(`${command}: ${reason.split('\n').slice(-3).join(' ').slice(0, 300)}`, { cause: error });
  }
}

const goPath = '/usr/share/gocode';
function compileGo(name) {
  run('go', ['build', '-o', built(`go-${name}`), `./go/${name}`], {
    cwd: sources,
    env: { ...process.env, GO111MODULE: 'off', GOFLAGS: '', GOPATH: `${join(sources, 'go')}:${goPath}` },
  });
}

let rustBuilt = false;
function compileRust() {
  if (rustBuilt) return;
  run('cargo', ['build', '--release', '--offline', '--target-dir', built('rust')], {
    cwd: join(sources, 'rust'),
  });
  rustBuilt = true;
}

// npm's package lives outside of the sources, so that the project's own dependencies stay what they are.
function installNetlink() {
  mkdirSync(built('node'), { recursive: true });
  for (const file of ['package.json', 'netlink.cjs', 'measure.cjs'])
    cpSync(join(sources, 'node', file), built('node', file));
  if (existsSync(built('node', 'node_modules', 'netlink'))) return;
  run('npm', ['install', '--no-save', '--no-package-lock', '--ignore-scripts'], { cwd: built('node') });
}

function requireBuild() {
  if (!existsSync(join(bench, '..', 'dist', 'index.js'))) throw new Error('it is not built: npm run build');
}

const RAW_FILES = ['', '_requests', '_dump', '_routes', '_events', '_echo', '_floor'].map(
  (part) => `raw${part}.c`,
);
const LIBMNL_FILES = ['libmnl.c', 'libmnl_links.c', 'libmnl_routes.c'];

/** The C program that makes the work for the others: it fills namespaces, writes routes and answers echoes. */
export const workhorse = built('c-raw');
export const stopwatch = built('stopwatch');

/**
 * `command` is what runs; `divide` divides the operations for a program that would take minutes; `skip` names cases
 * with the reason; `start` runs instead for a cold start; `whole` gives command lines of a program that is measured from its start to its end.
 */
export const peers = [
  {
    name: 'c-raw',
    title: 'C, system calls alone',
    packages: ['gcc', 'libc6-dev', 'iproute2', 'util-linux'],
    build: () => {
      compileC('c-raw', RAW_FILES);
      compileC('stopwatch', ['stopwatch.c']);
    },
    command: [workhorse],
  },
  {
    name: 'c-libmnl',
    title: 'C, libmnl',
    packages: ['libmnl-dev'],
    build: () => compileC('c-libmnl', LIBMNL_FILES, '-lmnl'),
    command: [built('c-libmnl')],
  },
  {
    name: 'c-libnl',
    title: 'C, libnl',
    packages: ['libnl-3-dev', 'libnl-genl-3-dev', 'libnl-route-3-dev'],
    build: () => compileC('c-libnl', ['libnl.c'], '-lnl-3', '-lnl-genl-3', '-lnl-route-3'),
    command: [built('c-libnl')],
    skip: { 'dump-1m objects': 'its route cache takes more than linear time: minutes' },
  },
  {
    name: 'afnetlink',
    title: 'Node, afnetlink',
    build: requireBuild,
    command: ['node', join(bench, 'peer.mjs')],
    start: ['node', join(bench, 'peer', 'start.cjs')],
  },
  {
    name: 'node-floor',
    title: 'Node, bytes only',
    build: requireBuild,
    command: ['node', join(sources, 'node', 'floor.cjs')],
  },
  {
    name: 'rust-netlink-sys',
    title: 'Rust, netlink-sys',
    packages: ['librust-netlink-sys-dev', 'librust-rtnetlink-dev', 'librust-netlink-packet-route-dev'],
    build: compileRust,
    command: [built('rust', 'release', 'netlink-sys')],
  },
  {
    name: 'rust-rtnetlink',
    title: 'Rust, rtnetlink',
    packages: ['librust-netlink-sys-dev', 'librust-rtnetlink-dev', 'librust-netlink-packet-route-dev'],
    build: compileRust,
    command: [built('rust', 'release', 'rtnetlink')],
  },
  {
    name: 'go-mdlayher',
    title: 'Go, mdlayher/netlink',
    packages: [
      'golang-go',
      'golang-github-mdlayher-netlink-dev',
      'golang-github-mdlayher-genetlink-dev',
      'golang-github-jsimonetti-rtnetlink-dev',
    ],
    build: () => compileGo('mdlayher'),
    command: [built('go-mdlayher')],
  },
  {
    name: 'go-vishvananda',
    title: 'Go, vishvananda/netlink',
    packages: ['golang-go', 'golang-github-vishvananda-netlink-dev'],
    build: () => compileGo('vishvananda'),
    command: [built('go-vishvananda')],
  },
  {
    name: 'node-netlink',
    title: 'Node, npm netlink',
    build: installNetlink,
    command: ['node', built('node', 'netlink.cjs')],
    divide: 2,
  },
  {
    name: 'py-pyroute2',
    title: 'Python, pyroute2',
    packages: ['python3-pyroute2'],
    command: ['/usr/bin/python3', join(sources, 'py', 'peer.py')],
    divide: 20,
    skip: { 'dump-1m objects': 'it needs gigabytes and about a minute' },
  },
  {
    name: 'iproute2',
    title: 'iproute2, whole process',
    packages: ['iproute2'],
    whole: {
      'dump objects': { steps: [['', ['ip', '-4', 'route', 'show', 'table', 'all']]] },
      'links objects': { steps: [['', ['ip', '-d', '-s', 'link', 'show']]] },
      'routes batch': {
        steps: [
          ['add', ['ip', '-batch', built('routes-add')]],
          ['del', ['ip', '-batch', built('routes-del')]],
        ],
      },
    },
  },
  {
    name: 'node',
    title: 'Node, an empty program',
    command: [
      'node',
      '-e',
      "process.argv[2] === 'nothing' ? require('fs').writeSync(1, 'x') : process.exit(2)",
    ],
    only: ['start'],
  },
];

/** Installs what apt-get can, builds each, and gives those that can run and why the others cannot. */
export function preparePeers(names, { install, note }) {
  const chosen =
    names === undefined ? peers : peers.filter(({ name }) => name === 'c-raw' || names.includes(name));
  const unknown = (names ?? []).filter((name) => !peers.some((peer) => peer.name === name));
  if (unknown.length > 0) throw new Error(`no program is named ${unknown.join(' or ')}`);
  mkdirSync(out, { recursive: true });
  if (install) installPackages([...new Set(chosen.flatMap(({ packages }) => packages ?? []))], note);
  const ready = [];
  const leftOut = [];
  for (const peer of chosen) {
    try {
      peer.build?.();
      ready.push(peer);
    } catch (error) {
      leftOut.push({ peer: peer.name, reason: error.message });
    }
  }
  if (!ready.some(({ name }) => name === 'c-raw'))
    throw new Error(`the C program that makes the work could not be built: ${leftOut[0].reason}`);
  const measured = names === undefined ? ready : ready.filter(({ name }) => names.includes(name));
  return { measured, leftOut };
}

function installPackages(names, note) {
  const missing = names.filter((name) => !installedVersion(name));
  if (missing.length === 0) return;
  note(`installing ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    run('apt-get', ['update', '-qq'], { env });
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env });
  } catch (error) {
    note(`not installed: ${error.message}`); // those that need them are left out below, each with its reason
  }
}

/** The version of an installed Debian package, or undefined. */
export function installedVersion(name) {
  try {
    const answer = execFileSync('dpkg-query', ['-W', '-f', '${db:Status-Status} ${Version}', name], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [state, version] = answer.toString().split(' ');
    return state === 'installed' ? version : undefined;
  } catch {
    return undefined;
  }
}
