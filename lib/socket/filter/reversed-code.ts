import { bpf, type BpfInstruction } from './bpf.js';

/** The longest conditional jump. */
const FAR = 255;

/** Code that is written from its end to its start, so that every jump knows its target. Positions count from the end. */
export class ReversedCode {
  readonly #instructions: BpfInstruction[] = [];

  /** Puts instructions, given in running order, in front. Returns the position of the first. */
  prepend(...instructions: readonly BpfInstruction[]): number {
    this.#instructions.push(...[...instructions].reverse());
    return this.#instructions.length - 1;
  }

  /** Puts a conditional jump in front; targets out of its reach get a long jump behind it. */
  branch(make: (jt: number, jf: number) => BpfInstruction, whenTrue: number, whenFalse: number): number {
    const near = (target: number) =>
      this.#distance(target) < FAR ? target : this.prepend(bpf.jump(this.#distance(target)));
    const nearTrue = near(whenTrue);
    const nearFalse = near(whenFalse);
    return this.prepend(make(this.#distance(nearTrue), this.#distance(nearFalse)));
  }

  /** The program that starts at `entry`. */
  finish(entry: number): BpfInstruction[] {
    // A condition that always holds, or never, has no code of its own: what was put in front of its target is not run.
    if (this.#distance(entry) > 0) this.prepend(bpf.jump(this.#distance(entry)));
    return [...this.#instructions].reverse();
  }

  #distance(target: number): number {
    return this.#instructions.length - target - 1;
  }
}
