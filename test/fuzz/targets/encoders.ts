// Requests as nlctl takes them, in JSON: a generated module and the interpreter write the same bytes, or both refuse: which of
// several faults is named depends on the order of the checks. The first two bytes choose the kind of message.
import { isDeepStrictEqual } from 'node:util';
import { fromJson, toJson } from '#lib/index';
import { NetlinkError } from '#lib/errors';
import type { BodyCodec } from '#lib/spec/runtime/family';
import { WireWriter } from '#lib/wire/index';
import { bodyPairs } from '../../helpers/bodies';
import { captures, replyMessages } from '../../helpers/captures';
import { generatedFamily, generatedNames } from '../../helpers/families';
import { kernelSpecs } from '../../helpers/specs';
import { bytesOf, type Target, textOf } from '../target';

const PREFIX = 2;

const pairs = (kernelSpecs === undefined ? ['netlink_test', 'nexthop', 'sock_diag'] : generatedNames).flatMap(
  bodyPairs,
);

const seed = (index: number, value: object) =>
  Uint8Array.from([index & 0xff, index >> 8, ...bytesOf(toJson(value).slice(0, 4096))]);

function encoded(body: BodyCodec, input: object): Uint8Array | NetlinkError {
  const writer = new WireWriter();
  try {
    body.encode(writer, input);
  } catch (error) {
    if (error instanceof NetlinkError && error.code === 'ERR_NETLINK_INVALID_ARGUMENT') return error;
    throw error;
  }
  return writer.finish();
}

export const target: Target = {
  name: 'encoders',
  seeds: [
    ...pairs.map(({ generated }, index) => {
      const keys = [...generated.header, ...Object.values(generated.attributes())].map(({ name }) => name);
      return seed(
        index,
        Object.fromEntries(keys.slice(0, 12).map((key, place) => [key, place % 3 === 0 ? {} : place])),
      );
    }),
    ...captures
      .flatMap((capture) => replyMessages(generatedFamily(capture.family), capture).slice(0, 20))
      .map(({ body, view, start, end }) => {
        const index = pairs.findIndex(({ generated }) => generated === body);
        return seed(index, body.decode(view, start, end, false));
      }),
  ],
  words: [
    ...[
      '{"$bytes":"00ff"}',
      '{"$bigint":"18446744073709551616"}',
      '[]',
      '{}',
      'null',
      'true',
      '-1',
      '1.5',
      '1e300',
    ],
    ...[
      '"__proto__":{}',
      '"constructor":1',
      '"extra":[{"type":1,"bytes":{"$bytes":"00"}}]',
      '"arrayIndex":70000',
    ],
    ...[
      '"192.0.2.1"',
      '"2001:db8::1"',
      '"00:11:22:33:44:55"',
      '"\\ud800"',
      '4294967296',
      '65536',
      ',',
      ':',
      '"bit99"',
    ],
  ],
  longest: 8192,
  work: { least: 400_000, perByte: 2000 },
  run(input) {
    const [low = 0, high = 0] = input;
    const pair = pairs[(low | (high << 8)) % pairs.length];
    const value = fromJson(textOf(input.subarray(PREFIX)));
    if (pair === undefined || typeof value !== 'object' || value === null) return;
    const generated = encoded(pair.generated, value);
    const loaded = encoded(pair.loaded, value);
    const isSame =
      generated instanceof Error ? loaded instanceof Error : isDeepStrictEqual(generated, loaded);
    if (!isSame) {
      throw new Error(
        `${pair.name}: generated and interpreted code differ: ${show(generated)} | ${show(loaded)}`,
      );
    }
  },
};

function show(value: Uint8Array | NetlinkError): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value.message;
}
