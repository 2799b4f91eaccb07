// Traffic control against this kernel, with tc as the oracle.
import { beforeAll, expect, test } from '@jest/globals';
import { tcFamily } from 'afnetlink/families/tc';
import { heard } from '../helpers/events';
import { openNoted } from '../helpers/exercise';
import { privateNamespace } from '../helpers/private-namespace';

const namespace = privateNamespace();
const options = () => ({ netns: namespace.netns });
const tcJson = (line: string) =>
  JSON.parse(namespace.run('tc', '-j', '-s', ...line.split(' '))) as Readonly<Record<string, unknown>>[];
const tc = (line: string) => namespace.run('tc', ...line.split(' '));
const TC_H_ROOT = 0xffffffff;
const TC_H_INGRESS = 0xfffffff1;
const ETH_P_IP_BE = 0x0008;

let ifindex = 0;
let redirectTo = 0;

beforeAll(() => {
  namespace.ip('link add v0 type veth peer name v1');
  namespace.ip('link add if0 type ifb');
  for (const name of ['v0', 'v1', 'if0']) namespace.ip(`link set ${name} addrgenmode none up`);
  const index = (name: string) =>
    (namespace.ipJson(`link show ${name}`) as { ifindex: number }[])[0]?.ifindex ?? 0;
  ifindex = index('v0');
  redirectTo = index('if0');
});

test('queueing disciplines and classes are made, and read as tc shows them', async () => {
  const client = await openNoted(tcFamily, options());
  const htb = { htb: { init: { version: 3, rate2quantum: 5, defcls: 0x10 } } };
  await client.do.newqdisc(
    { ifindex, parent: TC_H_ROOT, handle: 0x10000, options: htb },
    { create: true, exclusive: true },
  );
  tc('class add dev v0 parent 1: classid 1:10 htb rate 10mbit ceil 5gbit burst 15k');

  const [qdisc] = (await client.dump.getqdisc({ ifindex }).toArray()).filter(
    (each) => each.ifindex === ifindex,
  );
  expect(qdisc).toMatchObject({ kind: 'htb', handle: 0x10000, parent: TC_H_ROOT });
  expect(qdisc?.options?.htb?.init).toMatchObject({ rate2quantum: 5, defcls: 0x10 });
  const shown = tcJson('qdisc show dev v0').find(({ kind }) => kind === 'htb');
  expect(shown).toMatchObject({ handle: '1:', root: true, options: { r2q: 5, default: '0x10' } });

  const classes = await client.dump.gettclass({ ifindex }).toArray();
  expect(classes).toMatchObject([{ kind: 'htb', handle: 0x10010 }]);
  const { parms, ceil64 } = classes[0]?.options?.htb ?? {};
  // 10 Mbit/s in bytes: the rate lies behind 16-bit members that the kernel's spec calls 8-bit.
  expect(parms?.rate).toMatchObject({ rate: 1_250_000, linklayer: 1 });
  expect(ceil64 ?? BigInt(parms?.ceil?.rate ?? 0)).toBe(625_000_000n);
  expect(classes[0]?.xstats?.htb).toMatchObject({ lends: 0, borrows: 0, giants: 0 });
  expect(classes[0]?.stats2?.app?.htb).toMatchObject({ lends: 0, borrows: 0, giants: 0 });

  const one = await client.do.gettclass({ ifindex, handle: 0x10010 });
  expect(one.kind).toBe('htb');
  const again = await client.do.getqdisc({ ifindex, handle: 0x10000 });
  expect(again.kind).toBe('htb');
});

test('a token bucket filter, which the spec’s own layout could not make', async () => {
  const client = await openNoted(tcFamily, options());
  const rate = { rate: 125_000, linklayer: 1 };
  const parms = { rate, limit: 20_000, buffer: 160_000, mtu: 0 };
  await client.do.newqdisc(
    {
      ifindex: redirectTo,
      parent: TC_H_ROOT,
      handle: 0x20000,
      options: { tbf: { parms, burst: 10_000, rtab: new Uint8Array(1024) } },
    },
    { create: true, replace: true },
  );
  const [shown] = tcJson('qdisc show dev if0');
  expect(shown).toMatchObject({ kind: 'tbf', options: { rate: 125_000, burst: 10_000 } });
  await client.do.delqdisc({ ifindex: redirectTo, parent: TC_H_ROOT, handle: 0x20000 });
  expect(tcJson('qdisc show dev if0')[0]?.['kind']).not.toBe('tbf');
});

