import { invalidArgument } from '../../errors.js';
import { LITTLE_ENDIAN_HOST } from '../../wire/byte-order.js';
import { bpf, type BpfInstruction } from './bpf.js';
import type { ReversedCode } from './reversed-code.js';

/**
 * A condition on the first message of a datagram. Build one from {@link header}, {@link field}, {@link all}, {@link any}
 * and {@link not}.
 */
export class Condition {
  readonly #compile: Compile;

  /** @internal */
  constructor(compile: Compile) {
    this.#compile = compile;
  }

  /** @internal Puts the condition's code in front of `code`; returns its entry. */
  compile(code: ReversedCode, whenTrue: number, whenFalse: number): number {
    return this.#compile(code, whenTrue, whenFalse);
  }
}

type Compile = (code: ReversedCode, whenTrue: number, whenFalse: number) => number;

/** A number in a message, to be compared. Every comparison is unsigned. */
export interface Field {
  /** Equal to one of the values. */
  is(...values: readonly number[]): Condition;
  /** At least `low` and at most `high`. */
  between(low: number, high: number): Condition;
  /** At least one of the mask's bits is set. */
  hasAny(mask: number): Condition;
  /** All of the mask's bits are set. */
  hasAll(mask: number): Condition;
}

interface Layout {
  readonly offset: number;
  readonly width: 1 | 2 | 4;
  /** Stored low byte first, where a load reads the high byte first. */
  readonly swapped: boolean;
}

function makeField(layout: Layout): Field {
  const { width } = layout;
  const maximum = 2 ** (width * 8) - 1;
  const constant = (value: number) => {
    if (!Number.isInteger(value) || value < 0 || value > maximum) {
      throw invalidArgument(`filter: ${String(value)} does not fit into ${width} bytes`);
    }
    return layout.swapped ? swap(value, width) : value;
  };
  return {
    is: (...values) => {
      const constants = values.map(constant);
      return new Condition((code, whenTrue, whenFalse) => {
        if (constants.length === 0) return whenFalse;
        let next = whenFalse;
        for (const value of [...constants].reverse()) {
          next = code.branch((jt, jf) => bpf.jumpEqual(value, jt, jf), whenTrue, next);
        }
        return code.prepend(load(layout));
      });
    },
    between: (low, high) => {
      constant(low);
      constant(high);
      return new Condition((code, whenTrue, whenFalse) => {
        const second = code.branch((jt, jf) => bpf.jumpGreater(high, jt, jf), whenFalse, whenTrue);
        code.branch((jt, jf) => bpf.jumpGreaterOrEqual(low, jt, jf), second, whenFalse);
        return code.prepend(...loadInOrder(layout));
      });
    },
    hasAny: (mask) => {
      const bits = constant(mask);
      return new Condition((code, whenTrue, whenFalse) => {
        code.branch((jt, jf) => bpf.jumpAnyBit(bits, jt, jf), whenTrue, whenFalse);
        return code.prepend(load(layout));
      });
    },
    hasAll: (mask) => {
      const bits = constant(mask);
      return new Condition((code, whenTrue, whenFalse) => {
        code.branch((jt, jf) => bpf.jumpEqual(bits, jt, jf), whenTrue, whenFalse);
        return code.prepend(load(layout), bpf.and(bits));
      });
    },
  };
}

function load({ offset, width }: Layout): BpfInstruction {
  if (width === 1) return bpf.loadByte(offset);
  return width === 2 ? bpf.loadHalf(offset) : bpf.loadWord(offset);
}

/** Loads a field so that greater and less mean what they say, whatever its byte order. */
function loadInOrder(layout: Layout): BpfInstruction[] {
  if (!layout.swapped || layout.width === 1) return [load(layout)];
  const code = [bpf.loadByte(layout.offset + layout.width - 1)];
  for (let byte = layout.width - 2; byte >= 0; byte--) {
    code.push(bpf.shiftLeft(8), bpf.copyToIndex(), bpf.loadByte(layout.offset + byte), bpf.orIndex());
  }
  return code;
}

function swap(value: number, width: 1 | 2 | 4): number {
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setUint32(0, value, true);
  return bytes.getUint32(0) >>> (32 - width * 8);
}

function checkOffset(offset: number): number {
  if (Number.isInteger(offset) && offset >= 0 && offset <= 0xffff) return offset;
  throw invalidArgument(
    `filter: an offset in a message must be an integer from 0 to 65535, got ${String(offset)}`,
  );
}

const host = (width: 2 | 4) => (offset: number) =>
  makeField({ offset: checkOffset(offset), width, swapped: LITTLE_ENDIAN_HOST });
const network = (width: 2 | 4) => (offset: number) =>
  makeField({ offset: checkOffset(offset), width, swapped: false });

/**
 * A number at an offset from the start of the message; its payload begins at 16. A message that is too short for it is
 * dropped, whatever the rest of the condition says.
 */
export const field = {
  /** An unsigned byte at `offset` of the message. */
  u8: (offset: number) => makeField({ offset: checkOffset(offset), width: 1, swapped: false }),
  /** In host order, as netlink's own headers and most attributes are. */
  u16: host(2),
  /** 4 bytes at `offset` of the message, in the host's byte order. */
  u32: host(4),
  /** In network order. */
  u16be: network(2),
  /** 4 bytes at `offset` of the message, in network byte order. */
  u32be: network(4),
} as const;

/** The fields of the message header. */
export const header = {
  /** nlmsg_type. */
  type: field.u16(4),
  /** nlmsg_flags. */
  flags: field.u16(6),
  /** nlmsg_seq. */
  sequence: field.u32(8),
  /** nlmsg_pid. */
  portId: field.u32(12),
} as const;

/** All of the conditions hold; also when there are none. */
export function all(...conditions: readonly Condition[]): Condition {
  return new Condition((code, whenTrue, whenFalse) =>
    conditions.reduceRight((next, condition) => condition.compile(code, next, whenFalse), whenTrue),
  );
}

/** At least one of the conditions holds. */
export function any(...conditions: readonly Condition[]): Condition {
  return new Condition((code, whenTrue, whenFalse) =>
    conditions.reduceRight((next, condition) => condition.compile(code, whenTrue, next), whenFalse),
  );
}

/** The condition does not hold. */
export function not(condition: Condition): Condition {
  return new Condition((code, whenTrue, whenFalse) => condition.compile(code, whenFalse, whenTrue));
}
