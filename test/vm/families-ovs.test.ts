// Open vSwitch's four families on a switch of the kernel's, with ip as oracle.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openFamily } from 'afnetlink';
import { ovsDatapathFamily } from 'afnetlink/families/ovs_datapath';
import { ovsFlowFamily } from 'afnetlink/families/ovs_flow';
import { ovsPacketFamily } from 'afnetlink/families/ovs_packet';
import { ovsVportFamily } from 'afnetlink/families/ovs_vport';
import { heard } from '../helpers/events';
import { openNoted } from '../helpers/exercise';

const run = (line: string) => {
  const [program = '', ...args] = line.split(' ');
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
};
const links = () =>
  JSON.parse(run('ip -d -j link show')) as readonly {
    ifindex: number;
    ifname: string;
    master?: string;
    linkinfo?: { info_kind?: string; info_slave_kind?: string };
  }[];
const indexOf = (name: string) => links().find(({ ifname }) => ifname === name)?.ifindex ?? 0;
let dpIfindex = 0;

beforeAll(async () => {
  run('modprobe openvswitch');
  run('ip link add ovs-a type veth peer name ovs-b');
  await using datapaths = await openFamily(ovsDatapathFamily);
  await datapaths.do.new({ dpIfindex: 0, name: 'switch0', upcallPid: 0 });
  dpIfindex = indexOf('switch0');
});

afterAll(async () => {
  await using datapaths = await openFamily(ovsDatapathFamily);
  await datapaths.do.del({ dpIfindex });
  run('ip link del ovs-a');
});

test('datapaths are made, read, set, announced and deleted', async () => {
  const client = await openNoted(ovsDatapathFamily);
  using events = client.subscribe();
  await client.do.new({ dpIfindex: 0, name: 'switch1', upcallPid: 0, userFeatures: ['unaligned'] });
  const made = links().find(({ ifname }) => ifname === 'switch1');
  expect(made?.linkinfo?.info_kind).toBe('openvswitch');
  const own = { dpIfindex: made?.ifindex };
  expect(await client.do.get(own)).toMatchObject({ ...own, name: 'switch1', userFeatures: ['unaligned'] });
  await client.do.set({ ...own, userFeatures: ['unaligned', 'vport-pids'] });
  expect((await client.do.get({ name: 'switch1' })).userFeatures).toEqual(['unaligned', 'vport-pids']);
  const all = await client.dump.get().toArray();
  expect(all.map(({ name }) => name).toSorted()).toEqual(['switch0', 'switch1']);
  expect(all.every(({ extra }) => extra === undefined)).toBe(true);
  await client.do.del(own);
  expect(indexOf('switch1')).toBe(0);
  const names = ['new-ntf', 'del-ntf'];
  expect(await heard(events, names)).toEqual(expect.arrayContaining(names));
});

test('ports are made, read, set, announced and deleted', async () => {
  const client = await openNoted(ovsVportFamily);
  using events = client.subscribe();
  await client.do.new({ dpIfindex, name: 'ovs-a', type: 'netdev', upcallPid: [0] });
  expect(links().find(({ ifname }) => ifname === 'ovs-a')?.linkinfo?.info_slave_kind).toBe('openvswitch');
  const port = await client.do.get({ name: 'ovs-a' });
  expect(port).toMatchObject({ dpIfindex, type: 'netdev', ifindex: indexOf('ovs-a') });
  expect(port.stats?.rxPackets).toEqual(expect.any(BigInt));
  const { portNo } = port;
  await client.do.set({ dpIfindex, portNo, upcallPid: [7] });
  expect((await client.do.get({ dpIfindex, portNo })).upcallPid).toEqual([7]);
  const all = await client.dump.get({ dpIfindex }).toArray();
  expect(all.map(({ name }) => name).toSorted()).toEqual(['ovs-a', 'switch0']);
  expect(all.every(({ extra }) => extra === undefined)).toBe(true);
  await client.do.del({ dpIfindex, portNo });
  const names = ['new-ntf', 'set-ntf', 'del-ntf'];
  expect(await heard(events, names)).toEqual(expect.arrayContaining(names));
});

const flowKey = {
  inPort: 0,
  ethernet: { ethSrc: Uint8Array.of(2, 0, 0, 0, 0, 1), ethDst: Uint8Array.of(2, 0, 0, 0, 0, 2) },
  ethertype: 0x0800,
  ipv4: { ipv4Src: '192.0.2.1', ipv4Dst: '192.0.2.2', ipv4Proto: 17, ipv4Tos: 0, ipv4Ttl: 64, ipv4Frag: 0 },
  udp: { udpSrc: 1000, udpDst: 2000 },
};

test('flows are made, read, set, announced and deleted', async () => {
  const client = await openNoted(ovsFlowFamily);
  using events = client.subscribe();
  await client.do.new({ dpIfindex, key: flowKey, actions: [{ output: 0 }] }, { create: true });
  const flow = await client.do.get({ dpIfindex, key: flowKey });
  expect(flow.key).toMatchObject({ inPort: 0, ethertype: 0x0800, udp: flowKey.udp });
  expect(flow.actions).toEqual([{ output: 0 }]);
  await client.do.set({ dpIfindex, key: flowKey, actions: [{ trunc: 100 }, { output: 0 }], clear: true });
  expect((await client.do.get({ dpIfindex, key: flowKey })).actions).toEqual([{ trunc: 100 }, { output: 0 }]);
  // The same action three times, with others in between: their order is what they do.
  const tagged = [
    { output: 0 },
    { pushVlan: { vlanTpid: 0x8100, vlanTci: 0x1064 } },
    { output: 0 },
    { popVlan: true },
    { output: 0 },
  ];
  await client.do.set({ dpIfindex, key: flowKey, actions: tagged });
  expect((await client.do.get({ dpIfindex, key: flowKey })).actions).toEqual(tagged);
  const all = await client.dump.get({ dpIfindex }).toArray();
  expect(all).toHaveLength(1);
  expect(all[0]?.mask?.ethertype).toBe(0xffff);
  await client.do.del({ dpIfindex, key: flowKey });
  expect(await client.dump.get({ dpIfindex }).toArray()).toEqual([]);
  const names = ['new-ntf', 'set-ntf', 'del-ntf'];
  expect(await heard(events, names)).toEqual(expect.arrayContaining(names));
});

test('a packet goes through the actions that come with it', async () => {
  const client = await openNoted(ovsPacketFamily);
  const frame = Buffer.concat([Buffer.from('020000000002020000000001' + '9000', 'hex'), Buffer.alloc(46)]);
  const before = Number(run('cat /sys/class/net/switch0/statistics/rx_packets'));
  // Nested attributes as bytes: an output to the switch's own port, and a key that says where the packet came from.
  const attribute = (type: number, value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt16LE(8, 0);
    bytes.writeUInt16LE(type, 2);
    bytes.writeUInt32LE(value, 4);
    return bytes;
  };
  run('ip link set switch0 up');
  await client.do.execute({ dpIfindex, packet: frame, key: attribute(3, 0), actions: attribute(1, 0) });
  expect(Number(run('cat /sys/class/net/switch0/statistics/rx_packets'))).toBe(before + 1);
});
