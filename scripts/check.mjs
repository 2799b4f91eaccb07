// npm run check: format, lint and types of everything, and the package as it is installed, after installing what that takes.
import { spawnSync } from 'node:child_process';
import { report, root, setUp } from './setup.mjs';

const checks = [
  'format',
  'format:native',
  'lint',
  'lint:native',
  'types',
  'types:test',
  'types:public',
  'api:check',
  'test:install core',
];

try {
  setUp('guest', 'check');
  const failed = checks.filter((name) => {
    report(name);
    return (
      spawnSync('npm', ['run', '--silent', ...name.split(' ')], { cwd: root, stdio: 'inherit' }).status !== 0
    );
  });
  if (failed.length > 0) throw new Error(`failed: ${failed.join(', ')}`);
} catch (error) {
  console.error(`npm run check: ${error.message}`);
  process.exitCode = 1;
}
