// afnetlink/network's addresses against this kernel, with `ip` as the oracle.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type AddressInput, openNetwork } from 'afnetlink/network';
import { privateNamespace } from '../helpers/private-namespace';

const namespace = privateNamespace();
const open = () => openNetwork({ netns: namespace.netns });

interface IpAddress {
  readonly family: string;
  readonly local: string;
  readonly prefixlen: number;
  readonly scope: string;
  readonly address?: string;
  readonly broadcast?: string;
  readonly label?: string;
  readonly metric?: number;
  readonly valid_life_time: number;
  readonly preferred_life_time: number;
}

const FOREVER = 0xffffffff;

/** What `ip` shows of a link's addresses, but for what the kernel adds by itself. */
const shown = (link: string): IpAddress[] => {
  const [entry] = namespace.ipJson(`address show dev ${link}`) as { addr_info: IpAddress[] }[];
  return entry?.addr_info ?? [];
};

/** The lines of `ip address` for a link. */
const lines = (link: string): string[] =>
  namespace
    .ip(`address show dev ${link}`)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('inet'));

beforeAll(() => {
  namespace.ip('link add eth0 type veth peer name eth1');
  namespace.ip('link property add dev eth0 altname uplink-of-the-machine');
  for (const name of ['eth0', 'eth1']) namespace.ip(`link set ${name} addrgenmode none up`);
});

/** Each row: what we add, and the command that does the same. */
const ROWS: readonly (readonly [ip: string, input: Omit<AddressInput, 'link'>])[] = [
  ['192.0.2.1/24', { address: '192.0.2.1/24' }],
  ['192.0.2.1/24 brd +', { address: '192.0.2.1/24', broadcast: true }],
  ['192.0.2.1/24 brd 192.0.2.127', { address: '192.0.2.1/24', broadcast: '192.0.2.127' }],
  ['192.0.2.1/24 label eth0:a', { address: '192.0.2.1/24', label: 'eth0:a' }],
  ['192.0.2.1/24 scope link', { address: '192.0.2.1/24', scope: 'link' }],
  ['192.0.2.1/24 scope 77', { address: '192.0.2.1/24', scope: 77 }],
  ['127.0.0.9/32', { address: '127.0.0.9/32' }],
  ['192.0.2.1 peer 192.0.2.2', { address: '192.0.2.1/32', peer: '192.0.2.2' }],
  ['192.0.2.1 peer 198.51.100.2/24', { address: '192.0.2.1/32', peer: '198.51.100.2/24' }],
  ['192.0.2.1/24 metric 50', { address: '192.0.2.1/24', metric: 50 }],
  ['192.0.2.1/24 noprefixroute', { address: '192.0.2.1/24', flags: ['noprefixroute'] }],
  [
    '192.0.2.1/24 valid_lft 3000 preferred_lft 2000',
    { address: '192.0.2.1/24', validLifetime: 3000, preferredLifetime: 2000 },
  ],
  ['2001:db8::1/64 nodad', { address: '2001:db8::1/64', flags: ['nodad'] }],
  [
    '2001:db8::1/128 peer 2001:db8::2/128 nodad',
    { address: '2001:db8::1/128', peer: '2001:db8::2/128', flags: ['nodad'] },
  ],
  [
    '2001:db8::1/64 nodad valid_lft 3000 preferred_lft 0',
    { address: '2001:DB8:0::1/64', flags: ['nodad'], validLifetime: 3000, preferredLifetime: 0 },
  ],
  [
    '2001:db8::1/64 nodad noprefixroute home',
    { address: '2001:db8::1/64', flags: ['nodad', 'noprefixroute', 'home'] },
  ],
];

describe.each(ROWS)('ip address add %s', (command, input) => {
  test('is what add does, and what list reads', async () => {
    using network = open();
    namespace.ip(`address add ${command} dev eth0`);
    const byIp = shown('eth0');
    const lineOfIp = lines('eth0');
    const [read] = await network.addresses.list({ link: 'eth0' });
    expect(lineOfIp).toEqual([String(read)]);
    expect(read).toMatchObject({
      address: byIp[0]?.local,
      prefixLength: byIp[0]?.prefixlen,
      family: byIp[0]?.family === 'inet' ? 'ipv4' : 'ipv6',
      scope: Number.isNaN(Number(byIp[0]?.scope)) ? byIp[0]?.scope : Number(byIp[0]?.scope),
      link: 'eth0',
    });
    const { peer, broadcast, label, metric, validLifetime, preferredLifetime } = read ?? {};
    expect({ peer, broadcast, label, metric }).toEqual({
      peer: byIp[0]?.address,
      broadcast: byIp[0]?.broadcast,
      label: byIp[0]?.label,
      metric: byIp[0]?.metric,
    });
    const seconds = (lifetime: unknown) => (lifetime === 'forever' ? FOREVER : lifetime);
    expect(seconds(validLifetime) === FOREVER).toBe(byIp[0]?.valid_life_time === FOREVER);
    expect(seconds(preferredLifetime) === FOREVER).toBe(byIp[0]?.preferred_life_time === FOREVER);

    await network.addresses.delete({ link: 'eth0', ...input });
    expect(shown('eth0')).toEqual([]);
    await network.addresses.add({ link: 'eth0', ...input });
    expect(shown('eth0').map(withoutTime)).toEqual(byIp.map(withoutTime));
    namespace.ip('address flush dev eth0');
  });
});

/** Lifetimes run: a second may pass between two looks. */
function withoutTime({ valid_life_time, preferred_life_time, ...rest }: IpAddress) {
  return { ...rest, ends: valid_life_time !== FOREVER, deprecates: preferred_life_time !== FOREVER };
}

