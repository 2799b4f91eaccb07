// Outputs in docs/ are recorded from runs in the guest (npm run docs:record), and compared with new runs by the tests.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './processes.js';

/** What a reader types; what stands behind the dashes runs in the guest, which has all modules that options name. */
const prompt = /^(\$ npx nlctl vm (?:--module \S+ )*-- )(.*)\n/;
const block = /(<!-- recorded -->\n+```console\n)(.*?)(```\n)/gs;

/** The pages that hold recorded outputs, by path. */
export function recordedPages(): string[] {
  const docs = join(packageRoot, 'docs');
  return readdirSync(docs)
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(docs, file))
    .filter((path) => recordedCommands(readFileSync(path, 'utf8')).length > 0);
}

export interface RecordedCommand {
  /** What stands before the command. */
  readonly prompt: string;
  /** As a shell takes it. */
  readonly command: string;
  readonly output: string;
}

/** The commands of a page's recorded blocks, with their outputs. */
export function recordedCommands(page: string): RecordedCommand[] {
  return [...page.matchAll(block)].flatMap(([, , body = '']) =>
    body
      .split(/^(?=\$ )/m)
      .filter((text) => text !== '')
      .map((text) => {
        const [line, before, command] = prompt.exec(text) ?? [];
        if (line === undefined || before === undefined || command === undefined)
          throw new Error(`a recorded command must begin with "$ npx nlctl vm -- ": ${text}`);
        return { prompt: before, command, output: text.slice(line.length) };
      }),
  );
}

/** The page with the outputs that `run` gives for its commands. */
export function recordPage(page: string, run: (command: string) => string): string {
  return page.replaceAll(block, (whole: string, opening: string, _: string, closing: string) => {
    const commands = recordedCommands(whole);
    return [
      opening,
      ...commands.map((each) => `${each.prompt}${each.command}\n${run(each.command)}`),
      closing,
    ].join('');
  });
}

/** Runs a command in this guest, as in the package's folder, and gives what it prints. */
export function runRecorded(command: string): string {
  const { status, stdout } = spawnSync('sh', ['-c', `exec 2>&1; ${command}`], {
    cwd: packageRoot,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(packageRoot, 'dist/bin')}:${process.env['PATH'] ?? ''}` },
    maxBuffer: 1 << 26,
    timeout: 300_000,
  });
  if (status !== 0) throw new Error(`${command} ended with status ${status}:\n${stdout}`);
  // A terminal shows nothing for the NUL that ends a C string.
  return stdout
    .replaceAll('\0', '')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n*$/, '\n');
}

/** The text without what differs from run to run: numbers, and the widths that they give to columns. */
export function pattern(text: string): string {
  return text
    .replaceAll(/\d+(?:[.,]\d+)*/g, '#')
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/^ /gm, '')
    .trim();
}
