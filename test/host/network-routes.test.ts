// afnetlink/network's routes against this kernel, with `ip` as the oracle.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openNetwork, type RouteInput } from 'afnetlink/network';
import { privateNamespace } from '../helpers/private-namespace';

const namespace = privateNamespace();
const open = () => openNetwork({ netns: namespace.netns });

interface IpRoute {
  readonly dst: string;
  readonly gateway?: string;
  readonly via?: { readonly host: string };
  readonly dev?: string;
  readonly metric?: number;
  readonly prefsrc?: string;
  readonly type?: string;
}

const shown = (family: '-4' | '-6'): IpRoute[] =>
  (namespace.ipJson(`${family} -d route show table all`) as (IpRoute & { protocol: string })[]).filter(
    ({ protocol }) => protocol !== 'kernel',
  );

beforeAll(() => {
  namespace.ip('link add eth0 type veth peer name eth1');
  for (const name of ['eth0', 'eth1']) namespace.ip(`link set ${name} addrgenmode none up`);
  namespace.ip('address add 192.0.2.1/24 dev eth0');
  namespace.ip('address add 198.51.100.1/24 dev eth1');
  namespace.ip('address add 2001:db8::1/64 dev eth0 nodad');
});

/** Each row: the command (which writes protocol boot, where we write static), and what we add in its place. */
const ROWS: readonly (readonly [family: '-4' | '-6', ip: string, input: RouteInput])[] = [
  ['-4', 'default via 192.0.2.9', { destination: 'default', gateway: '192.0.2.9' }],
  ['-4', '203.0.113.0/24 dev eth0', { destination: '203.0.113.0/24', link: 'eth0' }],
  [
    '-4',
    '203.0.113.7 via 192.0.2.9 metric 50',
    { destination: '203.0.113.7', gateway: '192.0.2.9', metric: 50 },
  ],
  [
    '-4',
    '203.0.113.0/24 via 192.0.2.9 dev eth0 src 192.0.2.1 mtu 1400',
    { destination: '203.0.113.0/24', gateway: '192.0.2.9', link: 'eth0', source: '192.0.2.1', mtu: 1400 },
  ],
  [
    '-4',
    '203.0.113.0/24 via 192.0.2.9 table 100',
    { destination: '203.0.113.0/24', gateway: '192.0.2.9', table: 100 },
  ],
  [
    '-4',
    '203.0.113.0/24 via 192.0.2.9 table 1000',
    { destination: '203.0.113.0/24', gateway: '192.0.2.9', table: 1000 },
  ],
  [
    '-4',
    '203.0.113.0/24 via inet6 2001:db8::9 dev eth0',
    { destination: '203.0.113.0/24', gateway: '2001:db8::9', link: 'eth0' },
  ],
  ['-4', 'blackhole 203.0.113.0/24', { destination: '203.0.113.0/24', type: 'blackhole' }],
  [
    '-4',
    'unreachable 203.0.113.0/24 metric 9',
    { destination: '203.0.113.0/24', type: 'unreachable', metric: 9 },
  ],
  ['-4', 'local 203.0.113.5 dev eth0', { destination: '203.0.113.5', type: 'local', link: 'eth0' }],
  [
    '-4',
    '203.0.113.0/24 nexthop via 192.0.2.9 weight 3 nexthop via 198.51.100.9',
    {
      destination: '203.0.113.0/24',
      nextHops: [{ gateway: '192.0.2.9', weight: 3 }, { gateway: '198.51.100.9' }],
    },
  ],
  ['-6', 'default via 2001:db8::9', { destination: 'default', gateway: '2001:db8::9' }],
  [
    '-6',
    '2001:db8:7::/48 via 2001:db8::9 metric 5',
    { destination: '2001:db8:7::/48', gateway: '2001:db8::9', metric: 5 },
  ],
  ['-6', '2001:db8:7::/48 dev eth0', { destination: '2001:db8:7::/48', link: 'eth0' }],
];

describe.each(ROWS)('ip %s route add %s', (family, command, input) => {
  test('is what add does, and what list reads', async () => {
    using network = open();
    namespace.ip(
      `${family} route add ${command} proto static`.replace(
        /(.*?)( nexthop.*) proto static$/,
        '$1 proto static$2',
      ),
    );
    const byIp = shown(family);
    expect(byIp).toHaveLength(1);
    const name = family === '-4' ? 'ipv4' : 'ipv6';
    const [read] = await network.routes.list({ family: name, table: 'all', protocol: 'static' });
    const single = input.destination.includes('/') || input.destination === 'default' ? '' : '/32';
    expect(read).toMatchObject({
      ...input,
      ...(input.nextHops !== undefined && {
        nextHops: input.nextHops.map((hop) => expect.objectContaining(hop)),
      }),
      destination: `${input.destination}${single}`,
      protocol: 'static',
      family: name,
    });
    expect(read?.link).toBe(byIp[0]?.dev);
    expect(read?.gateway).toBe(byIp[0]?.gateway ?? byIp[0]?.via?.host);
    expect(read?.source).toBe(byIp[0]?.prefsrc);
    expect(JSON.parse(JSON.stringify(read))).toEqual(Object.fromEntries(Object.entries(read ?? {})));
    await network.routes.delete(input);
    expect(shown(family)).toEqual([]);
    await network.routes.add(input);
    expect(shown(family)).toEqual(byIp);
    await network.routes.replace(input);
    expect(shown(family)).toEqual(byIp);
    await network.routes.delete(input);
  });
});

