// Types that the kernel's specifications have wrong, both ways: read what a tool made, and make what a tool shows. The
// values are such that a wrong byte order, width or level would show.
import { execFileSync } from 'node:child_process';
import { beforeAll, expect, test } from '@jest/globals';
import { openFamily } from 'afnetlink';
import { conntrackFamily } from 'afnetlink/families/conntrack';
import { nftablesFamily } from 'afnetlink/families/nftables';
import { rtLinkFamily } from 'afnetlink/families/rt-link';
import { rtNeighFamily } from 'afnetlink/families/rt-neigh';
import { rtRuleFamily } from 'afnetlink/families/rt-rule';
import { tcFamily } from 'afnetlink/families/tc';

const run = (line: string, input = '') =>
  execFileSync('sh', ['-c', line], { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] });
const shown = (line: string) => JSON.parse(run(line)) as Record<string, unknown>[];
const indexOf = (name: string) => Number(run(`cat /sys/class/net/${name}/ifindex`));

const INGRESS = 0xffff_fff2;
const ETH_P_8021Q = 0x8100;
const ETH_P_IP_BE = 0x0008;

beforeAll(() => {
  run('ip link add v0 type veth peer name v1; tc qdisc add dev v0 clsact; tc qdisc add dev v1 clsact');
  run('ip link add x0 type vxlan id 42 dstport 4789 local 10.0.0.1');
});

test('a bridge’s VLAN protocol', async () => {
  await using links = await openFamily(rtLinkFamily);
  run('ip link add b1 type bridge vlan_filtering 1 vlan_protocol 802.1ad');
  expect((await links.do.getlink({ ifname: 'b1' })).linkinfo?.data?.bridge?.vlanProtocol).toBe(0x88a8);
  const linkinfo = { kind: 'bridge', data: { bridge: { vlanProtocol: 0x88a8 } } } as const;
  await links.do.newlink({ ifname: 'b2', linkinfo }, { create: true });
  expect(shown('ip -j -d link show b2')).toMatchObject([
    { linkinfo: { info_data: { vlan_protocol: '802.1ad' } } },
  ]);
});

test('why a link was put down', async () => {
  await using links = await openFamily(rtLinkFamily);
  run('ip link set x0 protodown on; ip link set x0 protodown_reason 3 on');
  const { protoDown, protoDownReason } = await links.do.getlink({ ifname: 'x0' });
  expect({ protoDown, protoDownReason }).toEqual({ protoDown: 1, protoDownReason: { value: 1 << 3 } });
  await links.do.setlink({ ifname: 'x0', protoDownReason: { mask: (1 << 3) | (1 << 5), value: 1 << 5 } });
  expect(shown('ip -j link show x0')).toMatchObject([{ proto_down_reason: ['5'] }]);
  run('ip link set x0 protodown_reason 5 off; ip link set x0 protodown off');
});

test('the port of a forwarding entry', async () => {
  await using neighbours = await openFamily(rtNeighFamily);
  run('ip link set x0 up; bridge fdb append 02:00:00:00:00:01 dev x0 dst 10.0.0.9 port 5000');
  const all = await neighbours.dump.getneigh({ ndmFamily: 7 }).toArray();
  expect(all.find(({ lladdr }) => lladdr === '02:00:00:00:00:01')?.port).toBe(5000);
  const entry = {
    ndmFamily: 7,
    ndmIfindex: indexOf('x0'),
    ndmState: ['noarp', 'permanent'],
    ndmFlags: ['self'],
  } as const;
  await neighbours.do.newneigh(
    { ...entry, lladdr: '02:00:00:00:00:02', dst: '10.0.0.7', port: 6000 },
    { create: true, append: true },
  );
  expect(shown('bridge -j fdb show dev x0')).toEqual(
    expect.arrayContaining([expect.objectContaining({ mac: '02:00:00:00:00:02', port: 6000 })]),
  );
});

test('the tunnel that a rule is for', async () => {
  await using rules = await openFamily(rtRuleFamily);
  run('ip rule add pref 1000 tun_id 42 lookup 100');
  const found = (await rules.dump.getrule({ family: 2 }).toArray()).find(({ priority }) => priority === 1000);
  expect(found?.tunId).toBe(42n);
  await rules.do.newrule(
    { family: 2, priority: 1001, tunId: 43n, table: 100, action: 'to-tbl' },
    { create: true },
  );
  expect(run('ip rule show pref 1001')).toContain('tun_id 43');
});

