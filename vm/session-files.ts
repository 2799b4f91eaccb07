import type { ArchiveEntry } from './cpio.js';

/** What the guest's shell reads of one run. */
export interface Session {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly release: string;
  /** The host folder to lay over /lib/modules/RELEASE. */
  readonly modules: string | undefined;
  /** The host's modprobe, for the kernel's own autoload. */
  readonly modprobe: string;
  /** Module files to load before the command, with their parameters. */
  readonly load: readonly ModuleToLoad[];
  readonly writable: readonly { tag: string; path: string }[];
  /** Marks the end of each of the command's two output streams. */
  readonly trailer: string;
  readonly interactive: boolean;
}

/** A kernel module to load in a guest. */
export interface ModuleToLoad {
  /** The module's file, or the folder of its sources. */
  readonly path: string;
  /** The module's parameters. */
  readonly parameters?: Readonly<Record<string, string | number>>;
}

/** The files of `session/` in the initramfs: shell that `vm/guest/session.sh` sources. */
export function sessionFiles(session: Session): ArchiveEntry[] {
  const file = (name: string, lines: readonly string[]): ArchiveEntry => ({
    path: `session/${name}`,
    mode: 0o600,
    content: Buffer.from(lines.map((line) => `${line}\n`).join('')),
  });
  return [
    file('settings.sh', [
      `clock=${Math.floor(Date.now() / 1000)}`,
      `release=${quote(session.release)}`,
      `modules=${quote(session.modules ?? '')}`,
      `modprobe=${quote(session.modprobe)}`,
      `trailer=${quote(session.trailer)}`,
      `terminal=${session.interactive ? '/dev/ttyS1' : ''}`,
    ]),
    file('host.sh', [
      ...session.writable.flatMap(({ tag, path }) => [`share ${tag} ${quote(path)}`]),
      ...session.load.map(
        ({ path, parameters }) => `load ${[path, ...parameterList(parameters)].map(quote).join(' ')}`,
      ),
    ]),
    file('command.sh', [
      ...exportLines(session.environment),
      `cd ${quote(session.cwd)} || exit 125`,
      `exec ${session.command.map(quote).join(' ')}`,
    ]),
  ];
}

function parameterList(parameters: ModuleToLoad['parameters'] = {}): string[] {
  return Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
}

/** Shells keep functions and the like in variables whose names no `export` takes; those stay behind. */
function exportLines(environment: NodeJS.ProcessEnv): string[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && /^[A-Za-z_]\w*$/.test(name) ? [`export ${name}=${quote(value)}`] : [],
  );
}

export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
