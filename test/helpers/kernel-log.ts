import { execFileSync } from 'node:child_process';

/** The kernel's log so far; needs the right to read it (root in the guest). */
export function kernelLog(): string {
  return execFileSync('dmesg', { encoding: 'utf8', maxBuffer: 1 << 26 });
}
