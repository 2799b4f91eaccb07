// Families of Generic Netlink against this kernel, with ethtool and ip as oracles.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ethtoolFamily } from 'afnetlink/families/ethtool';
import { mptcpPmFamily } from 'afnetlink/families/mptcp_pm';
import { netdevFamily } from 'afnetlink/families/netdev';
import { nlctrlFamily } from 'afnetlink/families/nlctrl';
import { tcpMetricsFamily } from 'afnetlink/families/tcp_metrics';
import { wireguardFamily } from 'afnetlink/families/wireguard';
import { openFamily } from 'afnetlink';
import { openNoted } from '../helpers/exercise';
import { privateNamespace } from '../helpers/private-namespace';
import { runInProcess } from '../helpers/processes';

const namespace = privateNamespace();
const options = () => ({ netns: namespace.netns });
const indexOf = (name: string) =>
  (namespace.ipJson(`link show ${name}`) as { ifindex: number }[])[0]?.ifindex ?? 0;

beforeAll(() => {
  namespace.ip('link add v0 numtxqueues 4 numrxqueues 4 type veth peer name v1 numtxqueues 4 numrxqueues 4');
  for (const name of ['v0', 'v1']) namespace.ip(`link set ${name} addrgenmode none up`);
  namespace.ip('addr add 192.0.2.1/24 dev v0');
});

describe('nlctrl', () => {
  test('families, their operations and policies', async () => {
    const client = await openNoted(nlctrlFamily, options());
    const families = await client.dump.getfamily().toArray();
    expect(families.map(({ familyName }) => familyName)).toEqual(
      expect.arrayContaining(['nlctrl', 'netdev', 'ethtool']),
    );
    const ethtool = await client.do.getfamily({ familyName: 'ethtool' });
    expect(ethtool.mcastGroups?.map(({ name }) => name)).toEqual(['monitor']);
    expect(ethtool.ops?.every(({ arrayIndex, id }) => arrayIndex > 0 && id !== undefined)).toBe(true);
    const policy = await client.dump.getpolicy({ familyName: 'netdev' }).toArray();
    const ifindex = policy.find((message) => message.policy?.attrId === 1)?.policy;
    expect(ifindex).toMatchObject({ type: 'u32', minValueU: 1n });
  });

  test('a family that the kernel lacks is an error that says so', async () => {
    await expect(openFamily(wireguardFamily, options())).rejects.toMatchObject({
      code: 'ENOENT',
      message: expect.stringContaining("'wireguard'") as unknown,
    });
  });
});

describe('netdev', () => {
  test('devices, queues, and what the policy refuses', async () => {
    const client = await openNoted(netdevFamily, options());
    const devices = await client.dump.devGet().toArray();
    const ifindex = indexOf('v0');
    expect(devices.map((device) => device.ifindex)).toContain(ifindex);
    const device = await client.do.devGet({ ifindex });
    expect(device.xdpFeatures).toEqual(expect.arrayContaining(['basic', 'redirect']));
    const queues = await client.dump.queueGet({ ifindex }).toArray();
    expect(queues.filter(({ type }) => type === 'rx')).toHaveLength(4);
    await expect(client.do.devGet({ ifindex: 0 })).rejects.toMatchObject({
      code: 'ERANGE',
      extack: { path: 'ifindex', policy: { minimum: 1n } },
    });
    for (const dump of ['napiGet', 'pagePoolGet', 'qstatsGet'] as const) {
      expect(await client.dump[dump]().toArray()).toEqual(expect.any(Array));
    }
  });

  test('a device that comes and goes is announced', async () => {
    const client = await openNoted(netdevFamily, options());
    using events = client.subscribe({ groups: ['mgmt'] });
    namespace.ip('link add gone type veth peer name gone1');
    namespace.ip('link del gone');
    const names: string[] = [];
    for await (const item of events) {
      if (item.kind === 'event') names.push(item.event.name);
      if (names.at(-1) === 'dev-del-ntf') break;
    }
    expect(names).toContain('dev-add-ntf');
  });
});

