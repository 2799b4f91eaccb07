import type { Duplex } from 'node:stream';
import type { Control } from './control.js';
import { VmError } from './errors.js';

/** @throws VmError where this process has no terminal to share. */
export function requireTerminal(): void {
  if (process.stdin.isTTY && process.stdout.isTTY) return;
  throw new VmError('ERR_VM_INVALID_ARGUMENT', 'an interactive run needs a terminal for input and output');
}

/** Connects this process's terminal with the guest's; gives what ends that. */
export function attachTerminal(line: Duplex, control: Control): () => void {
  const { stdin, stdout } = process;
  const resize = (): void => control.resize(stdout.rows, stdout.columns);
  resize();
  stdout.on('resize', resize);
  stdin.setRawMode(true);
  stdin.pipe(line, { end: false });
  line.pipe(stdout, { end: false });
  return () => {
    stdin.unpipe(line);
    stdin.pause();
    stdin.setRawMode(false);
    line.unpipe(stdout);
    stdout.off('resize', resize);
  };
}
