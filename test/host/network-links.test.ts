// afnetlink/network's links against this kernel, with `ip` as the oracle.
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type LinkInput, openNetwork } from 'afnetlink/network';
import { privateNamespace } from '../helpers/private-namespace';

const namespace = privateNamespace();
const other = privateNamespace();
const open = () => openNetwork({ netns: namespace.netns });

interface IpLink {
  readonly ifindex: number;
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly qdisc: string;
  readonly operstate: string;
  readonly group: string;
  readonly txqlen?: number;
  readonly address: string;
  readonly master?: string;
  readonly link?: string;
  readonly altnames?: readonly string[];
  readonly ifalias?: string;
  readonly linkinfo?: { readonly info_kind: string; readonly info_data?: Readonly<Record<string, unknown>> };
}

const shown = (name: string): IpLink => (namespace.ipJson(`-d link show ${name}`) as IpLink[])[0] as IpLink;

/** The line of `ip link`, without the flag that is about another link: that this one's lower or peer is down. */
const lineOf = (name: string): string =>
  (namespace.ip(`link show ${name}`).split('\n')[0] ?? '').replace(',M-DOWN', '').trim();

const without = (value: object, names: readonly string[]) =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));

/** What stays when a link is made again. */
const lasting = (name: string) => {
  const { linkinfo, ...all } = shown(name);
  const rest = without(all, ['ifindex', 'address']);
  const timers = Object.entries(linkinfo?.info_data ?? {}).filter(
    ([key]) => !/timer|bridge_id|root_id/.test(key),
  );
  return { ...rest, linkinfo: { kind: linkinfo?.info_kind, data: Object.fromEntries(timers) } };
};

afterEach(async () => {
  using network = open();
  if ((await network.links.find('x0')) !== undefined) await network.links.delete('x0');
});

beforeAll(() => {
  namespace.ip('link add base type veth peer name base-peer');
  namespace.ip('link set base addrgenmode none up');
  namespace.ip('link add br9 type bridge');
});

const mac = '02:00:00:00:00:07';

/** Each row: the command, what we add in its place, and what we read back besides. */
const ROWS: readonly (readonly [ip: string, input: Omit<LinkInput, 'name'>, reads?: object])[] = [
  ['name x0 type ifb', { kind: 'ifb' }],
  [
    `name x0 address ${mac} mtu 1400 txqueuelen 77 type ifb`,
    { kind: 'ifb', mac, mtu: 1400, txQueueLength: 77 },
  ],
  ['name x0 group 5 type ifb', { kind: 'ifb', group: 5 }],
  ['name x0 type veth peer name x1', { kind: 'veth', peer: { name: 'x1' } }, { peer: 'x1' }],
  [
    `name x0 mtu 1400 type veth peer name x1 address ${mac} mtu 1300`,
    { kind: 'veth', mtu: 1400, peer: { name: 'x1', mac, mtu: 1300 } },
    { peer: 'x1', mtu: 1400 },
  ],
  ['name x0 type bridge', { kind: 'bridge' }, { bridge: expect.objectContaining({ forwardDelay: 15 }) }],
  [
    'name x0 type bridge forward_delay 400 hello_time 150 ageing_time 6000 priority 7 mcast_snooping 0',
    {
      kind: 'bridge',
      bridge: {
        forwardDelay: 4,
        helloTime: 1.5,
        ageingTime: 60,
        priority: 7,
        multicastSnooping: false,
      },
    },
  ],
  [
    'name x0 type vxlan id 42 local 192.0.2.1 remote 192.0.2.9 dstport 4789 ttl 7 nolearning dev base',
    {
      kind: 'vxlan',
      parent: 'base',
      vxlan: { id: 42, local: '192.0.2.1', remote: '192.0.2.9', port: 4789, ttl: 7, learning: false },
    },
    { parent: 'base' },
  ],
  [
    'name x0 type vxlan id 43 local 2001:db8::1 remote 2001:db8::2 dstport 4789',
    { kind: 'vxlan', vxlan: { id: 43, local: '2001:db8::1', remote: '2001:db8::2', port: 4789 } },
  ],
  [
    'name x0 link base type macvlan mode bridge',
    { kind: 'macvlan', parent: 'base', macvlan: { mode: 'bridge' } },
    { parent: 'base' },
  ],
  [
    'name x0 link base type macvtap mode vepa',
    { kind: 'macvtap', parent: 'base', macvtap: { mode: 'vepa' } },
  ],
];

describe.each(ROWS)('ip link add %s', (command, input, reads = {}) => {
  test('is what add does, and what list reads', async () => {
    using network = open();
    namespace.ip(`link add ${command}`);
    const byIp = lasting('x0');
    const read = await network.links.get('x0');
    expect(lineOf('x0')).toBe(String(read));
    const own = without(input, ['netns', 'peer', 'parent']);
    expect(read).toMatchObject({ ...own, name: 'x0', ...reads });
    expect(read).toMatchObject({
      mtu: shown('x0').mtu,
      state: shown('x0').operstate.toLowerCase(),
      qdisc: shown('x0').qdisc,
    });
    expect(read.mac).toBe(shown('x0').address);
    expect(read.txQueueLength).toBe(shown('x0').txqlen ?? 0);

    await network.links.delete('x0');
    expect(await network.links.find('x0')).toBeUndefined();
    await network.links.add({ name: 'x0', ...input });
    expect(lasting('x0')).toEqual(byIp);
    await network.links.delete('x0');
  });
});

