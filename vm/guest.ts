import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { accelerators } from './accelerator.js';
import type { Progress } from './cache.js';
import { writeCpio } from './cpio.js';
import { VmError } from './errors.js';
import { runSession, type SessionResult } from './guest-session.js';
import { prepareInitramfs } from './initramfs.js';
import type { Kernel } from './kernel.js';
import { prepareKernel } from './kernels.js';
import { builtModules, buildModule, netlinkTestSources } from './module.js';
import { checkOptions, type OptionNames } from './options.js';
import { judge, type Outcome } from './outcome.js';
import { missingPrograms, requireProgram } from './programs.js';
import type { Machine } from './qemu.js';
import { sessionFiles, type ModuleToLoad, type Session } from './session-files.js';
import { requireTerminal } from './terminal.js';

/** A guest that is ready to boot: all that it needs is in the cache. */
export interface Guest {
  /** The kernel that it boots. */
  readonly kernel: Kernel;
  /** Path of the initial root file system. */
  readonly initramfs: string;
  /** The path of netlink_test.ko for this kernel; absent where it was not asked for. */
  readonly module?: string;
}

/** Options of `prepareGuest`. */
export interface PrepareOptions {
  /** `6.1` (the default), `6.12`, `newest`, or the path of a kernel. */
  readonly kernel?: string;
  /** Whether netlink_test is built; true if absent. */
  readonly module?: boolean;
  /** Asks the archive for a newer kernel than the cached one. */
  readonly refresh?: boolean;
  /** Called with a line about each step that takes time. */
  readonly onProgress?: Progress;
}

const PREPARE_OPTIONS: OptionNames<PrepareOptions> = {
  kernel: true,
  module: true,
  refresh: true,
  onProgress: true,
};

/**
 * Downloads, unpacks and builds what a guest needs, where the cache has not got it.
 * @throws VmError
 */
export async function prepareGuest(options: PrepareOptions = {}): Promise<Guest> {
  checkOptions('prepareGuest', options, PREPARE_OPTIONS);
  return prepare(options);
}

async function prepare(options: PrepareOptions): Promise<Guest> {
  if (process.arch !== 'x64' || process.platform !== 'linux') {
    throw new VmError(
      'ERR_VM_KERNEL_UNAVAILABLE',
      'the guest runs the programs of the host, which must be x86-64 Linux',
    );
  }
  const missing = missingPrograms();
  if (missing.length > 0) {
    const table = missing.map((entry) => `  ${entry.program} (Debian package ${entry.package}) ${entry.why}`);
    throw new VmError('ERR_VM_MISSING_PROGRAM', ['these programs are missing:', ...table].join('\n'));
  }
  const onProgress = options.onProgress ?? (() => undefined);
  const kernel = await prepareKernel(options.kernel ?? '6.1', {
    refresh: options.refresh ?? false,
    onProgress,
  });
  const initramfs = await prepareInitramfs(kernel, onProgress);
  if (options.module === false) return { kernel, initramfs };
  const [module] = await buildModule(kernel, netlinkTestSources, { onProgress });
  return { kernel, initramfs, ...(module === undefined ? {} : { module }) };
}

