import { writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import {
  kernelSeries,
  moduleLines,
  outcomeStatus,
  prepareGuest,
  runInGuest,
  VmError,
  type PrepareOptions,
  type RunInGuestOptions,
} from 'afnetlink/vm';
import { Collector } from '../collector.js';
import { defineCommand } from '../command/command.js';
import { flag, option, repeatable } from '../command/option.js';
import { rest } from '../command/positional.js';
import { WRONG_ARGUMENTS } from '../command/run.js';
import { UsageError } from '../command/usage-error.js';
import { integer, matching, seconds, text } from '../command/values.js';
import { packageFile } from '../package.js';

/** Milliseconds; 0 means no limit. */
const DEFAULT_TIMEOUT = 300_000;
const LONGEST = 31_536_000;

export const command = defineCommand({
  name: 'nlctl vm',
  summary: 'run a command in a small Linux guest',
  description:
    'Boots a Linux guest under QEMU, loads netlink_test, and runs COMMAND in the current folder with the current ' +
    'environment. nlctl and nl_recv are on its PATH, and $AFNETLINK_MODULE is the path of netlink_test. The guest sees ' +
    "this machine's files with your rights; what it writes is lost when it ends.",
  notes: `The exit status is COMMAND's, or one of these:

  ${outcomeStatus.warned}  the kernel warned
  ${outcomeStatus['never-booted']}  the guest did not boot
  ${outcomeStatus.panicked}  the kernel panicked
  ${outcomeStatus['timed-out']}  COMMAND or the guest hung
  ${outcomeStatus['setup-failed']}  something that the guest needs is missing
    ${WRONG_ARGUMENTS}  wrong arguments`,
  watchesOutput: true,
  positionals: { command: rest('the command to run, with its arguments', text('COMMAND', 'command'), 1) },
  options: {
    kernel: option(`${kernelSeries.join(', ')} or the path of a kernel`, text('NAME', 'file'), {
      byDefault: '6.1',
    }),
    refresh: flag('look for a newer version of that kernel'),
    'no-module': flag('do not load netlink_test'),
    'module-parameter': repeatable(
      'a parameter of netlink_test',
      matching('NAME=VALUE', /^\w+=/, 'NAME=VALUE'),
    ),
    module: repeatable(
      'also load this .ko file, or the module built from this folder of sources',
      text('PATH', 'file'),
    ),
    writable: repeatable('let the guest write to this folder', text('FOLDER', 'folder')),
    memory: option('memory of the guest, in MiB', integer('MIB', 64), { byDefault: '1024' }),
    processors: option('processors of the guest', integer('N', 1), { byDefault: '2' }),
    timeout: option('seconds that COMMAND may take, 0 for no limit (default 300)', seconds('S', 0, LONGEST)),
    'boot-timeout': option('seconds that the guest may take to boot', seconds('S', 1, LONGEST), {
      byDefault: '120',
    }),
    interactive: flag('connect COMMAND to this terminal; no time limit unless --timeout is given'),
    'kernel-argument': repeatable("add to the kernel's command line", text('TEXT')),
    log: option("write the kernel's log to FILE", text('FILE', 'file')),
    'print-log': flag("print the kernel's log to standard error at the end"),
    'print-module-log': flag('print the lines of netlink_test to standard error at the end'),
    json: flag(
      "print nothing but a JSON object: outcome, status, COMMAND's stdout and stderr, kernelLog, taint, message and " +
        'timings (milliseconds)',
    ),
    quiet: flag('do not report steps'),
  },
  async run(options, { command: guestCommand }) {
    const { interactive, json, quiet } = options;
    if (interactive && json) throw new UsageError('--interactive and --json exclude each other');
    const timeout = options.timeout ?? (interactive ? 0 : DEFAULT_TIMEOUT);
    const onProgress = (line: string) => {
      if (!quiet && !json) console.error(`• ${line}`);
    };
    const request: Request = {
      preparation: {
        kernel: options.kernel,
        refresh: options.refresh,
        module: !options['no-module'],
        onProgress,
      },
      options: {
        command: guestCommand,
        env: { ...process.env, PATH: `${packageFile('dist/bin')}:${process.env['PATH'] ?? ''}` },
        moduleParameters: parameters(options['module-parameter']),
        modules: options.module.map((path) => ({ path })),
        writable: options.writable,
        memory: options.memory,
        processors: options.processors,
        timeout: timeout === 0 ? Infinity : timeout,
        bootTimeout: options['boot-timeout'],
        interactive,
        kernelArguments: options['kernel-argument'],
        onProgress,
      },
      json,
      log: options.log,
      print: options['print-log'] ? 'all' : options['print-module-log'] ? 'module' : 'nothing',
    };
    try {
      return await runRequest(request);
    } catch (error) {
      if (!(error instanceof VmError)) throw error;
      if (error.code === 'ERR_VM_INVALID_ARGUMENT') throw new UsageError(error.message);
      console.error(`nlctl vm: ${error.message}`);
      return outcomeStatus['setup-failed'];
    }
  },
});

interface Request {
  readonly preparation: PrepareOptions;
  readonly options: RunInGuestOptions;
  readonly json: boolean;
  readonly log: string | undefined;
  readonly print: 'all' | 'module' | 'nothing';
}

async function runRequest({ preparation, options, json, log, print }: Request): Promise<number> {
  // During the preparation a signal ends the program as usual; afterwards it must end the guest first.
  const guest = await prepareGuest(preparation);
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

/** Aborts on the signals that ask a program to end, and when its output is closed. */
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

function parameters(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((given) => {
      const equals = given.indexOf('=');
      return [given.slice(0, equals), given.slice(equals + 1)];
    }),
  );
}