describe('links', () => {
  test('set changes what is named, and null removes', async () => {
    using network = open();
    await network.links.add({ name: 'p0', kind: 'veth', peer: { name: 'p1' } });
    await network.links.set('p0', { up: true, mtu: 1450, alias: 'first', master: 'br9', arp: false });
    expect(shown('p0')).toMatchObject({ mtu: 1450, master: 'br9', ifalias: 'first' });
    expect(shown('p0').flags).toEqual(expect.arrayContaining(['UP', 'NOARP']));
    expect((await network.links.list({ master: 'br9' })).map(({ name }) => name)).toEqual(['p0']);
    await network.links.set({ link: 'p0', master: null, alias: null, up: false, arp: true });
    expect(shown('p0').master).toBeUndefined();
    expect(shown('p0').ifalias).toBeUndefined();
    expect(shown('p0').flags).not.toEqual(expect.arrayContaining(['UP']));
    await network.links.set('br9', { bridge: { forwardDelay: 3 } });
    expect(shown('br9').linkinfo?.info_data?.['forward_delay']).toBe(300);
    await network.links.set('p0', { name: 'p9' });
    expect((await network.links.get('p9')).peer).toBe('p1');
    await network.links.delete('p9');
  });

  test('a peer is made in another namespace, and links move there', async () => {
    using network = open();
    using there = openNetwork({ netns: other.netns });
    await network.links.add({
      name: 'n0',
      kind: 'veth',
      peer: { name: 'eth7', netns: other.netns },
    });
    const near = await network.links.get('n0');
    const far = await there.links.get('eth7');
    expect(near).toMatchObject({ peerIndex: far.index, netnsId: expect.any(Number) });
    expect(near.peer).toBeUndefined();
    expect(far.kind).toBe('veth');
    expect(lineOf('n0').replace(/ link-netns.*/, '')).toBe(String(near));
    await network.links.set('n0', { netns: other.netns });
    expect(await network.links.find('n0')).toBeUndefined();
    expect((await there.links.get('n0')).peer).toBe('eth7');
    await there.links.delete('n0');
  });

  test('all are listed as ip lists them; filters choose', async () => {
    using network = open();
    namespace.ip('link property add dev base altname a-rather-long-name-of-the-base');
    const links = await network.links.list();
    const oracle = namespace.ipJson('link show') as IpLink[];
    expect(links.map(({ name }) => name)).toEqual(oracle.map(({ ifname }) => ifname));
    expect(links.map(String)).toEqual(links.map(({ name }) => lineOf(name)));
    expect((await network.links.get('a-rather-long-name-of-the-base')).altNames).toEqual([
      'a-rather-long-name-of-the-base',
    ]);
    const names = async (filter: Parameters<typeof network.links.list>[0]) =>
      (await network.links.list(filter)).map(({ name }) => name);
    expect(await names({ kind: 'bridge' })).toEqual(['br9']);
    expect(await names({ up: true })).toEqual(['lo', 'base']);
    expect(await names({ kind: 'veth', up: false })).toEqual(['base-peer']);
  });

  test('an array is one batch, with a result for each', async () => {
    using network = open();
    const items = ['i0', 'br9', 'i1'].map((name) => ({ name, kind: 'ifb' }));
    const results = await network.links.add(items);
    expect(results.map(({ status }) => status)).toEqual(['done', 'failed', 'done']);
    expect(results[1]).toMatchObject({
      error: { code: 'EEXIST', message: expect.stringMatching(/^add link 'br9': EEXIST/) },
    });
    expect(
      await network.links.set([
        { link: 'i0', up: true },
        { link: 'i1', mtu: 900 },
      ]),
    ).toEqual([{ status: 'done' }, { status: 'done' }]);
    expect(shown('i1').mtu).toBe(900);
    expect(await network.links.delete(['i0', 'i1'])).toEqual([{ status: 'done' }, { status: 'done' }]);
  });

  test('statistics are numbers, or bigint where asked for; the rest is JSON', async () => {
    using network = open();
    const link = await network.links.get('lo');
    expect(link.statistics?.received.bytes).toEqual(expect.any(Number));
    expect(JSON.parse(JSON.stringify(link))).toEqual(Object.fromEntries(Object.entries(link)));
    using exact = openNetwork({ netns: namespace.netns, bigint: true });
    expect((await exact.links.get('lo')).statistics?.sent.packets).toEqual(expect.any(BigInt));
  });

  test('errors name the link', async () => {
    using network = open();
    await expect(network.links.get('nosuch')).rejects.toThrow(
      "get link 'nosuch': ENODEV: there is no such device",
    );
    await expect(network.links.delete('nosuch')).rejects.toThrow("delete link 'nosuch': ENODEV");
    await expect(network.links.set('nosuch', { up: true })).rejects.toThrow("find link 'nosuch': ENODEV");
    await expect(network.links.set('base', { mtu: 70_000 })).rejects.toThrow(
      /^set link 'base': EINVAL: mtu greater/,
    );
    await expect(network.links.add({ name: 'q0', kind: 'nosuchkind' })).rejects.toThrow(
      "The kernel has no links of kind 'nosuchkind', or not with these options: try modprobe rtnl-link-nosuchkind",
    );
  });
});
