// npm run release [-- --dry-run]: makes out/release (the tarball, its SBOM, the notes) and publishes it; with --dry-run it does all but
// publish. The version is package.json's, the notes are its section of CHANGELOG.md.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { report, root } from './setup.mjs';

const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
const { version, scripts, repository } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const folder = `${root}out/release`;

function run(program, ...args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}${error ?? ''}`);
  return stdout;
}

/** What stands between a version's heading and the next. */
function notesOf(changelog) {
  const sections = changelog.split(/^## /m).slice(1);
  return sections.find((section) => section.startsWith(`${version} `) || section.startsWith(`${version}\n`));
}

/** What forbids a release, each in a sentence. */
function obstacles() {
  const found = [];
  if (run('git', 'status', '--porcelain') !== '')
    found.push('the working tree has changes: commit or stash them');
  if (notesOf(readFileSync(`${root}CHANGELOG.md`, 'utf8')) === undefined)
    found.push(`CHANGELOG.md has no section "## ${version} - DATE": rename "Unreleased"`);
  if (!run('git', 'tag', '--points-at', 'HEAD').split('\n').includes(`v${version}`))
    found.push(`HEAD has no tag v${version}: git tag v${version}`);
  if (repository.url.includes('/OWNER/'))
    found.push('package.json names the placeholder OWNER: set the owner');
  return found;
}

function pack() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  if (scripts['build:prebuilds']) run('npm', 'run', 'build:prebuilds');
  if (scripts.pack) run('npm', 'run', 'pack', '--', '--out', folder);
  else {
    run('npm', 'run', 'build:ts');
    run('npm', 'pack', '--pack-destination', folder);
  }
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error(`packing left no tarball in ${folder}`);
  return `${folder}/${tarball}`;
}

try {
  const found = obstacles();
  // A rehearsal shows what is in the way, and goes on.
  for (const obstacle of found) report(`${values['dry-run'] ? 'would be refused' : 'refused'}: ${obstacle}`);
  if (found.length > 0 && !values['dry-run']) throw new Error('nothing was made');
  report('packing');
  const tarball = pack();
  report('checking the tarball: publint, attw');
  console.log(run('npx', '--yes', 'publint@0.3', tarball));
  // Names that CommonJS has and ES modules do not see: test/unit/exports.test.ts looks at them in Node itself.
  console.log(
    run(
      'npx',
      '--yes',
      '@arethetypeswrong/cli@0.18',
      tarball,
      '--profile',
      'node16',
      '--ignore-rules',
      'named-exports',
    ),
  );
  report('listing what is in it: CycloneDX');
  writeFileSync(`${folder}/sbom.cdx.json`, run('npm', 'sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev'));
  writeFileSync(`${folder}/notes.md`, notesOf(readFileSync(`${root}CHANGELOG.md`, 'utf8')) ?? '');
  if (!values['dry-run']) run('npm', 'publish', tarball);
  report(`${values['dry-run'] ? 'would publish' : 'published'} ${tarball}`);
} catch (error) {
  console.error(`npm run release: ${error.message}`);
  process.exitCode = 1;
}
