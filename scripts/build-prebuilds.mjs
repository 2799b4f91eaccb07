// npm run build:prebuilds [-- --arch x64,arm64] [--out FOLDER] [--check]: cross-builds the addon with Debian's compilers, one file
// for each architecture that serves glibc and musl. `--check` builds a second time elsewhere and compares the bytes.
import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { dropNeeded } from './elf.mjs';
import { fingerprint } from './fingerprint.mjs';
import { faultsOf, targets } from './prebuild-targets.mjs';
import { ensurePrograms } from './programs.mjs';
import { report, root } from './setup.mjs';

/** The parts of the project that a build reads. */
const inputs = ['src', 'prebuild', 'kernel-module/netlink_test.h'];

const compilerFlags = [
  ...['-std=c++20', '-O2', '-fPIC', '-Wall', '-Wextra', '-Wshadow', '-Werror'],
  ...['-ffunction-sections', '-fdata-sections', '-fvisibility=hidden', '-fvisibility-inlines-hidden'],
  // Each of these leaves out a part of libstdc++; prebuild/runtime.cc has what remains.
  ...['-fno-exceptions', '-fno-rtti', '-fno-threadsafe-statics', '-D_GLIBCXX_EXTERN_TEMPLATE=0'],
  ...['-DNAPI_VERSION=9', '-DNAPI_DISABLE_CPP_EXCEPTIONS', '-DNODE_ADDON_API_DISABLE_DEPRECATED'],
  ...['-DNODE_GYP_MODULE_NAME=afnetlink', '-DBUILDING_NODE_EXTENSION'],
  ...['-include', 'prebuild/glibc_floor.h'],
];
const linkerFlags = [
  '-shared',
  '-s',
  '-static-libgcc',
  '-Wl,--version-script=prebuild/exports.map,-z,nodelete,--gc-sections,--as-needed,--build-id=none',
];

// On riscv64 atomics of less than 32 bits are calls.
const libraries = ['-l:libatomic.a'];

function nodeHeaders() {
  const folder = join(dirname(dirname(process.execPath)), 'include/node');
  if (existsSync(join(folder, 'node_api.h'))) return folder;
  throw new Error(
    `reading Node's headers: ${folder} has none. Run this with a Node that came with its headers`,
  );
}

function run(program, args, cwd) {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { cwd });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    child.on('error', failed);
    child.on('close', (status) =>
      status === 0 ? done() : failed(new Error(`${program} ended with status ${status}:\n${output}`)),
    );
  });
}

async function build({ compiler, flags }, sources, path) {
  const includes = [
    dirname(createRequire(import.meta.url).resolve('node-addon-api/package.json')),
    nodeHeaders(),
  ];
  const objects = mkdtempSync(join(tmpdir(), 'afnetlink-prebuild-'));
  try {
    const files = ['src', 'prebuild'].flatMap((folder) =>
      readdirSync(join(sources, folder))
        .filter((name) => name.endsWith('.cc'))
        .map((name) => `${folder}/${name}`),
    );
    const object = (file) => join(objects, file.replace('/', '-').replace(/cc$/, 'o'));
    // The linker places what it is given in order, so that this must not depend on the folder's.
    const linked = files.map(object).sort();
    const compile = async () => {
      for (let file = files.pop(); file !== undefined; file = files.pop()) {
        const args = [...compilerFlags, ...flags, ...includes.flatMap((folder) => ['-isystem', folder])];
        await run(`${compiler}-g++`, [...args, '-c', file, '-o', object(file)], sources);
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, compile));
    // The C driver: g++ would link libstdc++.
    await run(`${compiler}-gcc`, [...linkerFlags, ...linked, ...libraries, '-o', path], sources);
    // Every process has its libc loaded already, and Bun for musl refuses what names glibc's.
    dropNeeded(path);
  } finally {
    rmSync(objects, { recursive: true });
  }
}

/** Changes with everything that a file is made of. */
function printOf({ compiler, flags }) {
  const { stdout } = spawnSync(`${compiler}-g++`, ['--version'], { encoding: 'utf8' });
  const { version } = createRequire(import.meta.url)('node-addon-api/package.json');
  return fingerprint(
    root,
    [...inputs, 'scripts/build-prebuilds.mjs', 'scripts/prebuild-targets.mjs', 'scripts/elf.mjs'],
    stdout,
    version,
    process.version,
    ...flags,
  );
}

/** Throws unless the file serves every libc that it is meant for. */
function check(path, target) {
  const faults = faultsOf(path, target);
  if (faults.length > 0) throw new Error(`checking ${path}:\n  ${faults.join('\n  ')}`);
}

/** Builds a second time from a copy of the sources, and compares. */
async function checkReproducible(target, path) {
  const elsewhere = mkdtempSync(join(tmpdir(), 'afnetlink-again-'));
  try {
    for (const input of inputs) cpSync(join(root, input), join(elsewhere, input), { recursive: true });
    const again = join(elsewhere, 'again.node');
    await build(target, elsewhere, again);
    if (!readFileSync(again).equals(readFileSync(path))) {
      throw new Error(`building ${path} twice: the second build has other bytes`);
    }
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
}

function wantedTargets(names) {
  if (names === undefined) return targets;
  return names.split(',').map((name) => {
    const target = targets.find(({ arch }) => arch === name);
    if (target !== undefined) return target;
    const known = targets.map(({ arch }) => arch).join(', ');
    throw new Error(`--arch: unknown architecture '${name}' (expected some of ${known})`);
  });
}

async function main() {
  const { values } = parseArgs({
    options: {
      arch: { type: 'string' },
      out: { type: 'string', default: join(root, 'prebuilds') },
      check: { type: 'boolean', default: false },
    },
  });
  const wanted = wantedTargets(values.arch);
  ensurePrograms(report, ...wanted.map(({ arch }) => `prebuild ${arch}`));
  const out = resolve(values.out);
  mkdirSync(out, { recursive: true });
  for (const target of wanted) {
    const path = join(out, `linux-${target.arch}.node`);
    const stamp = join(out, `.${target.arch}.built-from`);
    const print = printOf(target);
    const isFresh = existsSync(path) && existsSync(stamp) && readFileSync(stamp, 'utf8') === print;
    if (!isFresh) {
      await build(target, root, path);
      check(path, target);
      writeFileSync(stamp, print);
    }
    if (values.check) await checkReproducible(target, path);
    const remarks = [isFresh && 'unchanged', values.check && 'the same twice'].filter(Boolean);
    console.log([`${path}: ${statSync(path).size} bytes`, ...remarks].join(', '));
  }
}

main().catch((error) => {
  console.error(`npm run build:prebuilds: ${error.message}`);
  process.exitCode = 1;
});
