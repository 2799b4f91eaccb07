// Compiles the addon with node-gyp. Used by scripts/build-native.mjs here and by native/build.mjs in the published package.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

function checkPrograms() {
  const wanted = [
    ['python3', 'python3'],
    ['make', 'make'],
    [process.env.CXX ?? 'g++', 'g++'],
  ];
  const missing = wanted.filter(([program]) => !onPath(program) && !existsSync(program));
  if (missing.length === 0) return;
  const programs = missing.map(([program]) => program).join(', ');
  const packages = missing.map(([, name]) => name).join(' ');
  throw new Error(
    `compiling the addon: these programs are missing: ${programs}.\n` +
      `On Debian or Ubuntu: apt-get install ${packages}; on Alpine: apk add python3 make g++ linux-headers`,
  );
}

/** The arguments by which node-gyp takes the headers of the running Node, so that it has nothing to download. */
export function headerArguments() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include/node/node.h')) ? [`--nodedir=${prefix}`] : [];
}

/** Builds `folder`/binding.gyp. `gyp` is the command that runs node-gyp, `defines` what GYP_DEFINES gets in addition. */
export function compileAddon(folder, gyp, defines = '') {
  checkPrograms();
  const [program, ...args] = [...gyp, 'rebuild', '--silent', '--jobs=max', `--directory=${folder}`];
  const { status, stdout, stderr, error } = spawnSync(program, [...args, ...headerArguments()], {
    encoding: 'utf8',
    cwd: folder,
    maxBuffer: 64 << 20,
    env: { ...process.env, GYP_DEFINES: `${process.env.GYP_DEFINES ?? ''} ${defines}` },
  });
  if (status === 0) return;
  const reason = error?.message ?? `status ${status}`;
  throw new Error(
    `compiling the addon: node-gyp ended with ${reason}. Its output:\n${stdout ?? ''}${stderr ?? ''}`,
  );
}
