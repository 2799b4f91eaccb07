import { openFamily, type DynamicClient, type Family } from '../index.js';
import { UsageError } from './arguments.js';
import { findFamily, operationKey, withoutFamily } from './family-source.js';
import { fromJson } from '../json.js';

/** The options that `do` and `dump` share. */
export const callOptions = {
  spec: { type: 'string' },
  netns: { type: 'string' },
  timeout: { type: 'string' },
  strict: { type: 'boolean', default: false },
  pretty: { type: 'boolean', default: false },
} as const;

export const callUsage = `  --spec FILE     a specification (YAML) to use in place of a family of this package
  --netns NAME    the network namespace: a name below /run/netns, or a path
  --timeout S     seconds to wait for an answer (5)
  --strict        fail on what the specification does not know, instead of showing it in "extra"
  --pretty        indent the output
  --help          print this

REQUEST is a JSON object: {"header": {"devName": "eth0"}}. Bytes are {"$bytes": "00ff"}, integers beyond 2^53
{"$bigint": "18446744073709551615"}; so is the output.`;

export interface Call {
  readonly client: DynamicClient;
  readonly family: Family;
  readonly key: string;
  readonly request: object;
  readonly timeout: number;
}

/** Opens the family that the arguments name, and works out what they ask of it. */
export async function openCall(
  positionals: readonly string[],
  mode: 'do' | 'dump',
  options: {
    readonly spec?: string | undefined;
    readonly netns?: string | undefined;
    readonly timeout?: string | undefined;
  },
): Promise<Call> {
  const family = await findFamily(positionals[0], options.spec);
  const [name, text = '{}', ...surplus] = withoutFamily(positionals, family, options.spec);
  if (surplus.length > 0)
    throw new UsageError(`one REQUEST at most; '${surplus[0] ?? ''}' is too much: quote it`);
  const key = operationKey(family, name, mode);
  const request = parseRequest(text);
  const timeout = parseTimeout(options.timeout);
  const client = await openFamily(family, { ...namespace(options.netns) });
  return { client: client, family, key, request, timeout };
}

/** A name of `ip netns`, or a path. */
export function namespace(name: string | undefined): { readonly netns?: string } {
  if (name === undefined) return {};
  return { netns: name.includes('/') ? name : `/run/netns/${name}` };
}

function parseRequest(text: string): object {
  let request: unknown;
  try {
    request = fromJson(text);
  } catch (error) {
    throw new UsageError((error as Error).message.replace(/^fromJson/, 'REQUEST'));
  }
  if (typeof request === 'object' && request !== null && !Array.isArray(request)) return request;
  throw new UsageError('REQUEST must be a JSON object');
}

function parseTimeout(text = '5'): number {
  const seconds = text.trim() === '' ? NaN : Number(text);
  if (seconds > 0 && seconds <= 86_400) return seconds * 1000;
  throw new UsageError(`--timeout takes seconds, more than 0, not '${text}'`);
}
