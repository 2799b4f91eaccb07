// Families of NETLINK_ROUTE against this kernel, with iproute2 as the oracle.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { NetlinkError } from 'afnetlink';
import { rtAddrFamily } from 'afnetlink/families/rt-addr';
import { rtLinkFamily } from 'afnetlink/families/rt-link';
import { rtNeighFamily } from 'afnetlink/families/rt-neigh';
import { rtRouteFamily } from 'afnetlink/families/rt-route';
import { rtRuleFamily } from 'afnetlink/families/rt-rule';
import { openNoted } from '../helpers/exercise';
import { privateNamespace } from '../helpers/private-namespace';

const namespace = privateNamespace();
const options = () => ({ netns: namespace.netns });
const AF_INET = 2;
const AF_INET6 = 10;

interface IpLink {
  readonly ifindex: number;
  readonly ifname: string;
  readonly mtu: number;
  readonly operstate: string;
  readonly group: string;
  readonly address: string;
  readonly flags: readonly string[];
  readonly txqlen?: number;
  readonly linkinfo?: { readonly info_kind: string; readonly info_data?: Readonly<Record<string, unknown>> };
  readonly stats64?: { readonly rx: { readonly packets: number } };
}

beforeAll(() => {
  namespace.ip('link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02');
  namespace.ip('link add br0 type bridge forward_delay 400 stp_state 0');
  namespace.ip('link add vx0 type vxlan id 42 local 192.0.2.1 remote 192.0.2.9 dev v0 dstport 4789 ttl 7');
  namespace.ip('link add mv0 link v0 type macvlan mode bridge');
  namespace.ip('link add if0 type ifb');
  namespace.ip('link set v1 master br0');
  for (const name of ['v0', 'v1', 'br0']) namespace.ip(`link set ${name} addrgenmode none up`);
  namespace.ip('addr add 192.0.2.1/24 brd + dev v0 label v0:main');
  namespace.ip('addr add 2001:db8::1/64 dev v0 nodad');
});

