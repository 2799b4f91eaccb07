/** A recorded exchange. */
export interface Capture {
  readonly family?: string;
  readonly op?: string;
  readonly mode?: string;
  readonly request?: Uint8Array;
  readonly replies: readonly Uint8Array[];
}

/** Reads a capture's JSON. Throws an error that names the member at fault. */
export function readCapture(source: string, file: string): Capture {
  let capture: unknown;
  try {
    capture = JSON.parse(source);
  } catch (error) {
    throw new Error(`${file}: must be JSON: ${(error as Error).message}`);
  }
  if (!isObject(capture)) throw wrong(file, 'a JSON object', capture);
  const { request, replies = [] } = capture;
  if (!Array.isArray(replies)) throw wrong(`${file}: replies`, 'an array', replies);
  return {
    ...textMember(capture, 'family', file),
    ...textMember(capture, 'op', file),
    ...textMember(capture, 'mode', file),
    ...(request !== undefined && { request: datagram(request, `${file}: request`) }),
    replies: replies.map((reply: unknown, index) => datagram(reply, `${file}: replies[${index}]`)),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textMember(
  capture: Readonly<Record<string, unknown>>,
  name: 'family' | 'op' | 'mode',
  file: string,
): { readonly [Name in typeof name]?: string } {
  const value = capture[name];
  if (value === undefined) return {};
  if (typeof value !== 'string') throw wrong(`${file}: ${name}`, 'a string', value);
  return { [name]: value };
}

function datagram(value: unknown, place: string): Uint8Array {
  if (typeof value !== 'string' || !/^([0-9a-f]{2})*$/i.test(value))
    throw wrong(place, 'a string of hexadecimal digits, two for each byte', value);
  return Buffer.from(value, 'hex');
}

const SHOWN = 40;

function wrong(place: string, rule: string, value: unknown): Error {
  const text = JSON.stringify(value);
  return new Error(
    `${place}: must be ${rule}, got ${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}`,
  );
}
