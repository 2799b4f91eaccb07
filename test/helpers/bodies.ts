import { readSpec } from '#lib/spec/load';
import { interpretedFamily } from '#lib/spec/interpreter/family';
import type { BodySpec, FamilySpec } from '#lib/spec/model';
import type { BodyCodec, Family } from '#lib/spec/runtime/family';
import { generatedFamily, specTextOf } from './families';

/** A kind of message, as the loader and as the generator made it. */
export interface BodyPair {
  readonly name: string;
  readonly body: BodySpec;
  readonly loaded: BodyCodec;
  readonly generated: BodyCodec;
}

const specs = new Map<string, FamilySpec>();

export function specOf(name: string): FamilySpec {
  const spec = specs.get(name) ?? readSpec(specTextOf(name), { file: name, fixups: 'strict' });
  specs.set(name, spec);
  return spec;
}

/** Every kind of message of a family. */
export function bodyPairs(name: string): BodyPair[] {
  const spec = specOf(name);
  const loaded: Family = interpretedFamily(spec);
  const generated = generatedFamily(name);
  const seen = new Set<BodyCodec>();
  return spec.operations.flatMap(({ key, body, notification, do: once, dump }) => {
    const finders: [BodySpec | undefined, (family: Family) => BodyCodec | undefined][] = [
      [
        body,
        ({ operations, notifications }) =>
          notification === undefined ? operations[key]?.body : notifications[notification.id]?.body,
      ],
      [once?.request.body, ({ operations }) => operations[key]?.do?.body],
      [dump?.request.body, ({ operations }) => operations[key]?.dump?.body],
    ];
    return finders.flatMap(([each, find]) => {
      const [one, other] = [find(loaded), find(generated)];
      if (each === undefined || one === undefined || other === undefined || seen.has(other)) return [];
      seen.add(other);
      return [{ name: key, body: each, loaded: one, generated: other }];
    });
  });
}

/** Every kind of message of a generated family, for which no specification is needed. */
export function generatedBodies(name: string): BodyCodec[] {
  const { operations, notifications } = generatedFamily(name);
  const bodies = Object.values(operations).flatMap(({ body, do: once, dump }) => [
    body,
    once?.body,
    dump?.body,
  ]);
  const events = Object.values(notifications).map(({ body }) => body);
  return [...new Set([...bodies, ...events])].filter((body) => body !== undefined);
}
