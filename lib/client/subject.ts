/**
 * The properties that identify the object of a request, for error messages. `a|b` is the first that is
 * present, `a/b` is an address with its prefix length, or a device with its bus; `a.b` is nested.
 */
const SUBJECTS: Readonly<Record<string, readonly string[]>> = {
  'rt-addr': ['local|address/ifaPrefixlen', 'ifaIndex'],
  'rt-route': ['dst/rtmDstLen', 'gateway', 'oif', 'table|rtmTable'],
  'rt-neigh': ['dst', 'ndmIfindex'],
  'rt-rule': ['priority', 'src/srcLen', 'dst/dstLen', 'table|hdrTable'],
  tc: ['kind', 'ifindex', 'handle', 'parent', 'chain'],
  nexthop: ['id', 'gateway', 'oif'],
  nftables: ['table', 'chain', 'name|set', 'handle'],
  devlink: ['busName/devName', 'portIndex', 'paramName|regionName|resourceName|trapName'],
  nl80211: ['ifname|wiphyName', 'ifindex|wiphy'],
};

/** For every other family: the name or the number of its objects. */
const USUAL: readonly string[] = [
  'ifname|name|header.devName|devName|familyName',
  'ifindex|ifiIndex|header.devIndex|id',
];

/** What a request of a family is about: `'eth0'`, `dst '192.0.2.0/24' oif 3`. Undefined if nothing in it says so. */
export function subjectOf(family: string, request: object): string | undefined {
  const parts = (SUBJECTS[family] ?? USUAL).flatMap((form) => part(request, form) ?? []);
  return parts.length === 0 ? undefined : parts.join(' ');
}

function part(request: object, form: string): string | undefined {
  const [paths = '', more] = form.split('/');
  for (const path of paths.split('|')) {
    const value = valueAt(request, path);
    if (value === undefined) continue;
    const further = more === undefined ? undefined : valueAt(request, more);
    const label = path.slice(path.lastIndexOf('.') + 1);
    if (typeof value !== 'string') return `${label} ${value}`;
    const quoted = further === undefined ? `'${value}'` : `'${value}/${further}'`;
    return label.toLowerCase().endsWith('name') ? quoted : `${label} ${quoted}`;
  }
  return undefined;
}

/** A text or a number; a member of a fixed header that the request leaves at zero counts as absent. */
function valueAt(request: object, path: string): string | number | bigint | undefined {
  let value: unknown = request;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  return value === '' || Number(value) === 0 ? undefined : value;
}
