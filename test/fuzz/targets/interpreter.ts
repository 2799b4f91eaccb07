// The same bytes read by a family's generated module and by the interpreter, from the same specification: equal values, or
// equal errors. The prefix is that of the decoders' target.
import { isDeepStrictEqual } from 'node:util';
import { NetlinkError } from '#lib/errors';
import type { BodyCodec } from '#lib/spec/runtime/family';
import { WireView, WireWriter } from '#lib/wire/index';
import { bodyPairs } from '../../helpers/bodies';
import { generatedNames } from '../../helpers/families';
import { kernelSpecs } from '../../helpers/specs';
import type { Target } from '../target';
import { seedsFor } from './decoders';

const PREFIX = 4;

// Without the kernel's specifications, those that are in this package.
const names = kernelSpecs === undefined ? ['netlink_test', 'nexthop', 'sock_diag'] : generatedNames;
const pairs = names.flatMap(bodyPairs);

function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (error instanceof NetlinkError) return { code: error.code, message: error.message };
    throw error;
  }
}

function read(body: BodyCodec, input: Uint8Array, way: number): unknown {
  const view = new WireView(input);
  const values = body.decode(view, PREFIX, input.length, way % 2 === 1);
  if (way % 4 < 2) return values;
  const writer = new WireWriter();
  body.encode(writer, values);
  return writer.finish();
}

export const target: Target = {
  name: 'interpreter',
  seeds: seedsFor(pairs.map(({ generated }) => generated)),
  work: { least: 40_000, perByte: 1000 },
  run(input) {
    const [low = 0, high = 0, way = 0] = input;
    const pair = pairs[(low | (high << 8)) % pairs.length];
    if (pair === undefined || input.length < PREFIX) return;
    const generated = outcome(() => read(pair.generated, input, way));
    const loaded = outcome(() => read(pair.loaded, input, way));
    if (!isDeepStrictEqual(generated, loaded)) {
      throw new Error(
        `${pair.name}: generated and interpreted code differ:\n${show(generated)}\n${show(loaded)}`,
      );
    }
  },
};

function show(value: unknown): string {
  const text = JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));
  return text.slice(0, 2000);
}