/** Options of `runInGuest`. */
export interface RunInGuestOptions extends PrepareOptions {
  /** The program and its arguments, looked up in the environment's PATH. */
  readonly command: readonly string[];
  /** A guest that {@link prepareGuest} returned; then `kernel`, `module` and `refresh` have no say. */
  readonly guest?: Guest;
  /** The command's folder, the current one if absent. */
  readonly cwd?: string | URL;
  /** The command's environment, this process's if absent. AFNETLINK_MODULE is added: the path of netlink_test.ko. */
  readonly env?: NodeJS.ProcessEnv;
  /** Parameters of netlink_test, for example `{ protocol: 23 }`. */
  readonly moduleParameters?: Readonly<Record<string, string | number>>;
  /** Further modules to load after netlink_test, in this order: files, or folders of sources, which are built first. */
  readonly modules?: readonly ModuleToLoad[];
  /** Host folders that the command may write to; all else that it writes is gone with the guest. */
  readonly writable?: readonly string[];
  /** The guest's memory in MiB, 1024 if absent. */
  readonly memory?: number;
  /** The guest's processors, 2 if absent. */
  readonly processors?: number;
  /** Milliseconds that the command may take, 300,000 if absent; Infinity for any time. */
  readonly timeout?: number;
  /** Milliseconds that the guest may take to boot, 120,000 if absent. */
  readonly bootTimeout?: number;
  /** Connects the command with this process's terminal. */
  readonly interactive?: boolean;
  /** Further arguments of the kernel's command line. */
  readonly kernelArguments?: readonly string[];
  /** Where the command's output goes, this process's own if absent. */
  readonly stdout?: Writable;
  /** Where the command's standard error goes. Default: this process's. */
  readonly stderr?: Writable;
  /** Ends the guest; the run is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

const RUN_OPTIONS: OptionNames<RunInGuestOptions> = {
  ...PREPARE_OPTIONS,
  command: true,
  guest: true,
  cwd: true,
  env: true,
  moduleParameters: true,
  modules: true,
  writable: true,
  memory: true,
  processors: true,
  timeout: true,
  bootTimeout: true,
  interactive: true,
  kernelArguments: true,
  stdout: true,
  stderr: true,
  signal: true,
};

/** How a command in a guest ended. */
export interface GuestResult {
  /** Who ended it: the command itself, a time limit, the kernel. */
  readonly outcome: Outcome;
  /** The command's exit status; 121 to 125 for an end of another kind (see docs/vm.md). */
  readonly status: number;
  /** What went wrong, with the last lines of the kernel's log; undefined if nothing did. */
  readonly message: string | undefined;
  /** All that the kernel logged, with its time stamps. */
  readonly kernelLog: string;
  /** The value of /proc/sys/kernel/tainted after the command; undefined if the guest did not get there. */
  readonly taint: number | undefined;
  /** Milliseconds. */
  readonly timings: {
    /** From QEMU's start to the command's; undefined where the guest did not get there. */
    readonly boot: number | undefined;
    /** From the command's start to its end. */
    readonly command: number | undefined;
  };
}

/** How long a guest under KVM may take to report before it is started again under TCG, in milliseconds. */
const kvmHandshake = 5000;

/**
 * Boots a guest, loads netlink_test, runs a command in it, and ends it.
 *
 * The guest sees this machine's files, with this user's rights, under a layer that swallows what it writes.
 * @throws VmError where the guest cannot be prepared; what happens inside it is in the result.
 */
export async function runInGuest(options: RunInGuestOptions): Promise<GuestResult> {
  checkOptions('runInGuest', options, RUN_OPTIONS);
  if (options.interactive === true) requireTerminal();
  const guest = options.guest ?? (await prepare(options));
  const trailer = `\n--afnetlink-${randomBytes(16).toString('hex')}--\n`;
  const session = await describeSession(guest, options, trailer);
  const initramfs = await unnamedFile(
    Buffer.concat([await readFile(guest.initramfs), writeCpio(sessionFiles(session))]),
  );
  try {
    return await boot({ guest, options, session, initramfs });
  } finally {
    await initramfs.close();
  }
}

async function describeSession(guest: Guest, options: RunInGuestOptions, trailer: string): Promise<Session> {
  const cwd = options.cwd instanceof URL ? fileURLToPath(options.cwd) : (options.cwd ?? process.cwd());
  return {
    command: checkedCommand(options.command),
    cwd: await existingFolder(cwd),
    environment: {
      ...(options.env ?? process.env),
      ...(guest.module === undefined ? {} : { AFNETLINK_MODULE: guest.module }),
    },
    release: guest.kernel.release,
    modules: guest.kernel.modules,
    modprobe: requireProgram('modprobe'),
    load: [
      ...(guest.module === undefined
        ? []
        : [{ path: guest.module, parameters: options.moduleParameters ?? {} }]),
      ...(await builtModules(guest.kernel, options.modules ?? [], options.onProgress)),
    ],
    writable: await Promise.all(
      (options.writable ?? []).map(async (path, index) => ({
        tag: `writable${index}`,
        path: await existingFolder(path),
      })),
    ),
    trailer,
    interactive: options.interactive ?? false,
  };
}

/** A file that is gone once it is closed, however this process ends. It holds the command's environment. */
async function unnamedFile(content: Buffer): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'afnetlink-'));
  try {
    const file = await open(join(folder, 'initramfs'), 'wx+', 0o600);
    await file.writeFile(content);
    return file;
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Run {
  readonly guest: Guest;
  readonly options: RunInGuestOptions;
  readonly session: Session;
  readonly initramfs: FileHandle;
}

async function boot({ guest, options, session, initramfs }: Run): Promise<GuestResult> {
  const timeout = options.timeout ?? 300_000;
  const limits = {
    bootTimeout: options.bootTimeout ?? 120_000,
    timeout: Number.isFinite(timeout) ? timeout : undefined,
  };
  const machine: Omit<Machine, 'accelerator'> = {
    image: guest.kernel.image,
    memory: options.memory ?? 1024,
    processors: options.processors ?? 2,
    writable: session.writable,
    kernelArguments: options.kernelArguments ?? [],
  };
  const result = await firstThatBoots(machine, limits.bootTimeout, (whole, bootTimeout) =>
    runSession(whole, {
      initramfs,
      trailer: session.trailer,
      stdout: options.stdout ?? process.stdout,
      stderr: options.stderr ?? process.stderr,
      interactive: session.interactive,
      bootTimeout,
      timeout: limits.timeout,
      signal: options.signal,
    }),
  );
  return {
    ...judge(result, limits),
    kernelLog: result.kernelLog,
    taint: result.ending.kind === 'status' ? result.ending.taint : undefined,
    timings: { boot: result.bootTime, command: result.commandTime },
  };
}

/** KVM may be there and yet hang; a guest that does not report soon is started again under TCG. */
async function firstThatBoots(
  machine: Omit<Machine, 'accelerator'>,
  bootTimeout: number,
  start: (machine: Machine, bootTimeout: number) => Promise<SessionResult>,
): Promise<SessionResult> {
  const [first, fallback] = accelerators();
  if (first === undefined) throw new Error('no accelerator');
  if (fallback === undefined) return start({ ...machine, accelerator: first }, bootTimeout);
  const result = await start({ ...machine, accelerator: first }, Math.min(bootTimeout, kvmHandshake));
  if (result.bootTime !== undefined || result.ending.kind === 'setup-failed') return result;
  return start({ ...machine, accelerator: fallback }, bootTimeout);
}

async function existingFolder(path: string): Promise<string> {
  const whole = resolve(path);
  const found = await stat(whole).catch(() => undefined);
  if (found?.isDirectory() !== true)
    throw new VmError('ERR_VM_INVALID_ARGUMENT', `'${whole}' must be a folder`);
  return whole;
}

function checkedCommand(command: readonly string[]): readonly string[] {
  if (command.length === 0) throw new VmError('ERR_VM_INVALID_ARGUMENT', 'no command to run in the guest');
  const bad = command.find((word) => word.includes('\0'));
  if (bad !== undefined)
    throw new VmError(
      'ERR_VM_INVALID_ARGUMENT',
      `a word of the command holds a NUL byte: ${JSON.stringify(bad)}`,
    );
  return command;
}
