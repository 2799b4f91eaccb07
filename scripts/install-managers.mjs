// The package managers of npm run test:install: each installs the tarball in an empty project, without a compiler.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expectLinks, makeProject, programs, run } from './install-project.mjs';
import { installRuntime } from './test-runtimes.mjs';

const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
const bunArch = arch === 'arm64' ? 'aarch64' : arch;

const node = (major) => () =>
  installRuntime({ name: `node ${major}`, spec: `node-linux-${arch}@${major}`, program: 'bin/node' });
const tool = (name, spec, program) => () => installRuntime({ name, spec, program });

const newestNode = node(26);
const npm11 = tool('npm-11', 'npm@11', 'bin/npm-cli.js');
const npm12 = tool('npm-12', 'npm@12', 'bin/npm-cli.js');
const pnpm = tool('pnpm', 'pnpm@12', 'bin/pnpm.mjs');
const yarn1 = tool('yarn-1', 'yarn@1', 'bin/yarn.js');
const yarn4 = tool('yarn-4', '@yarnpkg/cli-dist@4', 'bin/yarn.js');
const bun = () => installRuntime({ name: 'bun', spec: `@oven/bun-linux-${bunArch}`, program: 'bin/bun' });

const thisNode = () => process.execPath;
const thisNpm = () => join(dirname(process.execPath), 'npm');

const quiet = ['--no-audit', '--no-fund'];
const registry = () => execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();

/** Every program there, by a Node that starts them as `start` says, and nlctl. */
function tryPrograms(project, start, nlctl, env) {
  for (const name of Object.keys(programs)) expectLinks(project, [...start, name], env);
  const version = run(project, [...nlctl, '--version'], env);
  if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`nlctl --version printed:\n${version}`);
}

/** `install` returns the command; what it installed lies in node_modules. */
function inModules(nodeOf, install) {
  return ({ parent, tarball }) => {
    const project = makeProject(parent, { node: nodeOf() });
    const begin = performance.now();
    run(project, [...install(project, tarball)]);
    expectLinks(project, [project.node, 'links.cjs']);
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    tryPrograms(project, [project.node], ['node_modules/.bin/nlctl']);
    return `first link after ${seconds} s`;
  };
}

const npm = (nodeOf, npmOf, ...options) =>
  inModules(nodeOf, ({ node }, tarball) => [node, npmOf(), 'install', ...quiet, ...options, tarball]);

/** yarn 4 with a linker of its own or node_modules. */
function yarn(linker) {
  return ({ parent, tarball }) => {
    const project = makeProject(parent, {
      node: newestNode(),
      manifest: { dependencies: { afnetlink: `file:${tarball}` } },
    });
    writeFileSync(join(project.folder, 'yarn.lock'), '');
    const env = {
      YARN_NODE_LINKER: linker,
      YARN_PNP_ENABLE_ESM_LOADER: 'true',
      YARN_NPM_REGISTRY_SERVER: registry(),
      YARN_ENABLE_TELEMETRY: 'false',
      YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
      YARN_GLOBAL_FOLDER: join(parent, 'yarn'),
    };
    const command = [project.node, yarn4()];
    run(project, [...command, 'install'], env);
    if (existsSync(join(project.folder, 'node_modules/afnetlink')) !== (linker === 'node-modules'))
      throw new Error(`yarn did not use the linker ${linker}`);
    tryPrograms(project, [...command, 'node'], [...command, 'nlctl'], env);
  };
}

/** Its files, which nothing may write to. */
function readOnly({ parent, tarball }) {
  const project = makeProject(parent);
  run(project, [project.node, thisNpm(), 'install', ...quiet, tarball]);
  const script =
    'mount --bind node_modules node_modules && mount -o remount,ro,bind node_modules && exec "$@"';
  const mounted = ['/usr/bin/unshare', '--user', '--map-root-user', '--mount', '/bin/sh', '-c', script, 'sh'];
  const env = { PATH: process.env.PATH };
  const write = `try { require('node:fs').writeFileSync('node_modules/x', ''); console.log('written'); } catch (error) { console.log(error.code); }`;
  const refused = run(project, [...mounted, project.node, '-e', write], env);
  if (refused !== 'EROFS\n') throw new Error(`writing to node_modules: ${refused}`);
  expectLinks(project, [...mounted, project.node, 'links.cjs'], env);
}

/** In one process, as the dependency of two packages. */
function twoVersions({ parent, tarball }) {
  const project = makeProject(parent);
  run(project, [project.node, thisNpm(), 'install', ...quiet, tarball]);
  const second = join(project.folder, 'node_modules/other/node_modules/afnetlink');
  cpSync(join(project.folder, 'node_modules/afnetlink'), second, { recursive: true });
  const script = `
    const sockets = ['afnetlink', './node_modules/other/node_modules/afnetlink'].map((name) =>
      require(name).openSocket({ protocol: 2 }));
    const [one, other] = sockets;
    if (one.constructor === other.constructor) throw new Error('one copy was loaded twice');
    const files = require('node:fs').readFileSync('/proc/self/maps', 'utf8').match(/\\S+linux-\\w+\\.node/g);
    if (new Set(files).size !== 2) throw new Error('one addon serves both');
    other.send({ payload: new Uint8Array([7]), to: { portId: one.portId } });
    one.receive().then(({ payload }) => {
      console.log('received', payload[0]);
      for (const socket of sockets) socket.close();
    });
  `;
  const printed = run(project, [project.node, '-e', script]);
  if (printed !== 'received 7\n') throw new Error(`the two printed:\n${printed}`);
}

function globally(nodeOf, npmOf) {
  return ({ parent, tarball }) => {
    const project = makeProject(parent, { node: nodeOf() });
    const prefix = join(parent, 'global');
    run(project, [project.node, npmOf(), 'install', '--global', '--prefix', prefix, ...quiet, tarball]);
    const commands = readdirSync(join(prefix, 'bin')).sort().join(' ');
    run(project, [join(prefix, 'bin/nlctl'), 'families']);
    return `commands ${commands}`;
  };
}

function npx({ parent, tarball }) {
  const project = makeProject(parent, { node: newestNode() });
  const options = ['--yes', `--cache=${join(parent, 'cache')}`, `--package=${tarball}`];
  const version = run(project, [project.node, npm12(), 'exec', ...options, '--', 'nlctl', '--version']);
  if (!/^\d/.test(version)) throw new Error(`nlctl --version printed:\n${version}`);
}

export const managers = {
  'npm here': npm(thisNode, thisNpm, '--ignore-scripts'),
  'npm 11': npm(node(22), npm11),
  'npm 12': npm(newestNode, npm12),
  'npm 12 --ignore-scripts': npm(newestNode, npm12, '--ignore-scripts'),
  'npm 12 --global': globally(newestNode, npm12),
  'npm 12 exec': npx,
  pnpm: inModules(newestNode, ({ node }, tarball) => [node, pnpm(), 'add', tarball]),
  'yarn 1': inModules(node(24), ({ node }, tarball) => [node, yarn1(), 'add', `file:${tarball}`]),
  'yarn 4, node_modules': yarn('node-modules'),
  'yarn 4, PnP': yarn('pnp'),
  'bun add': inModules(newestNode, (project, tarball) => [bun(), 'add', tarball]),
  'read-only node_modules': readOnly,
  'two versions': twoVersions,
};
