import type { Control } from './control.js';
import type { Duplex } from 'node:stream';

/** Connects this process's terminal with the guest's; gives what ends that. */
export function attachTerminal(line: Duplex, control: Control): () => void {
  const { stdin, stdout } = process;
  const resize = (): void => control.resize(stdout.rows, stdout.columns);
  const raw = stdin.isTTY;
  if (raw) stdin.setRawMode(true);
  stdout.on('resize', resize);
  stdin.pipe(line, { end: false });
  line.pipe(stdout, { end: false });
  return () => {
    stdin.unpipe(line);
    stdin.pause();
    line.unpipe(stdout);
    stdout.off('resize', resize);
    if (raw) stdin.setRawMode(false);
  };
}
