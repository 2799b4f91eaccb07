import fc from 'fast-check';
import { match } from 'afnetlink/filter';

/** A condition, and the same thing said in plain JavaScript. */
export interface OracledCondition {
  readonly text: string;
  readonly condition: match.Condition;
  readonly holds: (message: DataView) => boolean;
}

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

const readers = {
  u8: { width: 1, read: (view: DataView, offset: number) => view.getUint8(offset) },
  u16: { width: 2, read: (view: DataView, offset: number) => view.getUint16(offset, littleEndian) },
  u32: { width: 4, read: (view: DataView, offset: number) => view.getUint32(offset, littleEndian) },
  u16be: { width: 2, read: (view: DataView, offset: number) => view.getUint16(offset) },
  u32be: { width: 4, read: (view: DataView, offset: number) => view.getUint32(offset) },
} as const;

/** The length of the messages that the conditions look at: every offset below lies within. */
export const MESSAGE_LENGTH = 32;

const comparison: fc.Arbitrary<OracledCondition> = fc
  .record({
    kind: fc.constantFrom('u8', 'u16', 'u32', 'u16be', 'u32be'),
    test: fc.constantFrom('is', 'between', 'hasAny', 'hasAll'),
    offset: fc.nat(MESSAGE_LENGTH - 4),
    // Few different bytes, so that comparisons often hold.
    values: fc.array(fc.nat(0xffffffff), { maxLength: 4 }),
    narrow: fc.boolean(),
  })
  .map(({ kind, test, offset, values: raw, narrow }) => {
    const { width, read } = readers[kind];
    const values = raw.map((value) => (narrow ? value % 4 : value % 2 ** (width * 8)));
    const field = match.field[kind](offset);
    const [first = 0, second = first] = values;
    const value = (message: DataView) => read(message, offset);
    const text = `${kind}@${offset}.${test}(${values.join(', ')})`;
    switch (test) {
      case 'is':
        return {
          text,
          condition: field.is(...values),
          holds: (message) => values.includes(value(message)),
        };
      case 'between':
        return {
          text,
          condition: field.between(first, second),
          holds: (message) => value(message) >= first && value(message) <= second,
        };
      case 'hasAny':
        return { text, condition: field.hasAny(first), holds: (message) => (value(message) & first) !== 0 };
      case 'hasAll':
        return {
          text,
          condition: field.hasAll(first),
          holds: (message) => (value(message) & first) >>> 0 === first,
        };
    }
  });

/** Conditions of every shape, and of a size that needs long jumps now and then. */
export const conditions: fc.Arbitrary<OracledCondition> = fc.letrec<{ node: OracledCondition }>((tie) => {
  const several = fc.array(tie('node'), { maxLength: 4 });
  const join = (parts: readonly OracledCondition[]) => parts.map(({ text }) => text).join(', ');
  return {
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      comparison,
      several.map((parts) => ({
        text: `all(${join(parts)})`,
        condition: match.all(...parts.map(({ condition }) => condition)),
        holds: (message: DataView) => parts.every((part) => part.holds(message)),
      })),
      several.map((parts) => ({
        text: `any(${join(parts)})`,
        condition: match.any(...parts.map(({ condition }) => condition)),
        holds: (message: DataView) => parts.some((part) => part.holds(message)),
      })),
      tie('node').map((part) => ({
        text: `not(${part.text})`,
        condition: match.not(part.condition),
        holds: (message: DataView) => !part.holds(message),
      })),
    ),
  };
}).node;

/** Messages whose bytes meet the conditions above about as often as not. */
export const messages: fc.Arbitrary<Uint8Array<ArrayBuffer>> = fc
  .array(fc.oneof(fc.nat(3), fc.nat(255)), { minLength: MESSAGE_LENGTH, maxLength: MESSAGE_LENGTH })
  .map((bytes) => Uint8Array.from(bytes));
