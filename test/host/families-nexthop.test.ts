// Next hops against this kernel, with iproute2 as the oracle.
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { nexthopFamily } from 'afnetlink/families/nexthop';
import { openNoted } from '../helpers/exercise';
import { privateNamespace } from '../helpers/private-namespace';

const namespace = privateNamespace();
const options = () => ({ netns: namespace.netns });
const CREATE = { create: true, exclusive: true } as const;

interface IpNexthop {
  readonly id: number;
  readonly gateway?: string;
  readonly dev?: string;
  readonly group?: readonly { readonly id: number; readonly weight?: number }[];
  readonly blackhole?: null;
  readonly type?: string;
}

let oif = 0;

beforeAll(() => {
  namespace.ip('link add v0 type veth peer name v1');
  for (const name of ['v0', 'v1']) namespace.ip(`link set ${name} up`);
  namespace.ip('addr add 192.0.2.1/24 dev v0');
  namespace.ip('addr add 2001:db8::1/64 dev v0 nodad');
  [{ ifindex: oif }] = namespace.ipJson('link show v0') as [{ ifindex: number }];
});

afterEach(() => {
  namespace.ip('nexthop flush');
});

const shown = () => namespace.ipJson('nexthop show') as IpNexthop[];

test('next hops of every kind are made, and listed as ip lists them', async () => {
  const client = await openNoted(nexthopFamily, options());
  await client.do.newnexthop({ nhFamily: 'inet', id: 1, oif, gateway: '192.0.2.2' }, CREATE);
  await client.do.newnexthop({ nhFamily: 'inet6', id: 2, oif, gateway: '2001:db8::2' }, CREATE);
  await client.do.newnexthop({ nhFamily: 'inet', id: 3, blackhole: true, nhProtocol: 'static' }, CREATE);
  await client.do.newnexthop({ nhFamily: 'inet', id: 4, oif, gateway: '192.0.2.4' }, CREATE);
  const entries = [
    { id: 1, weight: 0 },
    { id: 4, weight: 4 },
  ];
  await client.do.newnexthop({ id: 10, group: { entries } }, CREATE);
  expect(shown()).toMatchObject([
    { id: 1, gateway: '192.0.2.2', dev: 'v0' },
    { id: 2, gateway: '2001:db8::2', dev: 'v0' },
    { id: 3, blackhole: null },
    { id: 4, gateway: '192.0.2.4' },
    { id: 10, group: [{ id: 1 }, { id: 4, weight: 5 }] },
  ]);
  const nexthops = await client.dump.getnexthop().toArray();
  expect(nexthops.map(({ id, gateway }) => [id, gateway])).toEqual(
    shown().map(({ id, gateway }) => [id, gateway]),
  );
  expect(nexthops.find(({ id }) => id === 10)).toMatchObject({ group: { entries }, groupType: 'mpath' });
  expect(nexthops.find(({ id }) => id === 3)).toMatchObject({ blackhole: true, nhProtocol: 'static' });
  for (const nexthop of nexthops) expect(nexthop.extra).toBeUndefined();
});

test('the kernel chooses: groups only, or those of a device', async () => {
  const client = await openNoted(nexthopFamily, options());
  await client.do.newnexthop({ nhFamily: 'inet', id: 20, oif, gateway: '192.0.2.20' }, CREATE);
  await client.do.newnexthop({ id: 21, group: { entries: [{ id: 20 }] } }, CREATE);
  const groups = await client.dump.getnexthop({ groups: true }).toArray();
  expect(groups.map(({ id }) => id)).toContain(21);
  expect(groups.every(({ group }) => group !== undefined)).toBe(true);
  const ofDevice = await client.dump.getnexthop({ oif }).toArray();
  expect(ofDevice.every((each) => each.oif === oif)).toBe(true);
  expect(await client.do.getnexthop({ id: 20 })).toMatchObject({ gateway: '192.0.2.20', oif });
});

test('a resilient group has buckets', async () => {
  const client = await openNoted(nexthopFamily, options());
  await client.do.newnexthop({ nhFamily: 'inet', id: 30, oif, gateway: '192.0.2.30' }, CREATE);
  const resilient = { groupType: 'res', resGroup: { buckets: 4, idleTimer: 1000 } } as const;
  await client.do.newnexthop({ id: 31, group: { entries: [{ id: 30 }] }, ...resilient }, CREATE);
  expect(shown().find(({ id }) => id === 31)?.type).toBe('resilient');
  expect((await client.do.getnexthop({ id: 31 })).resGroup).toMatchObject({ buckets: 4, idleTimer: 1000 });
  const buckets = await client.dump.getnexthopbucket({ id: 31 }).toArray();
  expect(buckets.map(({ resBucket }) => [resBucket?.index, resBucket?.nhId])).toEqual(
    (namespace.ipJson('nexthop bucket show id 31') as { bucket: { index: number; nhid: number } }[]).map(
      ({ bucket }) => [bucket.index, bucket.nhid],
    ),
  );
  expect(buckets).toHaveLength(4);
});

test('changes are announced; a route can use a next hop by its id', async () => {
  const client = await openNoted(nexthopFamily, options());
  using events = client.subscribe();
  await client.do.newnexthop({ nhFamily: 'inet', id: 40, oif, gateway: '192.0.2.40' }, CREATE);
  namespace.ip('route add 198.51.100.0/24 nhid 40');
  expect(namespace.ipJson('route show 198.51.100.0/24')).toMatchObject([{ gateway: '192.0.2.40', nhid: 40 }]);
  await client.do.delnexthop({ id: 40 });
  expect(namespace.ipJson('route show 198.51.100.0/24')).toEqual([]);
  const seen: unknown[] = [];
  for await (const item of events) {
    if (item.kind !== 'event' || item.event.name === 'unknown') continue;
    if (item.event.message.id !== 40) continue;
    seen.push([item.event.name, item.event.message.gateway]);
    if (seen.length === 2) break;
  }
  expect(seen).toEqual([
    ['newnexthop-ntf', '192.0.2.40'],
    ['delnexthop-ntf', '192.0.2.40'],
  ]);
});

test('an error says what the kernel says, and what is wrong is refused before it is sent', async () => {
  const client = await openNoted(nexthopFamily, options());
  await expect(client.do.newnexthop({ id: 50, group: { entries: [{ id: 999 }] } }, CREATE)).rejects.toThrow(
    'EINVAL: Invalid nexthop id',
  );
  await expect(client.do.newnexthop({ id: 50, gateway: '192.0.2' }, CREATE)).rejects.toThrow('gateway:');
});