describe('ethtool', () => {
  const header = { devName: 'v0' };
  const shown = (...args: readonly string[]) => namespace.run('ethtool', ...args);

  test('what ethtool shows', async () => {
    const client = await openNoted(ethtoolFamily, options());
    const link = await client.do.linkmodesGet({ header });
    expect(shown('v0')).toContain(`Speed: ${link.speed ?? 0}Mb/s`);
    const channels = await client.do.channelsGet({ header });
    expect(channels).toMatchObject({
      header: { devName: 'v0', devIndex: indexOf('v0') },
      rxMax: 4,
      txMax: 4,
    });
    const state = await client.do.linkstateGet({ header });
    expect(state.link).toBe(1);
    const features = await client.do.featuresGet({ header });
    const active = features.active?.bits?.bit?.map(({ name }) => name) ?? [];
    expect(active).toContain('rx-vlan-hw-parse');
    expect(shown('-k', 'v0')).toContain('rx-vlan-offload: on');
    expect((await client.do.linkinfoGet({ header })).header?.devName).toBe('v0');
    expect((await client.do.tsinfoGet({ header })).header?.devName).toBe('v0');
    const strings = await client.do.strsetGet({ header, stringsets: { stringset: [{ id: 4 }] } });
    expect(strings.stringsets?.stringset?.[0]?.strings?.[0]?.string?.map(({ value }) => value)).toContain(
      'tx-scatter-gather',
    );
  });

  test('a dump over all devices', async () => {
    const client = await openNoted(ethtoolFamily, options());
    const all = await client.dump.linkstateGet().toArray();
    expect(all.map(({ header: of }) => of?.devName)).toEqual(expect.arrayContaining(['lo', 'v0', 'v1']));
  });

  test('statistics of two groups, of which neither is lost', async () => {
    const client = await openNoted(ethtoolFamily, options());
    const bit = [{ index: 0 }, { index: 1 }];
    const stats = await client.do.statsGet({ header, groups: { nomask: true, bits: { bit } } });
    expect(stats.grp?.map(({ id }) => id)).toEqual([0, 1]);
    expect(stats.extra).toBeUndefined();
  });

  test('a change is made, announced, and seen by ethtool', async () => {
    const client = await openNoted(ethtoolFamily, options());
    using events = client.subscribe();
    await client.do.channelsSet({ header, rxCount: 2, txCount: 2 });
    const bit = [{ name: 'tx-scatter-gather' }];
    await client.do.featuresSet({ header, wanted: { bits: { bit } } });
    expect(shown('-k', 'v0')).toContain('tx-scatter-gather: off');
    await client.do.featuresSet({ header, wanted: { bits: { bit: [{ ...bit[0], value: true }] } } });
    expect(shown('-k', 'v0')).toContain('tx-scatter-gather: on');
    expect(shown('-l', 'v0')).toMatch(/Current hardware settings:\s+RX:\s+2\s+TX:\s+2/);
    for await (const item of events) {
      if (item.kind === 'event' && item.event.name === 'features-ntf') break;
    }
    await client.do.channelsSet({ header, rxCount: 4, txCount: 4 }); // netdev's test counts them
  });

  test('what the driver cannot do is an error with the reason', async () => {
    const client = await openNoted(ethtoolFamily, options());
    await expect(client.do.eeeGet({ header })).rejects.toMatchObject({ code: 'EOPNOTSUPP' });
    await expect(client.do.ringsGet({ header: { devName: 'absent' } })).rejects.toThrow(
      '(at header.devName)',
    );
  });
});

describe('mptcp_pm', () => {
  test('endpoints and limits are set, read as ip shows them, and deleted', async () => {
    const client = await openNoted(mptcpPmFamily, options());
    const addr = { family: 2, addr4: '192.0.2.1', id: 5, flags: ['signal'] as const, ifIdx: indexOf('v0') };
    await client.do.addAddr({ addr });
    expect((await client.dump.getAddr().toArray()).map((message) => message.addr)).toMatchObject([addr]);
    expect((await client.do.getAddr({ addr: { id: 5 } })).addr).toMatchObject({
      addr4: '192.0.2.1',
      flags: ['signal'],
    });
    expect(namespace.ipJson('mptcp endpoint show')).toMatchObject([
      { address: '192.0.2.1', id: 5, signal: true },
    ]);
    await client.do.setLimits({ rcvAddAddrs: 2, subflows: 3 });
    expect(await client.do.getLimits()).toMatchObject({ rcvAddAddrs: 2, subflows: 3 });
    expect(namespace.ip('mptcp limits show').trim()).toBe('add_addr_accepted 2 subflows 3');
    await client.do.setFlags({ addr: { ...addr, flags: ['signal', 'backup'] } });
    expect(namespace.ip('mptcp endpoint show')).toContain('backup');
    await client.do.delAddr({ addr: { id: 5 } });
    await client.do.flushAddrs({ addr: { id: 0 } });
    expect(namespace.ipJson('mptcp endpoint show')).toEqual([]);
  });
});

describe('tcp_metrics', () => {
  test('entries of connections are read as ip shows them, and deleted', async () => {
    const { status, stderr } = await runInProcess(
      `const net = require('node:net');
       const server = net.createServer((socket) => socket.pipe(socket)).listen(0, '192.0.2.1', () => {
         const client = net.connect(server.address().port, '192.0.2.1', () => client.end('x'));
         client.resume().on('close', () => server.close());
       });`,
      { prefix: ['nsenter', '--target', `${namespace.netns.pid}`, '--net', '--'] },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const client = await openNoted(tcpMetricsFamily, options());
    const entries = await client.dump.get().toArray();
    const shown = namespace.ipJson('tcp_metrics show') as { dst: string }[];
    expect(entries.map(({ addrIpv4 }) => addrIpv4)).toEqual(shown.map(({ dst }) => dst));
    expect(entries[0]?.addrIpv4).toBe('192.0.2.1');
    expect((await client.do.get({ addrIpv4: '192.0.2.1' })).addrIpv4).toBe('192.0.2.1');
    await client.do.del({ addrIpv4: '192.0.2.1' });
    expect(namespace.ipJson('tcp_metrics show')).toEqual([]);
  });
});