describe('rt-link', () => {
  test('a dump gives the links that ip shows, of every kind', async () => {
    const client = await openNoted(rtLinkFamily, options());
    const links = await client.dump.getlink().toArray();
    const shown = namespace.ipJson('-d -s link show') as IpLink[];
    expect(links.map(({ ifname }) => ifname)).toEqual(shown.map(({ ifname }) => ifname));
    for (const [index, link] of links.entries()) {
      const oracle = shown[index];
      expect(link.ifiIndex).toBe(oracle?.ifindex);
      expect(link.mtu).toBe(oracle?.mtu);
      expect(link.address).toBe(oracle?.address);
      expect(link.linkinfo?.kind).toBe(oracle?.linkinfo?.info_kind);
      expect(link.txqlen).toBe(oracle?.txqlen ?? 0);
      expect(link.ifiFlags.includes('up')).toBe(oracle?.flags.includes('UP'));
      expect(link.extra).toBeUndefined();
    }
    const vxlan = links.find(({ ifname }) => ifname === 'vx0')?.linkinfo?.data?.vxlan;
    expect(vxlan).toMatchObject({ id: 42, local: '192.0.2.1', group: '192.0.2.9', ttl: 7, port: 4789 });
    const macvlan = links.find(({ ifname }) => ifname === 'mv0')?.linkinfo?.data?.macvlan;
    expect(macvlan?.mode).toEqual(['bridge']);
    const bridge = links.find(({ ifname }) => ifname === 'br0')?.linkinfo?.data?.bridge;
    expect(bridge?.bridgeId?.prio).toBe(0x8000);
  });

  test('one link, by name', async () => {
    const client = await openNoted(rtLinkFamily, options());
    const link = await client.do.getlink({ ifname: 'v0' });
    expect(link.ifname).toBe('v0');
    expect(link.stats64?.rxPackets).toEqual(expect.any(BigInt));
    expect(client.doSync.getlink({ ifname: 'v0' }).ifiIndex).toBe(link.ifiIndex);
  });

  test('a link is made, changed and deleted', async () => {
    const client = await openNoted(rtLinkFamily, options());
    const linkinfo = { data: { bridge: { forwardDelay: 700, stpState: 1 } } };
    await client.do.newlink({ ifname: 'br1', mtu: 1450, linkinfo }, { create: true, exclusive: true });
    const [made] = namespace.ipJson('-d link show br1') as IpLink[];
    expect(made).toMatchObject({
      mtu: 1450,
      linkinfo: { info_kind: 'bridge', info_data: { forward_delay: 700, stp_state: 1 } },
    });
    await client.do.setlink({ ifiIndex: made?.ifindex, mtu: 1400, ifiFlags: ['up'], ifiChange: 1 });
    expect(namespace.ipJson('link show br1')).toMatchObject([
      { mtu: 1400, flags: expect.arrayContaining(['UP']) as unknown },
    ]);
    await client.do.dellink({ ifname: 'br1' });
    expect(namespace.ip('-o link show')).not.toContain('br1');
  });

  test('both ends of a veth pair are made at once', async () => {
    const client = await openNoted(rtLinkFamily, options());
    const linkinfo = { data: { veth: { peer: { ifname: 'pair1', mtu: 1300 } } } };
    await client.do.newlink({ ifname: 'pair0', linkinfo }, { create: true, exclusive: true });
    expect(namespace.ipJson('link show pair1')).toMatchObject([
      { ifname: 'pair1', mtu: 1300, link: 'pair0' },
    ]);
    await client.do.dellink({ ifname: 'pair0' });
  });

  test('an error names the attribute at fault', async () => {
    const client = await openNoted(rtLinkFamily, options());
    const tooSmall = { ifname: 'small', mtu: 3, linkinfo: { data: { vxlan: { id: 5, port: 7 } } } };
    await expect(client.do.newlink(tooSmall, { create: true, exclusive: true })).rejects.toThrow('(at mtu)');
    const wrong = { linkinfo: { kind: 'vlan', data: { bridge: {} } } };
    await expect(client.do.newlink(wrong)).rejects.toThrow(
      "linkinfo.data: kind must be 'bridge', the format of the data, got 'vlan'",
    );
    await expect(client.do.newlink({ mtu: -1 })).rejects.toThrow(
      'mtu: -1 must be an integer from 0 to 4294967295',
    );
  });

  test('statistics', async () => {
    const client = await openNoted(rtLinkFamily, options());
    const stats = await client.dump.getstats({ filterMask: 1 }).toArray();
    const links = namespace.ipJson('link show') as IpLink[];
    expect(stats.map(({ ifindex }) => ifindex)).toEqual(links.map(({ ifindex }) => ifindex));
    expect(stats.every(({ link64 }) => typeof link64?.rxPackets === 'bigint')).toBe(true);
    const [first] = links;
    const one = await client.do.getstats({ ifindex: first?.ifindex, filterMask: 1 });
    expect(one.ifindex).toBe(first?.ifindex);
  });

  test('changes are announced, deletions too', async () => {
    const client = await openNoted(rtLinkFamily, options());
    using events = client.subscribe({ select: ['ifname', 'mtu'] });
    namespace.ip('link add watched type bridge');
    namespace.ip('link del watched');
    const seen: unknown[] = [];
    for await (const item of events) {
      if (item.kind !== 'event' || item.event.name === 'unknown') continue;
      if (!('ifname' in item.event.message) || item.event.message.ifname !== 'watched') continue;
      seen.push([item.event.name, item.event.message]);
      if (item.event.name === 'dellink-ntf') break;
    }
    expect(seen[0]).toEqual(['newlink-ntf', { ifname: 'watched', mtu: 1500 }]);
    expect(seen.at(-1)).toEqual(['dellink-ntf', { ifname: 'watched', mtu: 1500 }]);
  });

  test('a selection decodes only what was asked for', async () => {
    const client = await openNoted(rtLinkFamily, options());
    const links = await client.dump.getlink({}, { select: ['ifname', 'ifiIndex'] }).toArray();
    const shown = namespace.ipJson('link show') as IpLink[];
    expect(links).toEqual(shown.map(({ ifname, ifindex }) => ({ ifname, ifiIndex: ifindex })));
    expect(() => client.dump.getlink({}, { select: ['nonsense' as 'mtu'] })).toThrow(NetlinkError);
    const { ifname, ifindex } = shown[0] as IpLink;
    const select = ['ifname', 'ifiIndex'] as const;
    const one = { ifname, ifiIndex: ifindex };
    expect(await client.do.getlink({ ifname }, { select })).toEqual(one);
    expect(client.doSync.getlink({ ifname }, { select, strict: true })).toEqual(one);
    expect(client.doSync.getlink({ ifname }, { select: ['ifname'] })).toEqual({ ifname });
    expect(client.doSync.getlink({ ifname }, { select })).toEqual(one);
    const nonsense = { select: ['nonsense' as 'mtu'] };
    await expect(client.do.getlink({ ifname }, nonsense)).rejects.toThrow(
      "select: unknown property 'nonsense'",
    );
    expect(() => client.doSync.getlink({ ifname }, nonsense)).toThrow("select: unknown property 'nonsense'");
  });
});