test('filters with keys and actions are made, and read as tc shows them', async () => {
  const client = await openNoted(tcFamily, options());
  await client.do.newqdisc(
    { ifindex, parent: TC_H_INGRESS, handle: 0xffff0000, kind: 'ingress' },
    { create: true, exclusive: true },
  );
  const keys = [
    { mask: 0xffffffff, val: 0x0a010203, off: 12 },
    { mask: 0x0000ffff, val: 80, off: 20 },
  ];
  const act = [
    {
      kind: 'mirred',
      options: { mirred: { parms: { action: 4, eaction: 'egress-redir' as const, ifindex: redirectTo } } },
    },
  ];
  await client.do.newtfilter(
    {
      ifindex,
      parent: 0xffff0000,
      info: (7 << 16) | ETH_P_IP_BE,
      options: { u32: { sel: { flags: 1, nkeys: 2, keys }, act } },
    },
    { create: true, exclusive: true },
  );
  const shown = tc('filter show dev v0 ingress');
  expect(shown).toContain('protocol ip pref 7 u32');
  expect(shown).toMatch(/match 0a010203\/ffffffff at 12\s+match 00000050\/0000ffff at 20/);
  expect(shown).toContain('action order 1: mirred (Egress Redirect to device if0)');
  const filters = await client.dump.gettfilter({ ifindex, parent: 0xffff0000 }).toArray();
  const made = filters.find((filter) => filter.options?.u32?.sel?.keys !== undefined);
  expect(made?.options?.u32?.sel).toMatchObject({ nkeys: 2, keys });
  expect(made?.options?.u32?.act?.[0]).toMatchObject({
    arrayIndex: 1,
    kind: 'mirred',
    options: { mirred: { parms: { eaction: 'egress-redir', ifindex: redirectTo } } },
  });
  expect(filters.every(({ extra }) => extra === undefined)).toBe(true);
});

test('what happens is announced, deletions too', async () => {
  const client = await openNoted(tcFamily, options());
  using events = client.subscribe();
  tc('qdisc add dev v1 root handle 5: pfifo limit 33');
  tc('qdisc del dev v1 root');
  const seen: string[] = [];
  for await (const item of events) {
    if (item.kind !== 'event' || item.event.name === 'unknown') continue;
    seen.push(`${item.event.name} ${item.event.message.kind ?? ''}`);
    if (item.event.name === 'delqdisc-ntf' && item.event.message.kind === 'pfifo') break;
  }
  expect(seen).toContain('newqdisc-ntf pfifo');
});

test('classes, filters and chains that come and go are announced, and chains listed', async () => {
  namespace.ip('link add w0 type veth peer name w1');
  const client = await openNoted(tcFamily, options());
  using events = client.subscribe();
  tc('qdisc add dev w0 root handle 1: htb');
  tc('class add dev w0 parent 1: classid 1:10 htb rate 10mbit');
  tc('chain add dev w0 parent 1: chain 7');
  tc('filter add dev w0 parent 1: chain 7 protocol ip prio 5 u32 match u32 0 0 flowid 1:10');
  const { ifindex: own } = (namespace.ipJson('link show w0') as [{ ifindex: number }])[0];
  const chains = await client.dump.getchain({ ifindex: own, parent: 0x10000 }).toArray();
  expect(chains.map(({ chain }) => chain)).toContain(7);
  tc('filter del dev w0 parent 1: chain 7');
  tc('chain del dev w0 parent 1: chain 7');
  tc('class del dev w0 classid 1:10');
  const names = ['newtclass', 'newchain', 'newtfilter', 'deltfilter', 'delchain', 'deltclass'].map(
    (name) => `${name}-ntf`,
  );
  expect(await heard(events, names)).toEqual(expect.arrayContaining(names));
});
