// What the set-ups of npm run test:install share: a project's folder, programs in it, and a PATH without a compiler.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What package managers and their shims start; nothing that compiles. */
const shellPrograms = ['sh', 'env', 'dirname', 'basename', 'uname', 'sed', 'readlink', 'cat', 'tar', 'gzip'];

const privateNetwork = ['unshare', ...(process.getuid() === 0 ? [] : ['--user', '--map-root-user']), '--net'];

const body = `
async function main() {
  const links = await openFamily(rtLinkFamily);
  for await (const { ifname, mtu } of links.dump.getlink()) console.log(ifname, mtu);
  await links.close();
}
main();
`;
const imports = `import { openFamily } from 'afnetlink';\nimport { rtLinkFamily } from 'afnetlink/families/rt-link';\n`;
const requires = `const { openFamily } = require('afnetlink');\nconst { rtLinkFamily } = require('afnetlink/families/rt-link');\n`;

/** The programs of a project: each prints a line for each link of an empty network, which is the one below. */
export const links = 'lo 65536\n';
export const programs = {
  'links.cjs': requires + body,
  'links.mjs': imports + body,
  'worker.cjs': `new (require('node:worker_threads').Worker)(require('node:path').join(__dirname, 'links.cjs'));\n`,
};

/** Makes an empty project in `parent`, with the programs above and a folder for PATH that has this Node and no compiler. */
export function makeProject(parent, { node = process.execPath, manifest = {} } = {}) {
  const folder = join(parent, 'project');
  const path = join(parent, 'path');
  for (const made of [folder, path]) mkdirSync(made);
  symlinkSync(node, join(path, 'node'));
  for (const name of shellPrograms) {
    const found = process.env.PATH.split(delimiter).find((place) => existsSync(join(place, name)));
    if (found !== undefined) symlinkSync(join(found, name), join(path, name));
  }
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'project', version: '1.0.0', private: true, ...manifest }),
  );
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, name), text);
  return { folder, path, node };
}

/** Runs a program there and returns what it printed; throws unless it ended well. */
export function run({ folder, path }, [program, ...args], env = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...cleanEnvironment(), PATH: path, ...env },
  });
  if (status === 0) return stdout;
  throw new Error(
    `${program} ${args.join(' ')} ended with status ${status}:\n${stdout}${stderr}${error ?? ''}`,
  );
}

/** Without what an npm that runs this script has set for its own children. */
function cleanEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$|NODE_OPTIONS$|NODE_PATH$)/.test(name)),
  );
}

/** Runs a command in an empty network, and throws unless it prints its one link. */
export function expectLinks(project, command, env) {
  const [unshare, ...options] = privateNetwork;
  const printed = run(project, [`/usr/bin/${unshare}`, ...options, ...command], env);
  if (printed !== links) throw new Error(`${command.join(' ')} printed:\n${printed}`);
}
