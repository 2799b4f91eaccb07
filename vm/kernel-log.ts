import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';

/** What `guest/session.sh` logs last. */
const endMarker = 'afnetlink: the command ended';
const complaint =
  /BUG:|WARNING:|KASAN|KCSAN|UBSAN|Oops|general protection fault|possible recursive locking|circular locking|unreferenced object|blocked for more than|soft lockup|rcu.*detected stall/;

/** The kernel's log, as it arrives on the serial line. */
export class KernelLog {
  /** Resolves when the kernel has printed all that it logged up to the command's end. */
  readonly endOfCommand: Promise<void>;
  private collected = '';

  constructor(line: Readable) {
    const decoder = new StringDecoder('utf8');
    this.endOfCommand = new Promise((resolve) => {
      line.on('data', (chunk: Buffer) => {
        const searched = Math.max(0, this.collected.length - endMarker.length);
        // The serial line ends its lines with a carriage return too.
        this.collected += decoder.write(chunk).replaceAll('\r', '');
        if (this.collected.includes(endMarker, searched)) resolve();
      });
    });
  }

  /** Resolves when the kernel has logged nothing for this many milliseconds. */
  async silence(duration: number): Promise<void> {
    for (let before = -1; before !== this.collected.length;) {
      before = this.collected.length;
      await delay(duration, undefined, { ref: false });
    }
  }

  get text(): string {
    return this.collected;
  }
}

/** The lines of a log in which the kernel complains of itself: warnings, oopses, what its checkers report. */
export function complaints(log: string): string[] {
  return log.split('\n').filter((line) => complaint.test(line));
}

/** The lines of a log that a module wrote: those that start with its name and a colon. */
export function moduleLines(log: string, module: string): string[] {
  return log
    .split('\n')
    .filter((line) => line.replace(/^(?:<\d+>)?\[[^\]]*\] /, '').startsWith(`${module}: `));
}

export function lastLines(log: string, count: number): string {
  return log.trimEnd().split('\n').slice(-count).join('\n');
}

/** Bits of /proc/sys/kernel/tainted (Documentation/admin-guide/tainted-kernels.rst) that only a defect sets. */
const defects: readonly (readonly [bit: number, meaning: string])[] = [
  [4, 'a machine check'],
  [5, 'a bad page'],
  [7, 'an oops'],
  [9, 'a warning'],
  [14, 'a soft lockup'],
];

/** What a taint value says of defects, in words; modules that are unsigned or built outside the tree are none. */
export function taintDefects(taint: number): string[] {
  return defects.filter(([bit]) => (taint >>> bit) & 1).map(([, meaning]) => meaning);
}
