import { camelCase } from '#lib/spec/names';

type Mapping = Readonly<Record<string, unknown>>;

/**
 * Differences between a value of ours and what the kernel's own Python client made of the same bytes, after the
 * rules by which the two differ on purpose:
 *
 * 1. Names are camelCase here.
 * 2. 64-bit integers, and those of variable width, are bigint here.
 * 3. Flags are an array of names here, a set there.
 * 4. Bytes are a Uint8Array here, `{"$bytes": hex}` there.
 * 5. A number with the hint `hex` is a number here, text there.
 * 6. A sub-message is tagged with its format here: `{ bridge: { … } }`.
 * 7. An entry of an indexed array has `arrayIndex` here, and is `{"1": …}` there.
 * 8. A fixed header's member that an attribute has the name of is apart here (`hdrTable`), and overwrites it there.
 * 9. Structures are read as long as the kernel's are here (fix-ups), as long as the spec says there.
 * 10. Addresses and flags that the spec has no hint for are numbers and bytes there (fix-ups).
 * 11. An attribute that the spec gives the number of its padding is lost there (nlctrl's `mask`).
 * 12. Numbers have the kernel's byte order and sign here (fix-ups), those of the spec there.
 */
export function differences(ours: unknown, theirs: unknown, path = ''): string[] {
  if (Array.isArray(theirs)) return listDifferences(ours, theirs, path);
  if (typeof theirs === 'object' && theirs !== null) return mappingDifferences(ours, theirs as Mapping, path);
  const property = /(\w+)(?:\[\d+\])?$/.exec(path)?.[1] ?? '';
  return equal(ours, asMeant(theirs, property)) ? [] : [`${path}: ${show(ours)} is not ${show(theirs)}`];
}

/** By the property that has it, a number of theirs as the kernel means it. */
const MISTAKEN: Readonly<Record<string, (theirs: number) => number>> = {
  vlanProtocol: (theirs) => ((theirs & 0xff) << 8) | (theirs >>> 8),
  conf: (theirs) => theirs | 0,
};

function asMeant(theirs: unknown, property: string): unknown {
  const meant = MISTAKEN[property];
  return typeof theirs === 'number' && meant !== undefined ? meant(theirs) : theirs;
}

/** Properties that only ours may have, by the rule that says so. */
const OURS_ALONE: ReadonlySet<string> = new Set([
  ...['arrayIndex', 'hdrTable'],
  ...['rtaId', 'rtaTs', 'rtaTsage'],
  'mask',
]);

function listDifferences(ours: unknown, theirs: readonly unknown[], path: string): string[] {
  if (!Array.isArray(ours)) return [`${path}: ${show(ours)} is no array`];
  if (ours.length !== theirs.length) return [`${path}: ${ours.length} entries, not ${theirs.length}`];
  return theirs.flatMap((entry, index) => differences(ours[index], unindexed(entry), `${path}[${index}]`));
}

function unindexed(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null) return entry;
  const [key, ...others] = Object.keys(entry);
  return key !== undefined && others.length === 0 && /^\d+$/.test(key) ? (entry as Mapping)[key] : entry;
}

function mappingDifferences(ours: unknown, theirs: Mapping, path: string): string[] {
  if (isUnhintedAddress(ours))
    return sameBytes(ours, theirs) ? [] : [`${path}: ${ours} is not ${show(theirs)}`];
  if ('$bytes' in theirs) return sameBytes(ours, theirs) ? [] : [`${path}: ${show(ours)} has other bytes`];
  if ('$bigint' in theirs) return differences(ours, BigInt(String(theirs['$bigint'])), path);
  if ('$set' in theirs) return differences(sorted(ours), sorted(theirs['$set']), path);
  if (typeof ours !== 'object' || ours === null) return [`${path}: ${show(ours)} is no object`];
  const own = untagged(ours as Mapping, theirs);
  const expected = new Set(Object.keys(theirs).map(camelCase));
  const surplus = Object.keys(own).filter((key) => !expected.has(key) && !OURS_ALONE.has(key));
  return [
    ...surplus.map((key) => `${path}.${key}: only here`),
    ...Object.entries(theirs).flatMap(([key, value]) =>
      differences(own[camelCase(key)], value, `${path}.${camelCase(key)}`),
    ),
  ];
}

function untagged(ours: Mapping, theirs: Mapping): Mapping {
  const [tag, ...others] = Object.keys(ours);
  if (tag === undefined || others.length > 0 || tag in theirs) return ours;
  const inner = ours[tag];
  const there = new Set(Object.keys(theirs).map(camelCase));
  return !there.has(tag) && typeof inner === 'object' && inner !== null ? (inner as Mapping) : ours;
}

function equal(ours: unknown, theirs: unknown): boolean {
  if (typeof ours === 'bigint') return typeof theirs === 'number' ? ours === BigInt(theirs) : ours === theirs;
  if (typeof ours === 'number' && typeof theirs === 'string')
    return /^0x/.test(theirs) && ours === Number(theirs);
  if (typeof ours === 'string' && typeof theirs === 'number') return ipv4Number(ours) === theirs;
  if (Array.isArray(ours) && typeof theirs === 'number') return flagNumber(ours) === theirs;
  return Object.is(ours, theirs);
}

function isUnhintedAddress(ours: unknown): ours is string {
  return typeof ours === 'string';
}

function sameBytes(ours: unknown, { $bytes }: Mapping): boolean {
  const bytes = typeof ours === 'string' ? ipv6Bytes(ours) : ours;
  return bytes instanceof Uint8Array && Buffer.from(bytes).toString('hex') === $bytes;
}

function ipv4Number(text: string): number {
  return text.split('.').reduce((number, octet) => number * 256 + Number(octet), 0);
}

function ipv6Bytes(text: string): Uint8Array {
  const [head = '', tail = ''] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  const [before, after] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return Uint8Array.from([...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]));
}

/** MPTCP's flags by their bits (linux/mptcp.h): the only ones without an enum in the captures. */
function flagNumber(names: readonly unknown[]): number {
  const bits = ['signal', 'subflow', 'backup', 'fullmesh', 'implicit', 'laminar'];
  return names.reduce<number>((number, name) => number | (1 << bits.indexOf(String(name))), 0);
}

function sorted(list: unknown): unknown {
  return Array.isArray(list) ? [...(list as unknown[])].sort() : list;
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));
}

/** The Python client's input as ours: rules 1, 6 and 12, the other way round. `tags` names the selector of each sub-message. */
export function inputFrom(attrs: unknown): unknown {
  if (Array.isArray(attrs)) return attrs.map(inputFrom);
  if (typeof attrs !== 'object' || attrs === null) return attrs;
  const mapping = attrs as Mapping;
  if ('$bytes' in mapping) return new Uint8Array(Buffer.from(String(mapping['$bytes']), 'hex'));
  const entries = Object.entries(mapping).map(([key, value]): [string, unknown] => {
    const input = asMeant(inputFrom(value), camelCase(key));
    const tag = key === 'data' || key === 'options' ? mapping['kind'] : undefined;
    return [camelCase(key), tag === undefined ? input : { [tag as string]: input }];
  });
  return Object.fromEntries(entries);
}
