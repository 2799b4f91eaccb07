// npm run types:public [-- PACKAGE]: compiles test/types against the package as programs see it (this folder, or where it is
// installed), with each TypeScript that is supported and each way of finding modules. Declarations are checked as well (no skipLibCheck). What must not compile is marked there.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync, cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const resolutions = [
  { moduleResolution: 'node10', module: 'esnext' },
  { moduleResolution: 'node16', module: 'node16' },
  { moduleResolution: 'nodenext', module: 'nodenext' },
  { moduleResolution: 'bundler', module: 'esnext' },
];
const compilers = [
  { folder: 'typescript5', options: {}, resolutions },
  { folder: 'typescript', options: { ignoreDeprecations: '6.0' }, resolutions },
  // 7 has no node10 any more.
  { folder: 'typescript7', options: {}, resolutions: resolutions.slice(1) },
];

const folder = mkdtempSync(join(tmpdir(), 'afnetlink-types-'));
let failed = 0;
try {
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
  symlinkSync(resolve(process.argv[2] ?? root), join(folder, 'node_modules/afnetlink'));
  for (const name of ['node', 'undici-types'])
    symlinkSync(
      join(root, 'node_modules', name === 'node' ? '@types/node' : name),
      join(folder, 'node_modules', name === 'node' ? '@types/node' : name),
    );
  cpSync(join(root, 'test/types'), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const compiler of compilers)
    for (const resolution of compiler.resolutions) check(compiler, resolution);
} finally {
  rmSync(folder, { recursive: true });
}
if (failed > 0) process.exitCode = 1;

function check({ folder: name, options }, resolution) {
  const config = {
    compilerOptions: {
      ...{ noEmit: true, strict: true, exactOptionalPropertyTypes: true, target: 'es2022' },
      ...{ lib: ['es2023', 'esnext.disposable'], types: ['node'] },
      ...resolution,
      ...options,
    },
    include: ['*.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules', name, 'bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  console.log(`${name} ${resolution.moduleResolution}: ${status === 0 ? 'passed' : `failed\n${stdout}`}`);
  if (status !== 0) failed++;
}
