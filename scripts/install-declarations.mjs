// What npm run test:install says of the package's entry points and types: publint, attw, and programs compiled against it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { makeProject, run } from './install-project.mjs';
import { root } from './setup.mjs';

function runHere(file, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${file} ended with status ${status}:\n${stdout}${stderr}`);
  return stdout;
}

export const declarations = {
  publint: ({ folder }) => {
    runHere('node_modules/publint/src/cli.js', 'run', folder, '--strict', '--pack=false');
  },
  attw: ({ tarball }) => {
    runHere('node_modules/@arethetypeswrong/cli/dist/index.js', tarball, '--format=table-flipped');
  },
  TypeScript: ({ parent, tarball }) => {
    const project = makeProject(parent);
    const npm = join(process.execPath, '../npm');
    run(project, [process.execPath, npm, 'install', '--no-audit', '--no-fund', tarball]);
    return runHere('scripts/test-types.mjs', join(project.folder, 'node_modules/afnetlink'))
      .trim()
      .replaceAll('\n', ', ')
      .replaceAll(': passed', '');
  },
};
