import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';

/** What the guest's shell reports on the control port. */
export interface ControlEvents {
  /** The guest is about to start the command. */
  ready(): void;
  /** The guest cannot be set up. */
  failed(reason: string): void;
  /** The command ended: its exit status, and /proc/sys/kernel/tainted after it. */
  status(status: number, taint: number): void;
}

/** The control port: a line a message, in both directions. */
export class Control {
  constructor(
    private readonly port: Duplex,
    events: ControlEvents,
  ) {
    createInterface({ input: port }).on('line', (line) => {
      const [verb = '', ...rest] = line.split(' ');
      if (verb === 'ready') events.ready();
      else if (verb === 'failed') events.failed(rest.join(' '));
      else if (verb === 'status') events.status(Number(rest[0]), Number(rest[1]));
    });
  }

  /** Tells the guest's terminal its size. */
  resize(rows: number, columns: number): void {
    this.port.write(`size ${rows} ${columns}\n`);
  }
}