describe('routes', () => {
  test('defaultRoute is the one of the lowest metric', async () => {
    using network = open();
    expect(await network.defaultRoute()).toBeUndefined();
    await network.routes.add({ destination: 'default', gateway: '192.0.2.9', metric: 20 });
    await network.routes.add({ destination: 'default', gateway: '198.51.100.9', metric: 10 });
    expect(await network.defaultRoute()).toMatchObject({ gateway: '198.51.100.9', link: 'eth1', metric: 10 });
    expect(await network.defaultRoute({ family: 'ipv6' })).toBeUndefined();
    await network.routes.delete([
      { destination: 'default', metric: 10 },
      { destination: 'default', metric: 20 },
    ]);
    expect(await network.defaultRoute()).toBeUndefined();
    await expect(network.defaultRoute({ famly: 'ipv6' } as never)).rejects.toThrow("did you mean 'family'?");
  });

  test('interfaces are those of os.networkInterfaces, and links without addresses', async () => {
    using network = open();
    const interfaces = await network.interfaces();
    const program = 'console.log(JSON.stringify(require("os").networkInterfaces()))';
    const byNode = JSON.parse(namespace.run(process.execPath, '-e', program)) as Record<string, unknown[]>;
    for (const [name, addresses] of Object.entries(byNode)) {
      expect(interfaces[name]?.addresses).toEqual(expect.arrayContaining(addresses));
      expect(interfaces[name]?.addresses).toHaveLength(addresses.length);
    }
    expect(Object.keys(interfaces).sort()).toEqual(['eth0', 'eth1', 'lo']);
    expect(interfaces['eth1']).toMatchObject({ up: true, kind: 'veth', mtu: 1500 });
  });

  test('an array is one batch; get, find and lookup', async () => {
    using network = open();
    const routes = Array.from({ length: 200 }, (_, index) => ({
      destination: `10.9.${index}.0/24`,
      gateway: '192.0.2.9',
    }));
    expect(await network.routes.add(routes)).toEqual(routes.map(() => ({ status: 'done' })));
    expect(await network.routes.get('10.9.7.0/24')).toMatchObject({
      gateway: '192.0.2.9',
      link: 'eth0',
      table: 'main',
    });
    expect(await network.routes.lookup('10.9.7.1')).toMatchObject({
      gateway: '192.0.2.9',
      source: '192.0.2.1',
    });
    expect(await network.routes.list({ link: 'eth1', family: 'ipv4', protocol: 'static' })).toEqual([]);
    await network.routes.delete(routes);
    expect(await network.routes.find('10.9.7.0/24')).toBeUndefined();
    await expect(network.routes.get('10.9.7.0/24')).rejects.toThrow(
      'get route 10.9.7.0/24: ENOENT: table main has no such route',
    );
    await expect(network.routes.delete({ destination: '10.9.7.0/24' })).rejects.toThrow(
      /^delete route 10\.9\.7\.0\/24: ESRCH/,
    );
    await expect(network.routes.lookup('10.9.7.1')).rejects.toThrow(
      /^look up the route to 10\.9\.7\.1: ENETUNREACH/,
    );
  });

  test.each<[object, string]>([
    [
      { destination: '192.0.2.1/24' },
      "destination: '192.0.2.1/24' has host bits set. The network is 192.0.2.0/24",
    ],
    [{ destination: 'defualt' }, "destination: 'defualt' must be an IP address"],
    [{ destination: '2001:db8::/32', gateway: '192.0.2.1' }, "gateway '192.0.2.1' must be an IPv6 address"],
    [{ destination: 'default', gatway: '192.0.2.1' }, "unknown option 'gatway' (did you mean 'gateway'?)"],
    [{ destination: 'default', table: 'mian' }, "unknown table 'mian' (did you mean 'main'?)"],
    [
      { destination: 'default', type: 'blackhole', link: 'eth0' },
      "a route of type 'blackhole' leads nowhere, so 'link' must be left out",
    ],
    [
      { destination: 'default', nextHops: [{ link: 'eth0' }], gateway: '192.0.2.1' },
      "'nextHops' and 'gateway' exclude each other",
    ],
    [
      { destination: 'default', nextHops: [{ link: 'eth0', weight: 257 }] },
      'nextHops[0]: weight must be an integer from 1 to 256, got 257',
    ],
    [{ destination: 'default', nextHops: [{}] }, 'nextHops[0] needs a gateway or a link'],
  ])('%j is refused', async (input, message) => {
    using network = open();
    await expect(network.routes.add(input as never)).rejects.toThrow(`routes.add: ${message}`);
  });
});
