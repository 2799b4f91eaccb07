// `format` holds the C++ and the module's C against .clang-format, `lint` what is in src against .clang-tidy; with `--fix` the first rewrites the files.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const filesOf = (folder, endings) =>
  readdirSync(join(root, folder))
    .filter((name) => endings.test(name))
    .map((name) => `${folder}/${name}`);
const sources = filesOf('src', /\.(cc|h)$/);
const prebuildSources = [...filesOf('prebuild', /\.(cc|h)$/), ...filesOf('prebuild/test', /\.c$/)];
// In the kernel's style, which its own .clang-format says.
const kernelSources = filesOf('kernel-module', /\.[ch]$/);

function fail(message) {
  console.error(`check-native: ${message}`);
  process.exit(1);
}

/** Version 14 where it is there: other versions format and warn otherwise. */
function find(program) {
  const found = [`${program}-14`, program].find((name) => spawnSync(name, ['--version']).error === undefined);
  return found ?? fail(`${program} is missing. On Debian or Ubuntu: apt-get install ${program}-14`);
}

function format(fix) {
  const mode = fix ? ['-i'] : ['--dry-run', '-Werror'];
  return spawnSync(find('clang-format'), [...mode, ...sources, ...prebuildSources, ...kernelSources], {
    cwd: root,
    stdio: 'inherit',
  }).status;
}

function headersOfNode() {
  const beside = join(dirname(dirname(process.execPath)), 'include/node');
  return existsSync(beside) ? beside : fail(`the headers of node ${process.version} are not in ${beside}`);
}

function tidy(program, file, flags) {
  return new Promise((resolve) => {
    const child = spawn(program, ['--quiet', file, '--', ...flags], { cwd: root });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.resume();
    child.on('close', (status) => {
      if (output !== '') console.error(output);
      resolve(status);
    });
  });
}

async function lint() {
  const flags = [
    '-std=c++20',
    '-DNAPI_VERSION=9',
    '-DNAPI_DISABLE_CPP_EXCEPTIONS',
    '-DNODE_ADDON_API_DISABLE_DEPRECATED',
    `-isystem${headersOfNode()}`,
    `-isystem${dirname(require.resolve('node-addon-api/package.json'))}`,
  ];
  const program = find('clang-tidy');
  const files = sources.filter((name) => name.endsWith('.cc'));
  let worst = 0;
  const work = async () => {
    for (let file = files.pop(); file !== undefined; file = files.pop()) {
      worst = Math.max(worst, (await tidy(program, file, flags)) ?? 1);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return worst;
}

const [task, option] = process.argv.slice(2);
if (task === 'format') process.exitCode = format(option === '--fix');
else if (task === 'lint') process.exitCode = await lint();
else fail("say 'format' or 'lint'");