describe('rt-addr', () => {
  interface IpAddresses {
    readonly ifindex: number;
    readonly addr_info: readonly {
      readonly local: string;
      readonly prefixlen: number;
      readonly label?: string;
    }[];
  }
  const shown = () =>
    (namespace.ipJson('addr show') as IpAddresses[]).flatMap(({ ifindex, addr_info }) =>
      addr_info.map(({ local, prefixlen }) => `${ifindex} ${local}/${prefixlen}`),
    );

  test('a dump gives the addresses that ip shows', async () => {
    const client = await openNoted(rtAddrFamily, options());
    const addresses = await client.dump.getaddr().toArray();
    const ours = addresses.map(
      ({ ifaIndex, ifaPrefixlen, local, address }) => `${ifaIndex} ${local ?? address ?? ''}/${ifaPrefixlen}`,
    );
    expect(ours.toSorted()).toEqual(shown().toSorted());
    const labelled = addresses.find(({ label }) => label === 'v0:main');
    expect(labelled).toMatchObject({ broadcast: '192.0.2.255', flags: ['permanent'] });
  });

  test('addresses are added, announced and deleted', async () => {
    const client = await openNoted(rtAddrFamily, options());
    const [link] = namespace.ipJson('link show v0') as IpLink[];
    const ifaIndex = link?.ifindex;
    using events = client.subscribe();
    const ipv4 = {
      ifaFamily: AF_INET,
      ifaPrefixlen: 25,
      ifaIndex,
      local: '198.51.100.1',
      address: '198.51.100.1',
    };
    const ipv6 = { ifaFamily: AF_INET6, ifaPrefixlen: 64, ifaIndex, local: '2001:db8:9::1' };
    await client.do.newaddr(ipv4, { create: true, exclusive: true });
    await client.do.newaddr(ipv6, { create: true });
    expect(shown()).toEqual(
      expect.arrayContaining([`${ifaIndex ?? 0} 198.51.100.1/25`, `${ifaIndex ?? 0} 2001:db8:9::1/64`]),
    );
    await client.do.deladdr(ipv4);
    expect(shown().join()).not.toContain('198.51.100.1');
    const names: string[] = [];
    for await (const item of events) {
      if (item.kind !== 'event' || item.event.name === 'unknown') continue;
      names.push(`${item.event.name} ${item.event.message.local ?? item.event.message.address ?? ''}`);
      if (item.event.name === 'deladdr-ntf') break;
    }
    expect(names).toContain('newaddr-ntf 198.51.100.1');
    expect(names.at(-1)).toBe('deladdr-ntf 198.51.100.1');
  });

  test('multicast addresses', async () => {
    const client = await openNoted(rtAddrFamily, options());
    const groups = await client.dump.getmulticast({ ifaFamily: AF_INET6 }).toArray();
    expect(groups.map(({ multicast }) => multicast)).toContain('ff02::1');
  });
});

