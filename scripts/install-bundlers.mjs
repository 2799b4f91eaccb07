// The bundlers of npm run test:install, each in the ways that docs/install.md describes.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectLinks, makeProject, programs, run } from './install-project.mjs';
import { installRuntime } from './test-runtimes.mjs';

const target = `linux-${process.arch}`;
const npm = join(process.execPath, '../npm');

const tool = (name, version, program, ...flags) =>
  installRuntime({ name: `bundler-${name}`, spec: `${name}@${version}`, program, flags });
const esbuild = () => tool('esbuild', '0.28', 'bin/esbuild');
const webpack = () => tool('webpack', 5, 'lib/index.js');
const nodeLoader = () => tool('node-loader', 2, 'dist/cjs.js', '--legacy-peer-deps');
const rollup = () => tool('rollup', 4, 'dist/bin/rollup');
const viteNode = () => tool('vite-node', 6, 'dist/cli.mjs');
const postject = () => tool('postject', '1.0.0-alpha.6', 'dist/cli.js');

const createRequire =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** A project with the package installed, and a program that imports the static entry first. */
function install(parent, tarball, node) {
  const project = makeProject(parent, { node });
  run(project, [process.execPath, npm, 'install', '--no-audit', '--no-fund', tarball]);
  const entry = `import 'afnetlink/addon/${target}';\n`;
  writeFileSync(join(project.folder, 'static.mjs'), entry + programs['links.mjs']);
  mkdirSync(join(project.folder, 'bundle'));
  return project;
}

/** Without the package: all that the bundle needs lies beside it. */
function expectComplete(project, file) {
  rmSync(join(project.folder, 'node_modules'), { recursive: true });
  expectLinks(project, [project.node, file]);
}

function runEsbuild(project, program, format, ...options) {
  const outfile = `bundle/links.${format === 'esm' ? 'mjs' : 'cjs'}`;
  const common = ['--bundle', '--platform=node', `--format=${format}`, '--log-level=warning'];
  run(project, [esbuild(), program, ...common, `--outfile=${outfile}`, ...options]);
  return outfile;
}

function runWebpack(project, program, options) {
  const config = join(project.folder, 'webpack.cjs');
  const loader = JSON.stringify(nodeLoader());
  writeFileSync(
    config,
    `
    const settings = {
      target: 'node', mode: 'production', entry: './${program}',
      output: { path: __dirname + '/bundle', filename: 'links.cjs' },
      module: { rules: [{ test: /\\.node$/, loader: ${loader} }] },
      ...${options},
    };
    require(${JSON.stringify(webpack())})(settings, (error, stats) => {
      if (error || stats.hasErrors() || stats.hasWarnings()) {
        console.error(error ?? stats.toString());
        process.exitCode = 1;
      }
    });`,
  );
  run(project, [process.execPath, config]);
  return 'bundle/links.cjs';
}

/** A program of one file: Node with the bundle and the addon in it. */
function singleExecutable({ parent, tarball }) {
  const project = install(parent, tarball, process.execPath);
  const { folder } = project;
  const start = `
    import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    import { join } from 'node:path';
    import { getRawAsset } from 'node:sea';
    import { registerAddon } from 'afnetlink/addon';

    const folder = mkdtempSync(join(tmpdir(), 'links-'));
    const file = join(folder, 'afnetlink.node');
    writeFileSync(file, Buffer.from(getRawAsset('afnetlink.node')));
    const addon = { exports: {} };
    process.dlopen(addon, file);
    rmSync(folder, { recursive: true });
    registerAddon(addon.exports);
  `;
  writeFileSync(join(folder, 'sea.mjs'), start + programs['links.mjs']);
  const main = runEsbuild(project, 'sea.mjs', 'cjs');
  const assets = { 'afnetlink.node': `node_modules/afnetlink/prebuilds/${target}.node` };
  const config = { main, output: 'sea.blob', assets, disableExperimentalSEAWarning: true };
  writeFileSync(join(folder, 'sea.json'), JSON.stringify(config));
  run(project, [project.node, '--experimental-sea-config', 'sea.json']);
  copyFileSync(process.execPath, join(folder, 'links'));
  const fuse = ['--sentinel-fuse', 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'];
  run(project, [project.node, postject(), 'links', 'NODE_SEA_BLOB', 'sea.blob', ...fuse]);
  rmSync(join(folder, 'node_modules'), { recursive: true });
  expectLinks(project, [join(folder, 'links')]);
}

export const bundlers = {
  'esbuild, cjs': ({ parent, tarball }) => {
    const project = install(parent, tarball);
    expectComplete(project, runEsbuild(project, 'static.mjs', 'cjs', '--loader:.node=copy'));
  },
  'esbuild, esm': ({ parent, tarball }) => {
    const project = install(parent, tarball);
    const options = ['--loader:.node=copy', `--banner:js=${createRequire}`];
    expectComplete(project, runEsbuild(project, 'static.mjs', 'esm', ...options));
  },
  'esbuild, esm without the entry': ({ parent, tarball }) => {
    const project = install(parent, tarball);
    const file = runEsbuild(project, 'links.mjs', 'esm', `--banner:js=${createRequire}`);
    const script = `import('./${file}'); process.on('unhandledRejection', ({ code, message }) => console.log(code, message));`;
    // Not by -e, where Node defines __dirname.
    writeFileSync(join(project.folder, 'check.mjs'), script);
    const printed = run(project, [project.node, 'check.mjs']);
    if (!printed.startsWith('ERR_NETLINK_ADDON') || !printed.includes(`Import 'afnetlink/addon/${target}'`))
      throw new Error(`the error does not say what to do:\n${printed}`);
  },
  'esbuild, external': ({ parent, tarball }) => {
    const project = install(parent, tarball);
    const file = runEsbuild(project, 'links.mjs', 'esm', '--external:afnetlink');
    expectLinks(project, [project.node, file]);
  },
  webpack: ({ parent, tarball }) => {
    const project = install(parent, tarball);
    expectComplete(project, runWebpack(project, 'static.mjs', '{}'));
  },
  'webpack, external': ({ parent, tarball }) => {
    const project = install(parent, tarball);
    const file = runWebpack(
      project,
      'links.mjs',
      "{ externals: [/^afnetlink(\\/|$)/], externalsType: 'commonjs' }",
    );
    expectLinks(project, [project.node, file]);
  },
  'rollup, external': ({ parent, tarball }) => {
    const project = install(parent, tarball);
    const options = [
      '--external',
      '/^afnetlink/',
      '--format',
      'es',
      '--file',
      'bundle/links.mjs',
      '--silent',
    ];
    run(project, [process.execPath, rollup(), 'links.mjs', ...options]);
    expectLinks(project, [project.node, 'bundle/links.mjs']);
  },
  'vite-node': ({ parent, tarball }) => {
    const node = installRuntime({
      name: 'node 26',
      spec: `node-linux-${process.arch}@26`,
      program: 'bin/node',
    });
    const project = install(parent, tarball, node);
    writeFileSync(join(project.folder, 'links.mts'), programs['links.mjs']);
    expectLinks(project, [project.node, viteNode(), 'links.mts']);
  },
  'single executable': singleExecutable,
};