describe('addresses', () => {
  test('set changes what is named and leaves the rest', async () => {
    using network = open();
    namespace.ip('address add 192.0.2.1/24 brd + label eth0:x metric 7 dev eth0');
    await network.addresses.set('eth0', '192.0.2.1/24', { validLifetime: 500 });
    expect(await network.addresses.get('192.0.2.1')).toMatchObject({
      broadcast: '192.0.2.255',
      label: 'eth0:x',
      metric: 7,
      preferredLifetime: 500,
      validLifetime: 500,
    });
    expect(lines('eth0')).toEqual([String(await network.addresses.get('192.0.2.1/24'))]);
    await expect(network.addresses.set('eth0', '192.0.2.9/24', { metric: 8 })).rejects.toThrow(
      "set address 192.0.2.9/24 of 'eth0': ENOENT",
    );
    namespace.ip('address flush dev eth0');
  });

  test('replace adds what is missing and changes what is there', async () => {
    using network = open();
    await network.addresses.replace('eth0', '192.0.2.1/24', { validLifetime: 900 });
    await network.addresses.replace('eth0', '192.0.2.1/24');
    expect(shown('eth0')).toMatchObject([{ local: '192.0.2.1', valid_life_time: FOREVER }]);
    namespace.ip('address flush dev eth0');
  });

  test('an array is one batch, with a result for each', async () => {
    using network = open();
    namespace.ip('address add 10.0.0.2/32 dev eth0');
    const items = Array.from({ length: 200 }, (_, index) => ({
      link: index % 2 === 0 ? 'eth0' : 'uplink-of-the-machine',
      address: `10.0.0.${index}/32`,
    }));
    const results = await network.addresses.add(items);
    expect(results.filter(({ status }) => status === 'done')).toHaveLength(199);
    expect(results[2]).toMatchObject({
      status: 'failed',
      error: { message: expect.stringMatching(/^add address 10\.0\.0\.2\/32 to 'eth0': EEXIST: /) },
    });
    expect(shown('eth0')).toHaveLength(200);
    expect(await network.addresses.delete(items)).toEqual(items.map(() => ({ status: 'done' })));
    expect(await network.addresses.add([])).toEqual([]);
  });

  test('links are named by name, alternative name or index', async () => {
    using network = open();
    await network.addresses.add('uplink-of-the-machine', '192.0.2.1/24');
    const filter = { link: 'uplink-of-the-machine', family: 'ipv4' } as const;
    const [address] = await network.addresses.list(filter);
    expect(address).toMatchObject({ link: 'eth0', cidr: '192.0.2.1/24' });
    expect(await network.addresses.list({ link: address?.linkIndex })).toEqual([address]);
    const elsewhere = { address: '192.0.2.1', link: 'eth1' };
    expect(await network.addresses.find(elsewhere)).toBeUndefined();
    await network.addresses.delete(address?.linkIndex ?? 0, '192.0.2.1/24');
  });

  test('filters', async () => {
    using network = open();
    await network.addresses.add('eth1', '2001:db8::5/64', { flags: ['nodad'] });
    const cidrs = async (filter: Parameters<typeof network.addresses.list>[0]) =>
      (await network.addresses.list(filter)).map(({ cidr }) => cidr);
    expect(await cidrs({ family: 'ipv4' })).toEqual(['127.0.0.1/8']);
    expect(await cidrs({ link: 'eth1' })).toEqual(['2001:db8::5/64']);
    expect(await cidrs({ scope: 'host' })).toEqual(['127.0.0.1/8', '::1/128']);
    expect(await cidrs({ scope: 'global', family: 'ipv6' })).toEqual(['2001:db8::5/64']);
    await network.addresses.delete('eth1', '2001:db8::5/64');
  });

  test('values are plain JSON; raw is the kernel message', async () => {
    using network = open();
    const address = await network.addresses.get('127.0.0.1');
    expect(JSON.parse(JSON.stringify(address))).toEqual(Object.fromEntries(Object.entries(address)));
    expect(Object.keys(address)).not.toContain('raw');
    expect(address.raw).toMatchObject({ local: '127.0.0.1', ifaPrefixlen: 8 });
    await network.addresses.add('eth1', '192.0.2.8/24', { raw: { ifaPrefixlen: 25 } });
    expect(shown('eth1')).toMatchObject([{ prefixlen: 25 }]);
    namespace.ip('address flush dev eth1');
  });

  test('an error names the object, carries the cause, and begins at the caller', async () => {
    using network = open();
    await network.addresses.add('eth0', '192.0.2.1/24');
    const error = (await network.addresses.add('eth0', '192.0.2.1/24').catch((e: unknown) => e)) as Error;
    expect(error).toMatchObject({ name: 'NetlinkError', code: 'EEXIST', operation: 'RTM_NEWADDR' });
    expect(error.message).toMatch(/^add address 192\.0\.2\.1\/24 to 'eth0': EEXIST: .*already assigned$/);
    expect(error.cause).toMatchObject({ code: 'EEXIST', message: expect.stringContaining('RTM_NEWADDR') });
    expect(error.stack?.split('\n')[1]).toContain('network-addresses.test');
    await network.addresses.delete('eth0', '192.0.2.1/24');
    await expect(network.addresses.delete('eth0', '192.0.2.1/24')).rejects.toThrow(
      "delete address 192.0.2.1/24 of 'eth0': EADDRNOTAVAIL",
    );
    await expect(network.addresses.get('203.0.113.1')).rejects.toThrow(
      'get address 203.0.113.1: ENOENT: no link has this address',
    );
    await expect(network.addresses.add('nosuch', '192.0.2.1/24')).rejects.toThrow(
      "addresses.add: find link 'nosuch': ENODEV: there is no such device",
    );
  });
});
