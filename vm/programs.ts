import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { VmError } from './errors.js';
import list from './programs.json';

/** A program that the guest needs on the host, and the Debian package that brings it. */
export interface RequiredProgram {
  /** The program's name, as it is looked up on the PATH. */
  readonly program: string;
  /** The Debian package that has it. */
  readonly package: string;
  /** What it is for, after the program's name: `ip is the oracle for links`. */
  readonly why: string;
}

/** The programs that preparing and running a guest needs on the host. */
export function requiredPrograms(): readonly RequiredProgram[] {
  return list;
}

/** Those of {@link requiredPrograms} that are not on this machine. */
export function missingPrograms(): readonly RequiredProgram[] {
  return list.filter(({ program }) => findProgram(program) === undefined);
}

/** The Debian packages that {@link missingPrograms} come in. */
export function missingPackages(): readonly string[] {
  return [...new Set(missingPrograms().map((entry) => entry.package))];
}

/** The search path, with the folders of administrators' programs that an ordinary user's PATH lacks. */
export const searchPath = [process.env['PATH'] ?? '', '/usr/local/sbin', '/usr/sbin', '/sbin'].join(
  delimiter,
);

export function findProgram(name: string): string | undefined {
  return searchPath
    .split(delimiter)
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

export function requireProgram(name: string): string {
  const found = findProgram(name);
  if (found !== undefined) return found;
  const known = list.find(({ program }) => program === name);
  throw new VmError(
    'ERR_VM_MISSING_PROGRAM',
    known === undefined
      ? `the program ${name} is not on this machine`
      : `the program ${name} is not on this machine: install the Debian package ${known.package}, which ${known.why}`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

/** Runs a program of the host and gives its standard output; a status other than 0 is an error with what it printed. */
export async function run(name: string, args: readonly string[], options: RunOptions = {}): Promise<Buffer> {
  const child = spawn(requireProgram(name), args, {
    cwd: options.cwd,
    env: { ...(options.env ?? process.env), PATH: searchPath, LC_ALL: 'C.UTF-8' },
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: options.signal,
  });
  const output: Buffer[] = [];
  const messages: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => messages.push(chunk));
  // A program may end before it has read all its input; its status then shows what happened.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input);

  const status = await new Promise<number | string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  }).catch((error: unknown) => {
    if (options.signal?.aborted) throw new VmError('ERR_VM_ABORTED', 'aborted', options.signal.reason);
    throw error;
  });
  if (status === 0) return Buffer.concat(output);
  const said = Buffer.concat([...messages, ...output])
    .toString()
    .trim()
    .split('\n')
    .slice(-15)
    .join('\n');
  throw new VmError('ERR_VM_PROGRAM_FAILED', `${name} ${args.join(' ')} failed (${status}):\n${said}`);
}
