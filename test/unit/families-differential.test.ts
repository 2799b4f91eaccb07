import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { interpretedFamily } from '#lib/spec/interpreter/family';
import type { BodyCodec, Family } from '#lib/spec/runtime/family';
import { WireView, WireWriter } from '#lib/wire/index';
import { bodyInput, singleInputs } from '../helpers/arbitraries';
import { bodyPairs, specOf } from '../helpers/bodies';
import { testUnless } from '../helpers/conditional';
import { generatedFamily, generatedNames } from '../helpers/families';
import { WITHOUT_SPECS } from '../helpers/specs';

/** What a codec does with an input or with bytes, errors included. */
function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function encoded(codec: BodyCodec, input: object): Uint8Array {
  const writer = new WireWriter();
  codec.encode(writer, input);
  return writer.finish();
}

function decoded(codec: BodyCodec, bytes: Uint8Array, strict = false): unknown {
  return codec.decode(new WireView(bytes), 0, bytes.length, strict);
}

/** As `toEqual`, which takes most of these tests' time: it has to say what differs only where something does. */
function expectEqual(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}

test('all families of the kernel’s specs are here', () => {
  expect(generatedNames.length).toBeGreaterThanOrEqual(33);
});

describe.each([...generatedNames])('%s', (name) => {
  testUnless(WITHOUT_SPECS, 'operations and notifications have the same numbers', () => {
    const loaded = interpretedFamily(specOf(name));
    const generated = generatedFamily(name);
    const facts = (family: Family): string =>
      JSON.stringify(family, (key, value: unknown) => (key === 'body' ? undefined : value));
    expect(facts(generated)).toBe(facts(loaded));
  });

  testUnless(WITHOUT_SPECS, 'any input gives the same bytes, and these the same values', () => {
    for (const { body, loaded, generated } of bodyPairs(name)) {
      fc.assert(
        fc.property(bodyInput(body), (input) => {
          const bytes = encoded(generated, input);
          expectEqual(bytes, encoded(loaded, input));
          const values = decoded(generated, bytes);
          expectEqual(values, decoded(loaded, bytes));
          // What was decoded means the same bytes again, but for what an input may leave out or write otherwise.
          const again = encoded(generated, values as object);
          expectEqual(decoded(generated, again), values);
        }),
        { numRuns: 60 },
      );
    }
  });

  testUnless(WITHOUT_SPECS, 'each attribute alone goes there and back', () => {
    const seen = new Set<unknown>();
    for (const { body, loaded, generated } of bodyPairs(name)) {
      // Operations share their sets of attributes.
      if (seen.has(body.set)) continue;
      seen.add(body.set);
      for (const { key, input: inputs } of singleInputs(body)) {
        fc.assert(
          fc.property(inputs, (input) => {
            const bytes = encoded(generated, input);
            expectEqual(bytes, encoded(loaded, input));
            const values = decoded(generated, bytes) as Readonly<Record<string, unknown>>;
            expectEqual(values, decoded(loaded, bytes));
            if (input[key] !== undefined) expect(values).toHaveProperty([key]);
            expectEqual(decoded(generated, encoded(generated, values)), values);
          }),
          { numRuns: 20 },
        );
      }
    }
  });

  testUnless(WITHOUT_SPECS, 'damaged bytes give the same values or the same error', () => {
    for (const { body, loaded, generated } of bodyPairs(name)) {
      const damage = fc.record({
        cut: fc.nat({ max: 64 }),
        changes: fc.array(fc.tuple(fc.nat({ max: 4096 }), fc.integer({ min: 0, max: 255 })), {
          maxLength: 6,
        }),
      });
      fc.assert(
        fc.property(bodyInput(body), damage, (input, { cut, changes }) => {
          const whole = encoded(generated, input);
          const bytes = whole.slice(0, Math.max(0, whole.length - cut));
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          expectEqual(
            outcome(() => decoded(generated, bytes)),
            outcome(() => decoded(loaded, bytes)),
          );
        }),
        { numRuns: 60 },
      );
    }
  });

  testUnless(WITHOUT_SPECS, 'a selection gives these properties and no others', () => {
    for (const { body, loaded, generated } of bodyPairs(name)) {
      const keys = [...generated.header, ...Object.values(generated.attributes())]
        .filter(({ kind }) => kind !== 'pad')
        .map((described) => described.name);
      fc.assert(
        fc.property(bodyInput(body), fc.subarray(keys), (input, wanted) => {
          const bytes = encoded(generated, input);
          const project = (codec: BodyCodec) =>
            codec.project(wanted as never[])(new WireView(bytes), 0, bytes.length, false);
          const whole = decoded(generated, bytes) as Readonly<Record<string, unknown>>;
          const values = project(generated);
          expect(values).toStrictEqual(project(loaded));
          for (const [key, value] of Object.entries(values)) {
            // What was selected and could not be read is kept all the same.
            expect([...wanted, 'extra']).toContain(key);
            if (typeof value !== 'object') expect(value).toEqual(whole[key]);
          }
        }),
        { numRuns: 20 },
      );
    }
  });
});