test('VLAN numbers, MPLS labels and options of tunnels in a flower filter', async () => {
  await using tc = await openFamily(tcFamily);
  const add = 'tc filter add dev v0 ingress';
  run(`${add} pref 1 protocol 802.1Q flower vlan_id 100 vlan_ethtype 802.1Q cvlan_id 200 action pass`);
  run(`${add} pref 2 protocol mpls_uc flower mpls_label 1000 action pass`);
  run(`${add} pref 3 protocol mpls_uc flower mpls lse depth 1 label 100 lse depth 2 label 200 action pass`);
  run(`${add} pref 4 protocol ip flower geneve_opts 0102:80:00880022 action pass`);
  run(`${add} pref 5 protocol ip flower erspan_opts 1:6789:0:0 action pass`);
  const filters = await tc.dump.gettfilter({ ifindex: indexOf('v0'), parent: INGRESS }).toArray();
  const keys = (preference: number) =>
    filters.find(({ info, handle }) => info >>> 16 === preference && handle !== 0)?.options?.flower;
  expect(keys(1)).toMatchObject({ keyVlanId: 100, keyCvlanId: 200 });
  expect(keys(2)).toMatchObject({ keyMplsLabel: 1000 });
  expect(keys(3)?.keyMplsOpts).toEqual({
    lse: [
      { lseDepth: 1, lseLabel: 100 },
      { lseDepth: 2, lseLabel: 200 },
    ],
  });
  const data = Uint8Array.of(0, 0x88, 0, 0x22);
  expect(keys(4)?.keyEncOpts?.geneve).toEqual([{ class: 0x0102, type: 0x80, data }]);
  expect(keys(5)?.keyEncOpts?.erspan).toMatchObject({ ver: 1, index: 6789 });

  const filter = { ifindex: indexOf('v1'), parent: INGRESS, kind: 'flower' } as const;
  const flower = { keyEthType: ETH_P_8021Q, keyVlanId: 100 };
  await tc.do.newtfilter({ ...filter, info: (1 << 16) | 0x0081, options: { flower } }, { create: true });
  expect(run('tc filter show dev v1 ingress')).toContain('vlan_id 100');
});

test('actions that set a tunnel’s key and push a VLAN', async () => {
  await using tc = await openFamily(tcFamily);
  const add = 'tc filter add dev v0 ingress';
  run(`${add} pref 11 protocol ip matchall action tunnel_key set src_ip 10.0.0.1 dst_ip 10.0.0.2 id 11`);
  run(`${add} pref 12 protocol ip matchall action vlan push id 5 protocol 802.1ad`);
  const filters = await tc.dump.gettfilter({ ifindex: indexOf('v0'), parent: INGRESS }).toArray();
  const actions = filters
    .flatMap(({ options }) => options?.matchall?.act ?? [])
    .map(({ options }) => options);
  expect(actions.flatMap((each) => each?.tunnel_key ?? [])).toMatchObject([{ encKeyId: 11 }]);
  expect(actions.flatMap((each) => each?.vlan ?? [])).toMatchObject([
    { pushVlanId: 5, pushVlanProtocol: 0x88a8 },
  ]);

  const parms = { index: 0, capab: 0, action: 3, refcnt: 0, bindcnt: 0, vAction: 2 };
  const vlan = { parms, pushVlanId: 6, pushVlanProtocol: 0x88a8 };
  await tc.do.newtfilter(
    {
      ...{ ifindex: indexOf('v1'), parent: INGRESS, kind: 'matchall', info: (2 << 16) | ETH_P_IP_BE },
      options: { matchall: { act: [{ kind: 'vlan', options: { vlan } }] } },
    },
    { create: true },
  );
  expect(run('tc filter show dev v1 ingress')).toMatch(/push id 6 protocol 802\.1ad/);
});

test('when a connection began', async () => {
  run(
    'modprobe -a nf_conntrack nf_conntrack_netlink nf_tables; sysctl -qw net.netfilter.nf_conntrack_timestamp=1',
  );
  run(
    'nft -f -',
    'table inet t {\n chain c {\n type filter hook output priority 0;\n ct state new counter;\n }\n}\n',
  );
  await using conntrack = await openFamily(conntrackFamily);
  const before = BigInt(Date.now()) * 1_000_000n;
  run('conntrack -I -s 1.2.3.4 -d 5.6.7.8 -p udp --sport 100 --dport 200 -t 1000');
  const entries = await conntrack.dump.get({ nfgenFamily: 2 }).toArray();
  const { start } = entries.find(({ timestamp }) => timestamp !== undefined)?.timestamp ?? {};
  expect(start).toBeGreaterThan(before - 1_000_000_000n);
  expect(start).toBeLessThan(BigInt(Date.now()) * 1_000_000n + 1_000_000_000n);
});

test('the fields of a concatenated set', async () => {
  run(
    'nft -f -',
    'table inet s {\n set a {\n type ipv4_addr . inet_service . ipv4_addr;\n flags interval;\n }\n}\n',
  );
  await using nft = await openFamily(nftablesFamily);
  const { desc } = await nft.do.getset({ nfgenFamily: 1, table: 's', name: 'a' });
  expect(desc?.concat).toEqual({ elem: [{ len: 4 }, { len: 2 }, { len: 4 }] });
  const batch = nft.batch({ transaction: { subsystem: 10 } });
  batch.add(
    'newset',
    {
      ...{ nfgenFamily: 1, table: 's', name: 'b', id: 1, flags: ['interval', 'concat'] },
      ...{ keyType: (7 << 6) | 13, keyLen: 8, desc: { concat: { elem: [{ len: 4 }, { len: 2 }] } } },
    },
    { create: true },
  );
  await batch.send();
  expect(run('nft list set inet s b').replaceAll(/\s+/g, ' ')).toContain(
    'type ipv4_addr . inet_service flags interval',
  );
});
