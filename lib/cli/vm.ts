import { writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  kernelSeries,
  moduleLines,
  outcomeStatus,
  prepareGuest,
  runInGuest,
  VmError,
  type RunInGuestOptions,
} from 'afnetlink/vm';
import { Collector } from './collector.js';
import { packageFolder } from './package-folder.js';

const usage = `Usage: nlctl vm [OPTION…] -- COMMAND [ARGUMENT…]

Boots a Linux guest under QEMU, loads netlink_test, and runs COMMAND in the current folder with the current
environment; nlctl and nl_recv are found, and netlink_test's file is $AFNETLINK_MODULE. The guest sees this
machine's files with your rights, and what it writes is gone with it.

  --kernel NAME             ${kernelSeries.join(', ')} or the path of a kernel (default 6.1)
  --refresh                 look for a newer version of that kernel
  --no-module               do not load netlink_test
  --module-parameter N=V    a parameter of netlink_test; may be repeated
  --module PATH             load this .ko file too, or what this folder of sources builds; may be repeated
  --writable FOLDER         let the guest write to this folder; may be repeated
  --memory MB               memory of the guest (default 1024)
  --processors N            processors of the guest (default 2)
  --timeout S               seconds that COMMAND may take (default 300; 0 for any time)
  --boot-timeout S          seconds that the guest may take to boot (default 120)
  --interactive             connect COMMAND with this terminal; no time limit unless --timeout is given
  --kernel-argument TEXT    add to the kernel's command line; may be repeated
  --log FILE                write the kernel's log to FILE
  --print-log               print the kernel's log to standard error at the end
  --print-module-log        print the lines of netlink_test to standard error at the end
  --json                    print nothing but a JSON object: outcome, status, the command's stdout and stderr,
                            kernelLog, taint, message and timings (milliseconds)
  --quiet                   report no steps
  --help                    print this

The exit status is COMMAND's, or ${outcomeStatus.warned}: the kernel warned; ${outcomeStatus['never-booted']}: the guest did not boot; ${outcomeStatus.panicked}: the kernel panicked;
${outcomeStatus['timed-out']}: COMMAND or the guest hung; ${outcomeStatus['setup-failed']}: something that the guest needs is missing; 2: wrong arguments.`;

/** Where nlctl and nl_recv lie in a checkout; an installed package's are on npx's own path. */
const ownCommands = join(packageFolder, 'dist/bin');

interface Request {
  readonly options: RunInGuestOptions;
  readonly json: boolean;
  readonly log: string | undefined;
  readonly print: 'all' | 'module' | 'nothing';
}

export async function run(args: readonly string[]): Promise<number> {
  let request: Request | undefined;
  try {
    request = parse(args);
  } catch (error) {
    console.error(`nlctl vm: ${(error as Error).message}\nnlctl vm --help says more.`);
    return 2;
  }
  if (request === undefined) {
    console.log(usage);
    return 0;
  }
  try {
    return await runRequest(request);
  } catch (error) {
    if (!(error instanceof VmError)) throw error;
    console.error(`nlctl vm: ${error.message}`);
    return error.code === 'ERR_VM_INVALID_ARGUMENT' ? 2 : outcomeStatus['setup-failed'];
  }
}

async function runRequest({ options, json, log, print }: Request): Promise<number> {
  // A signal ends the preparation as it ends any program; from then on it has to end the guest first.
  const guest = await prepareGuest(options);
  const { signal, stopped } = stopOnSignals();
  try {
    const stdout = new Collector();
    const stderr = new Collector();
    const result = await runInGuest({ ...options, guest, signal, ...(json ? { stdout, stderr } : {}) });
    if (log !== undefined) await writeFile(log, result.kernelLog);
    if (json) {
      console.log(JSON.stringify({ ...result, stdout: stdout.text, stderr: stderr.text }, undefined, 2));
      return result.status;
    }
    if (print === 'all') process.stderr.write(result.kernelLog);
    if (print === 'module')
      for (const line of moduleLines(result.kernelLog, 'netlink_test')) console.error(line);
    if (result.message !== undefined) console.error(`nlctl vm: ${result.message}`);
    return result.status;
  } catch (error) {
    const name = stopped();
    if (name === undefined) throw error;
    return 128 + constants.signals[name];
  }
}

/** Aborts on the signals that ask a program to end, and when nobody reads its output any more. */
function stopOnSignals(): { signal: AbortSignal; stopped: () => NodeJS.Signals | undefined } {
  const controller = new AbortController();
  let name: NodeJS.Signals | undefined;
  const stop = (why: NodeJS.Signals): void => {
    name ??= why;
    controller.abort();
  };
  for (const asked of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(asked, stop);
  process.stdout.once('error', () => stop('SIGPIPE'));
  return { signal: controller.signal, stopped: () => name };
}

/** What the arguments ask for; undefined where that is help. */
function parse(args: readonly string[]): Request | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      kernel: { type: 'string', default: '6.1' },
      refresh: { type: 'boolean', default: false },
      'no-module': { type: 'boolean', default: false },
      'module-parameter': { type: 'string', multiple: true, default: [] },
      module: { type: 'string', multiple: true, default: [] },
      writable: { type: 'string', multiple: true, default: [] },
      memory: { type: 'string', default: '1024' },
      processors: { type: 'string', default: '2' },
      timeout: { type: 'string' },
      'boot-timeout': { type: 'string', default: '120' },
      interactive: { type: 'boolean', default: false },
      'kernel-argument': { type: 'string', multiple: true, default: [] },
      log: { type: 'string' },
      'print-log': { type: 'boolean', default: false },
      'print-module-log': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  if (positionals.length === 0) throw new Error('COMMAND is missing');
  if (values.interactive && values.json) throw new Error('--interactive and --json exclude each other');
  const timeout = number('timeout', values.timeout ?? (values.interactive ? '0' : '300'), 0);
  return {
    options: {
      command: positionals,
      env: { ...process.env, PATH: `${ownCommands}:${process.env['PATH'] ?? ''}` },
      kernel: values.kernel,
      refresh: values.refresh,
      module: !values['no-module'],
      moduleParameters: parameters(values['module-parameter']),
      modules: values.module.map((path) => ({ path })),
      writable: values.writable,
      memory: number('memory', values.memory, 64),
      processors: number('processors', values.processors, 1),
      timeout: timeout === 0 ? Infinity : timeout * 1000,
      bootTimeout: number('boot-timeout', values['boot-timeout'], 1) * 1000,
      interactive: values.interactive,
      kernelArguments: values['kernel-argument'],
      onProgress: (line) => {
        if (!values.quiet && !values.json) console.error(`• ${line}`);
      },
    },
    json: values.json,
    log: values.log,
    print: values['print-log'] ? 'all' : values['print-module-log'] ? 'module' : 'nothing',
  };
}

function number(option: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${option} is ${JSON.stringify(text)}, and must be a whole number from ${least} on`);
}

function parameters(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined)
        throw new Error(`--module-parameter is ${JSON.stringify(text)}, and must be NAME=VALUE`);
      return [name, value];
    }),
  );
}
