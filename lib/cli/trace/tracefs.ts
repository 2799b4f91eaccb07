import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Guardian } from './guardian.js';

const mountPoints = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

/** The kernel's tracing files. */
export class Tracefs {
  private constructor(readonly folder: string) {}

  static open(): Tracefs {
    const folder = mountPoints.find((path) => existsSync(join(path, 'current_tracer')));
    if (folder !== undefined) return new Tracefs(folder);
    throw new Error(
      process.getuid?.() === 0
        ? 'tracefs is not mounted here: mount -t tracefs tracefs /sys/kernel/tracing'
        : 'tracing the kernel needs root; try nlctl vm -- nlctl trace …, which runs in a guest of your own',
    );
  }

  has(file: string): boolean {
    return existsSync(join(this.folder, file));
  }

  list(folder: string): string[] {
    return readdirSync(join(this.folder, folder));
  }

  read(file: string): string {
    try {
      return readFileSync(join(this.folder, file), 'utf8');
    } catch (error) {
      throw unusable(file, error);
    }
  }

  /** Replaces what the file holds; for a list, one entry a line. */
  write(file: string, text: string): void {
    try {
      writeFileSync(join(this.folder, file), text);
    } catch (error) {
      throw unusable(file, error);
    }
  }

  /** Adds to the list that the file holds. */
  append(file: string, text: string): void {
    try {
      appendFileSync(join(this.folder, file), text);
    } catch (error) {
      throw unusable(file, error);
    }
  }

  /** As for an instance of the tracer. */
  makeFolder(path: string): void {
    try {
      mkdirSync(join(this.folder, path));
    } catch (error) {
      throw unusable(path, error);
    }
  }

  /** Takes over the tracer, unless another program uses it; {@link Guardian.end} restores its state. */
  async lease(settings: Readonly<Record<string, string>>): Promise<Guardian> {
    const tracer = this.read('current_tracer').trim();
    const events = this.read('set_event').trim();
    if (tracer !== 'nop' || events !== '')
      throw new Error(
        `the kernel's tracer is in use (${tracer === 'nop' ? `events: ${events.split('\n').join(' ')}` : tracer}); ` +
          'end that first, since one recording would spoil the other',
      );
    const lease = await Guardian.begin(this.folder, putBack, this.current(Object.keys(settings)).flat());
    try {
      for (const [file, value] of Object.entries(settings)) this.write(file, value);
      return lease;
    } catch (error) {
      await lease.end();
      throw error;
    }
  }

  /** What the files hold, in the form in which they take it back. */
  private current(files: readonly string[]): [file: string, value: string][] {
    return files
      .flatMap((file) =>
        // Processors whose buffers differ in size have no common number, only this letter.
        this.read(file).trim() === 'X' ? this.list('per_cpu').map((cpu) => `per_cpu/${cpu}/${file}`) : [file],
      )
      .map((file) => [file, restorable(this.read(file))]);
  }
}

/** The contents of a tracing file in the form that it accepts: without its words for "nothing", remarks and function triggers. */
export function restorable(text: string): string {
  if (/^(#|no pid)/.test(text)) return '';
  // A buffer that has still to grow on first use: by then it has.
  const expanded = /\(expanded: (\d+)\)/.exec(text)?.[1];
  if (expanded !== undefined) return expanded;
  return text
    .split('\n')
    .filter((line) => !/^[^:]*:(?!mod:)/.test(line))
    .map((line) => line.replace(/ [([].*$/, ''))
    .join('\n')
    .trim();
}

/** The tracer's settings from before, which every second argument is the value of. */
const putBack = `
put() { printf '%s\\n' "$2" >"$1" || failed=1; }
put tracing_on 0
put current_tracer nop
: >trace
while [ $# -gt 1 ]; do
  if [ -n "$2" ]; then put "$1" "$2"; else : >"$1" || failed=1; fi
  shift 2
done
`;

function unusable(file: string, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException;
  const reason =
    code === 'EPERM' || code === 'EACCES' ? ': the kernel is locked down, or root’s rights are missing' : '';
  return new Error(`the tracing file ${file} cannot be used: ${code ?? String(error)}${reason}`, {
    cause: error,
  });
}
