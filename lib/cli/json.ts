// JSON in which nothing is lost: bytes are {"$bytes": "00ff"}, integers that a number cannot hold {"$bigint": "…"}.

/** @param pretty indents the text */
export function toJson(value: unknown, pretty: boolean): string {
  return JSON.stringify(value, (_, part: unknown) => plain(part), pretty ? 2 : undefined);
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('hex') };
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : { $bigint: String(value) };
}

/** Reads what {@link toJson} writes, and any other JSON. */
export function fromJson(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => revived(value));
}

function revived(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { $bytes, $bigint } = value as { readonly $bytes?: unknown; readonly $bigint?: unknown };
  if (typeof $bytes === 'string') return new Uint8Array(Buffer.from($bytes, 'hex'));
  return typeof $bigint === 'string' ? BigInt($bigint) : value;
}