describe('rt-route', () => {
  interface IpRoute {
    readonly dst: string;
    readonly gateway?: string;
    readonly dev?: string;
    readonly table?: string;
  }
  const text = ({
    dst = 'default',
    rtmDstLen,
    rtmFamily,
  }: {
    dst?: string;
    rtmDstLen: number;
    rtmFamily: number;
  }) => (dst === 'default' || rtmDstLen === (rtmFamily === AF_INET ? 32 : 128) ? dst : `${dst}/${rtmDstLen}`);

  test('a dump gives the routes that ip shows', async () => {
    const client = await openNoted(rtRouteFamily, options());
    const routes = await client.dump.getroute({ rtmFamily: AF_INET }).toArray();
    const shown = namespace.ipJson('-4 route show table all') as IpRoute[];
    expect(routes.map(text).toSorted()).toEqual(shown.map(({ dst }) => dst).toSorted());
  });

  test('the kernel filters by table, and a lookup gives one route', async () => {
    const client = await openNoted(rtRouteFamily, options());
    namespace.ip('route add 203.0.113.0/24 via 192.0.2.2 dev v0 table 1000');
    const routes = await client.dump.getroute({ rtmFamily: AF_INET, table: 1000 }).toArray();
    expect(routes).toMatchObject([{ dst: '203.0.113.0', rtmDstLen: 24, gateway: '192.0.2.2', table: 1000 }]);
    const route = await client.do.getroute({ rtmFamily: AF_INET, rtmDstLen: 32, dst: '192.0.2.77' });
    const [oracle] = namespace.ipJson('route get 192.0.2.77') as { prefsrc: string }[];
    expect(route.prefsrc).toBe(oracle?.prefsrc);
  });

  test('routes are added, multipath ones too, and deleted', async () => {
    const client = await openNoted(rtRouteFamily, options());
    const [link] = namespace.ipJson('link show v0') as IpLink[];
    const rtnhIfindex = link?.ifindex;
    const multipath = [
      { rtnhIfindex, rtnhHops: 0, gateway: '192.0.2.2' },
      { rtnhIfindex, rtnhHops: 2, gateway: '192.0.2.3' },
    ];
    const request = {
      rtmFamily: AF_INET,
      rtmDstLen: 24,
      rtmTable: 254,
      rtmProtocol: 4,
      rtmType: 'unicast',
      dst: '198.18.1.0',
      multipath,
    } as const;
    await client.do.newroute(request, { create: true, exclusive: true });
    expect(namespace.ipJson('route show 198.18.1.0/24')).toMatchObject([
      {
        dst: '198.18.1.0/24',
        nexthops: [
          { gateway: '192.0.2.2', weight: 1 },
          { gateway: '192.0.2.3', weight: 3 },
        ],
      },
    ]);
    const read = await client.dump.getroute({ rtmFamily: AF_INET, table: 254 }).toArray();
    expect(read.find(({ dst }) => dst === '198.18.1.0')?.multipath).toMatchObject(multipath);
    await client.do.delroute(request);
    expect(namespace.ipJson('route show 198.18.1.0/24')).toEqual([]);
  });

  test('columns hold the same routes', async () => {
    const client = await openNoted(rtRouteFamily, options());
    const request = { rtmFamily: AF_INET };
    const routes = await client.dump.getroute(request).toArray();
    const { length, columns, has } = await client.dump.getroute(request, {
      columns: ['dst', 'rtmDstLen', 'oif', 'gateway', 'table'],
    });
    expect(length).toBe(routes.length);
    for (const [row, route] of routes.entries()) {
      expect(columns.dst.at(row)).toBe(route.dst);
      expect(columns.gateway.at(row)).toBe(route.gateway);
      expect(columns.rtmDstLen[row]).toBe(route.rtmDstLen);
      expect(has('gateway', row)).toBe(route.gateway !== undefined);
      expect(columns.table[row]).toBe(route.table);
      if (route.oif !== undefined) expect(columns.oif[row]).toBe(route.oif);
    }
  });

  test('additions and deletions are announced', async () => {
    const client = await openNoted(rtRouteFamily, options());
    using events = client.subscribe({ groups: ['rtnlgrp-ipv4-route'] });
    namespace.ip('route add 198.18.2.0/24 via 192.0.2.2');
    namespace.ip('route del 198.18.2.0/24');
    const seen: unknown[] = [];
    for await (const item of events) {
      if (item.kind !== 'event' || item.event.name === 'unknown') continue;
      seen.push([item.event.name, item.event.message.dst, item.event.message.gateway]);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual([
      ['newroute-ntf', '198.18.2.0', '192.0.2.2'],
      ['delroute-ntf', '198.18.2.0', '192.0.2.2'],
    ]);
  });

  test('a batch adds many routes at once, with a result for each', async () => {
    const client = await openNoted(rtRouteFamily, options());
    const [link] = namespace.ipJson('link show v0') as IpLink[];
    const route = (third: number) => ({
      rtmFamily: AF_INET,
      rtmDstLen: 24,
      rtmTable: 254,
      rtmType: 'unicast' as const,
      dst: `198.19.${third}.0`,
      oif: link?.ifindex,
    });
    const batch = client.batch();
    for (let third = 0; third < 50; third++)
      batch.add('newroute', route(third), { create: true, exclusive: true });
    batch.add('newroute', route(0), { create: true, exclusive: true });
    const results = await batch.send();
    expect(results.slice(0, 50).every(({ status }) => status === 'done')).toBe(true);
    expect(results[50]).toMatchObject({ status: 'failed', error: { code: 'EEXIST' } });
    expect((namespace.ipJson('route show root 198.19.0.0/16') as unknown[]).length).toBe(50);
  });
});

describe('rt-neigh', () => {
  interface IpNeighbour {
    readonly dst: string;
    readonly dev: string;
    readonly lladdr?: string;
    readonly state: readonly string[];
  }

  test('neighbours are added, listed as ip lists them, looked up, announced and deleted', async () => {
    const client = await openNoted(rtNeighFamily, options());
    const [link] = namespace.ipJson('link show v0') as IpLink[];
    const ndmIfindex = link?.ifindex;
    using events = client.subscribe();
    const neighbour = { ndmFamily: AF_INET, ndmIfindex, dst: '192.0.2.50' };
    const lladdr = '02:00:00:00:00:50';
    await client.do.newneigh({ ...neighbour, ndmState: ['permanent'], lladdr }, { create: true });
    const listed = await client.dump.getneigh({ ndmFamily: AF_INET }).toArray();
    const shown = namespace.ipJson('-4 neigh show nud all') as IpNeighbour[];
    expect(listed.map(({ dst }) => dst).toSorted()).toEqual(shown.map(({ dst }) => dst).toSorted());
    expect(await client.do.getneigh(neighbour)).toMatchObject({
      dst: '192.0.2.50',
      lladdr,
      ndmState: ['permanent'],
    });
    await client.do.delneigh(neighbour);
    const names: string[] = [];
    for await (const item of events) {
      if (item.kind !== 'event' || item.event.name === 'unknown') continue;
      if (item.event.message.dst !== '192.0.2.50') continue;
      names.push(item.event.name);
      if (names.length > 1) break;
    }
    expect(names[0]).toBe('newneigh-ntf');
  });

  test('tables of neighbours, and a change to one', async () => {
    const client = await openNoted(rtNeighFamily, options());
    const tables = await client.dump.getneightbl().toArray();
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['arp_cache', 'ndisc_cache']));
    const parms = { ifindex: (namespace.ipJson('link show v0') as IpLink[])[0]?.ifindex, appProbes: 3 };
    await client.do.setneightbl({ family: AF_INET, name: 'arp_cache', parms });
    expect(namespace.ip('ntable show dev v0 name arp_cache')).toContain('app_probes 3');
  });
});

