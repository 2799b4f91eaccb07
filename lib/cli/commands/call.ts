import { fromJson, openFamily, type DynamicClient, type Family } from '../../index.js';
import { flag, option } from '../command/option.js';
import { optional, required } from '../command/positional.js';
import { UsageError } from '../command/usage-error.js';
import { seconds, text } from '../command/values.js';
import { familyOptions, familyPositional, findFamily, operationKey } from '../family-source.js';

export const netnsOption = option(
  'the network namespace: a name below /run/netns, or a path',
  text('NAME', 'file'),
);

/** The common part of `do` and `dump`. */
export const callOptions = {
  ...familyOptions,
  netns: netnsOption,
  timeout: option('seconds to wait for an answer', seconds('S', 0.001), { byDefault: '5' }),
  strict: flag('fail on what the specification does not know, instead of showing it in "extra"'),
  pretty: flag('indent the output'),
};

export const callPositionals = {
  family: familyPositional,
  operation: required("an operation, as 'nlctl families FAMILY' lists them", text('OPERATION')),
  request: optional('a JSON object, {} by default', text('REQUEST')),
};

export const callNotes = `REQUEST is a JSON object: {"header": {"devName": "eth0"}}. Bytes are {"$bytes": "00ff"}, integers beyond 2^53
{"$bigint": "18446744073709551615"}. The output has the same form.`;

export interface Call {
  readonly client: DynamicClient;
  readonly family: Family;
  readonly key: string;
  readonly request: object;
}

/** Opens the family that the arguments name, and finds the operation in it. */
export async function openCall(
  mode: 'do' | 'dump',
  positionals: {
    readonly family: string | undefined;
    readonly operation: string;
    readonly request: string | undefined;
  },
  { spec, netns }: { readonly spec: string | undefined; readonly netns: string | undefined },
): Promise<Call> {
  const request = parseRequest(positionals.request ?? '{}');
  const family = await findFamily(positionals.family, spec);
  const key = operationKey(family, positionals.operation, mode);
  const client = await openFamily(family, { ...namespace(netns) });
  return { client, family, key, request };
}

/** A name of `ip netns`, or a path. */
export function namespace(name: string | undefined): { readonly netns?: string } {
  if (name === undefined) return {};
  return { netns: name.includes('/') ? name : `/run/netns/${name}` };
}

function parseRequest(source: string): object {
  let request: unknown;
  try {
    request = fromJson(source);
  } catch (error) {
    throw new UsageError(`REQUEST: must be JSON, got '${source}': ${(error as Error).message}`);
  }
  if (typeof request === 'object' && request !== null && !Array.isArray(request)) return request;
  throw new UsageError(`REQUEST: must be a JSON object, got '${source}'`);
}
