import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** Milliseconds a process may take: less than a test, so that the test tells what it printed until then. */
const TIME_LIMIT = 240_000;

/** The package's folder: `require('afnetlink')` finds it from there. */
export const packageRoot = join(__dirname, '../../..');

export interface ProcessResult {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  /** Put before the node binary, for example `unshare -n`. */
  readonly prefix?: readonly string[];
  readonly nodeArguments?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds after which it is killed; the result then has signal SIGKILL. */
  readonly timeout?: number;
}

/** Runs JavaScript in a node process of its own. */
export function runInProcess(source: string, options: ProcessOptions = {}): Promise<ProcessResult> {
  const command = [
    ...(options.prefix ?? []),
    process.execPath,
    ...(options.nodeArguments ?? []),
    '-e',
    source,
  ];
  return runCommand(command[0] ?? process.execPath, command.slice(1), options);
}

/** Runs a program to its end. */
export function runCommand(
  program: string,
  args: readonly string[],
  options: Pick<ProcessOptions, 'env' | 'timeout'> = {},
): Promise<ProcessResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: packageRoot,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeout ?? TIME_LIMIT,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
}

export interface WorkerResult {
  readonly exitCode: number;
  readonly messages: readonly unknown[];
  readonly error: Error | undefined;
}

/** Runs JavaScript in a worker until it ends, or until it posts 'terminate'. */
export function runInWorker(source: string): Promise<WorkerResult> {
  return new Promise((resolve) => {
    const worker = new Worker(source, { eval: true });
    const messages: unknown[] = [];
    let error: Error | undefined;
    worker.on('message', (message: unknown) => {
      messages.push(message);
      if (message === 'terminate') void worker.terminate();
    });
    worker.on('error', (reason) => (error = reason));
    worker.on('exit', (exitCode) => resolve({ exitCode, messages, error }));
  });
}