describe('rt-rule', () => {
  interface IpRule {
    readonly priority: number;
    readonly table: string;
  }

  test('rules are added with any table, listed as ip lists them, announced and deleted', async () => {
    const client = await openNoted(rtRuleFamily, options());
    using events = client.subscribe();
    const rule = { family: AF_INET, action: 'to-tbl', priority: 1234, table: 1000 } as const;
    await client.do.newrule({ ...rule, srcLen: 8, src: '10.0.0.0' }, { create: true, exclusive: true });
    const rules = await client.dump.getrule({ family: AF_INET }).toArray();
    const shown = namespace.ipJson('-4 rule show') as IpRule[];
    expect(rules.map(({ priority = 0 }) => priority)).toEqual(shown.map(({ priority }) => priority));
    const made = rules.find(({ priority }) => priority === 1234);
    // The table's number does not fit into the header's eight bits: the attribute has it.
    expect(made).toMatchObject({ table: 1000, hdrTable: 252, src: '10.0.0.0', srcLen: 8 });
    expect(shown.find(({ priority }) => priority === 1234)?.table).toBe('1000');
    await client.do.delrule(rule);
    const names: string[] = [];
    for await (const item of events) {
      if (item.kind === 'event') names.push(item.event.name);
      if (names.length === 2) break;
    }
    expect(names).toEqual(['newrule-ntf', 'delrule-ntf']);
  });
});
