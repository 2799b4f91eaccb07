import { invalidArgument } from '../../errors.js';

/**
 * One instruction of classic BPF (struct sock_filter): what the kernel runs over each datagram before it is queued. A
 * program returns the number of bytes to keep; 0 drops the datagram.
 */
export interface BpfInstruction {
  /** The operation, 16 bits. */
  readonly code: number;
  /** How many instructions to skip when a condition holds, and when it does not. */
  readonly jt: number;
  /** Instructions to skip if a comparison fails, 0 to 255. */
  readonly jf: number;
  /** The operand, an unsigned integer of 32 bits. */
  readonly k: number;
}

// linux/bpf_common.h
const LD = 0x00;
const ALU = 0x04;
const JMP = 0x05;
const RET = 0x06;
const MISC = 0x07;
const W = 0x00;
const H = 0x08;
const B = 0x10;
const ABS = 0x20;
const LEN = 0x80;
const OR = 0x40;
const AND = 0x50;
const LSH = 0x60;
const JA = 0x00;
const JEQ = 0x10;
const JGT = 0x20;
const JGE = 0x30;
const JSET = 0x40;
const K = 0x00;
const X = 0x08;
const TAX = 0x00;

const op = (code: number, k = 0, jt = 0, jf = 0): BpfInstruction => ({ code, jt, jf, k: k >>> 0 });

/** The instructions that filters are made of. Loads are big-endian, whatever the machine. */
export const bpf = {
  /** Loads 4 bytes at `offset` of the message, in network byte order, into the accumulator. */
  loadWord: (offset: number) => op(LD | W | ABS, offset),
  /** Loads 2 bytes at `offset` of the message, in network byte order, into the accumulator. */
  loadHalf: (offset: number) => op(LD | H | ABS, offset),
  /** Loads the byte at `offset` of the message into the accumulator. */
  loadByte: (offset: number) => op(LD | B | ABS, offset),
  /** Loads the length of the datagram into the accumulator. */
  loadLength: () => op(LD | W | LEN),
  /** Copies the accumulator to the index register. */
  copyToIndex: () => op(MISC | TAX),
  /** Shifts the accumulator to the left by 0 to 31 bits. */
  shiftLeft: (bits: number) => op(ALU | LSH | K, bits),
  /** Keeps the accumulator's bits that `mask` has. */
  and: (mask: number) => op(ALU | AND | K, mask),
  /** Combines the accumulator with the index register by OR. */
  orIndex: () => op(ALU | OR | X),
  /** Skips `distance` instructions. */
  jump: (distance: number) => op(JMP | JA, distance),
  /** Skips `jt` instructions if the accumulator is equal to `value`, otherwise `jf`. */
  jumpEqual: (value: number, jt: number, jf: number) => op(JMP | JEQ | K, value, jt, jf),
  /** Skips `jt` instructions if the accumulator is greater than `value`, otherwise `jf`. */
  jumpGreater: (value: number, jt: number, jf: number) => op(JMP | JGT | K, value, jt, jf),
  /** Skips `jt` instructions if the accumulator is at least `value`, otherwise `jf`. */
  jumpGreaterOrEqual: (value: number, jt: number, jf: number) => op(JMP | JGE | K, value, jt, jf),
  /** Skips `jt` instructions if the accumulator has any bit of `mask`, otherwise `jf`. */
  jumpAnyBit: (mask: number, jt: number, jf: number) => op(JMP | JSET | K, mask, jt, jf),
  /** Delivers the whole datagram. */
  accept: () => op(RET | K, 0xffffffff),
  /** Drops the datagram. */
  drop: () => op(RET | K, 0),
} as const;

/** Runs a program over a datagram as the kernel does: how many bytes it keeps. Understands what {@link bpf} makes. */
export function runBpf(program: readonly BpfInstruction[], datagram: Uint8Array): number {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const conditions: Readonly<Record<number, (a: number, k: number) => boolean>> = {
    [JEQ]: (a, k) => a === k,
    [JGT]: (a, k) => a > k,
    [JGE]: (a, k) => a >= k,
    [JSET]: (a, k) => (a & k) !== 0,
  };
  let accumulator = 0;
  let index = 0;
  for (let at = 0; ; at++) {
    const instruction = program[at];
    if (instruction === undefined) throw invalidArgument('a filter must end with accept or drop');
    const { code, jt, jf, k } = instruction;
    switch (code) {
      case RET | K:
        return k;
      case LD | W | ABS:
        if (k + 4 > datagram.length) return 0;
        accumulator = view.getUint32(k);
        break;
      case LD | H | ABS:
        if (k + 2 > datagram.length) return 0;
        accumulator = view.getUint16(k);
        break;
      case LD | B | ABS:
        if (k + 1 > datagram.length) return 0;
        accumulator = view.getUint8(k);
        break;
      case LD | W | LEN:
        accumulator = datagram.length;
        break;
      case MISC | TAX:
        index = accumulator;
        break;
      case ALU | LSH | K:
        accumulator = (accumulator << k) >>> 0;
        break;
      case ALU | AND | K:
        accumulator = (accumulator & k) >>> 0;
        break;
      case ALU | OR | X:
        accumulator = (accumulator | index) >>> 0;
        break;
      case JMP | JA:
        at += k;
        break;
      default: {
        const condition = (code & 0x0f) === JMP ? conditions[code & 0xf0] : undefined;
        if (condition === undefined)
          throw invalidArgument(`a filter has an unknown instruction, code ${code}`);
        at += condition(accumulator, k) ? jt : jf;
      }
    }
  }
}
