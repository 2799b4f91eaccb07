// nf_tables and connection tracking against this kernel, with nft and conntrack as oracles.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { conntrackFamily } from 'afnetlink/families/conntrack';
import { nftablesFamily } from 'afnetlink/families/nftables';
import { heard } from '../helpers/events';
import { openNoted } from '../helpers/exercise';
import { privateNamespace } from '../helpers/private-namespace';

const namespace = privateNamespace();
const options = () => ({ netns: namespace.netns });
const AF_INET = 2;
const NFPROTO_INET = 1;
const NFNL_SUBSYS_NFTABLES = 10;

interface Nft {
  readonly nftables: readonly Readonly<Record<string, Readonly<Record<string, unknown>>>>[];
}
const nft = (line: string) => namespace.run('nft', line);
const nftJson = (what: string) =>
  (JSON.parse(namespace.run('nft', '-j', ...what.split(' '))) as Nft).nftables.filter(
    (each) => !('metainfo' in each),
  );

beforeAll(() => {
  nft(`table inet t1 {
    comment "first"
    counter c1 { packets 5 bytes 500 }
    quota q1 { over 1 mbytes }
    limit l1 { rate 5/second }
    set s1 { type ipv4_addr; flags interval; elements = { 10.0.0.0/8, 192.0.2.7 } }
    set s2 { type ipv4_addr . inet_service; flags timeout; timeout 1h; elements = { 10.0.0.1 . 80 comment "web" } }
    map m1 { type inet_service : verdict; elements = { 22 : accept, 23 : drop } }
    chain in { type filter hook input priority 0; policy accept;
      ct state established,related counter packets 1 bytes 2 accept
      iifname "v0" tcp dport { 80, 443 } log prefix "hi " level warn accept
      ip saddr @s1 counter name c1 drop
      tcp dport 80 limit rate 5/second burst 7 packets accept
      udp dport 53 reject with icmpx admin-prohibited
    }
  }`);
  nft('table ip nat { chain post { type nat hook postrouting priority srcnat; oifname "v0" masquerade; }; }');
});

describe('nftables', () => {
  test('tables, chains, sets, objects and rules are read as nft shows them', async () => {
    const client = await openNoted(nftablesFamily, options());
    const tables = await client.dump.gettable().toArray();
    const shown = nftJson('list tables').map(({ table }) => table?.['name']);
    expect(tables.map(({ name }) => name)).toEqual(shown);

    const chains = await client.dump.getchain().toArray();
    expect(chains.map(({ table, name }) => `${table ?? ''} ${name ?? ''}`)).toEqual(['t1 in', 'nat post']);
    expect(chains[0]?.hook).toMatchObject({ num: 1, priority: 0 });

    const sets = await client.dump.getset({ nfgenFamily: NFPROTO_INET, table: 't1' }).toArray();
    const timeout = sets.find(({ name }) => name === 's2');
    expect(timeout).toMatchObject({
      flags: expect.arrayContaining(['timeout']) as unknown,
      timeout: 3_600_000n,
    });

    const objects = await client.dump.getobj().toArray();
    const byName = new Map(objects.map((object) => [object.name, object]));
    expect(byName.get('c1')).toMatchObject({
      type: 'counter',
      data: { counter: { packets: 5n, bytes: 500n } },
    });
    expect(byName.get('q1')?.data?.quota).toMatchObject({ bytes: 1_048_576n });
    expect(byName.get('l1')?.data?.limit).toMatchObject({ rate: 5n, unit: 1n });

    const rules = await client.dump.getrule({ nfgenFamily: NFPROTO_INET, table: 't1' }).toArray();
    expect(rules.map(({ handle }) => Number(handle))).toEqual(
      nftJson('list table inet t1').flatMap(({ rule }) => (rule === undefined ? [] : [rule['handle']])),
    );
    const expressions = rules.flatMap((rule) => rule.expressions?.elem ?? []);
    expect(expressions.find(({ name }) => name === 'limit')?.data?.limit).toMatchObject({
      rate: 5n,
      burst: 7,
    });
    expect(expressions.every(({ data }) => data?.raw === undefined)).toBe(true);
    const nat = await client.dump.getrule({ nfgenFamily: AF_INET, table: 'nat' }).toArray();
    expect(nat[0]?.expressions?.elem?.map(({ name }) => name)).toContain('masq');
  });

  test('elements of a set, with what they time out by', async () => {
    const client = await openNoted(nftablesFamily, options());
    const messages = await client.dump
      .getsetelem({ nfgenFamily: NFPROTO_INET, table: 't1', set: 's2' })
      .toArray();
    const elements = messages.flatMap((message) => message.elements?.elem ?? []);
    expect(elements).toHaveLength(1);
    const { expiration = 0n, key } = elements[0] ?? {};
    expect(expiration > 3_000_000n && expiration <= 3_600_000n).toBe(true);
    expect(Buffer.from(key?.value ?? []).toString('hex')).toBe('0a00000100500000');
  });

  test('one of each, and the generation', async () => {
    const client = await openNoted(nftablesFamily, options());
    expect(await client.do.gettable({ nfgenFamily: NFPROTO_INET, name: 't1' })).toMatchObject({ name: 't1' });
    expect(await client.do.getchain({ nfgenFamily: NFPROTO_INET, table: 't1', name: 'in' })).toMatchObject({
      name: 'in',
    });
    expect(await client.do.getset({ nfgenFamily: NFPROTO_INET, table: 't1', name: 's1' })).toMatchObject({
      name: 's1',
    });
    const object = { nfgenFamily: NFPROTO_INET, table: 't1', name: 'c1', type: 'counter' } as const;
    expect(await client.do.getobj(object)).toMatchObject({ name: 'c1' });
    expect((await client.do.getgen()).id).toEqual(expect.any(Number));
  });

  test('a transaction makes a table with a chain and a rule, or nothing, and is announced', async () => {
    const client = await openNoted(nftablesFamily, options());
    using events = client.subscribe();
    const table = { nfgenFamily: NFPROTO_INET, name: 'made' };
    const chain = {
      nfgenFamily: NFPROTO_INET,
      table: 'made',
      name: 'input',
      hook: { num: 1, priority: 10 },
      type: 'filter',
    };
    const elem = [
      { data: { counter: { packets: 1n, bytes: 2n } } },
      { data: { immediate: { dreg: 0, data: { verdict: { code: 'drop' as const } } } } },
    ];
    const rule = { nfgenFamily: NFPROTO_INET, table: 'made', chain: 'input', expressions: { elem } };
    const transaction = { subsystem: NFNL_SUBSYS_NFTABLES };
    const results = await client
      .batch({ transaction })
      .add('newtable', table, { create: true })
      .add('newchain', chain, { create: true })
      .add('newrule', rule, { create: true, append: true })
      .send();
    expect(results.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
    const [, , shown] = nftJson('list table inet made');
    expect(shown?.['rule']).toMatchObject({
      chain: 'input',
      expr: [{ counter: { packets: 1, bytes: 2 } }, { drop: null }],
    });
    const bad = await client
      .batch({ transaction })
      .add('deltable', table)
      .add('deltable', { nfgenFamily: NFPROTO_INET, name: 'absent' })
      .send();
    expect(bad).toMatchObject([{ status: 'undone' }, { status: 'failed', error: { code: 'ENOENT' } }]);
    const good = await client.batch({ transaction }).add('deltable', table).send();
    expect(good).toMatchObject([{ status: 'done' }]);
    const names: string[] = [];
    for await (const item of events) {
      if (item.kind !== 'event') continue;
      names.push(item.event.name);
      if (item.event.name === 'deltable-ntf') break;
    }
    expect(names).toEqual(
      expect.arrayContaining(['newtable-ntf', 'newchain-ntf', 'newrule-ntf', 'newgen-ntf']),
    );
  });

  test('sets, their elements and objects are made, announced and deleted in transactions', async () => {
    const client = await openNoted(nftablesFamily, options());
    using events = client.subscribe();
    const of = { nfgenFamily: NFPROTO_INET, table: 'own' };
    const transaction = { subsystem: NFNL_SUBSYS_NFTABLES };
    const set = { ...of, name: 'ports', keyType: 13, keyLen: 2, id: 1 };
    const elements = {
      ...of,
      set: 'ports',
      elements: {
        elem: [{ key: { value: Uint8Array.of(0, 22) } }, { key: { value: Uint8Array.of(0, 80) } }],
      },
    };
    const counter = { ...of, name: 'hits', data: { counter: { packets: 3n, bytes: 4n } } };
    const made = await client
      .batch({ transaction })
      .add('newtable', { nfgenFamily: NFPROTO_INET, name: 'own' }, { create: true })
      .add('newset', set, { create: true })
      .add('newsetelem', elements, { create: true })
      .add('newobj', counter, { create: true })
      .send();
    expect(made.map(({ status }) => status)).toEqual(['done', 'done', 'done', 'done']);
    const listed = nftJson('list table inet own');
    expect(listed).toEqual(
      expect.arrayContaining([
        { set: expect.objectContaining({ name: 'ports', type: 'inet_service', elem: [22, 80] }) as unknown },
        { counter: expect.objectContaining({ name: 'hits', packets: 3, bytes: 4 }) as unknown },
      ]),
    );
    const deleted = await client
      .batch({ transaction })
      .add('delsetelem', elements)
      .add('delset', { ...of, name: 'ports' })
      .add('delobj', { ...of, name: 'hits', type: 1 })
      .add('deltable', { nfgenFamily: NFPROTO_INET, name: 'own' })
      .send();
    expect(deleted.map(({ status }) => status)).toEqual(['done', 'done', 'done', 'done']);
    const names = ['newset', 'newsetelem', 'newobj', 'delsetelem', 'delset', 'delobj'].map(
      (name) => `${name}-ntf`,
    );
    expect(await heard(events, names)).toEqual(expect.arrayContaining(names));
  });
});

describe('conntrack', () => {
  const tuple = (port: number) => ({
    tupleIp: { ipV4Src: '192.0.2.1', ipV4Dst: '192.0.2.2' },
    tupleProto: { protoNum: 17, protoSrcPort: port, protoDstPort: 53 },
  });
  const reply = (port: number) => ({
    tupleIp: { ipV4Src: '192.0.2.2', ipV4Dst: '192.0.2.1' },
    tupleProto: { protoNum: 17, protoSrcPort: 53, protoDstPort: port },
  });
  const entry = (port: number) => ({
    nfgenFamily: AF_INET,
    tupleOrig: tuple(port),
    tupleReply: reply(port),
    timeout: 600,
    mark: 7,
  });

  test('entries are made, read as conntrack shows them, announced and deleted', async () => {
    const client = await openNoted(conntrackFamily, options());
    using events = client.subscribe();
    await client.do.new(entry(4000), { create: true, exclusive: true });
    await client.do.new(entry(4001), { create: true, exclusive: true });
    const listed = await client.dump.get({ nfgenFamily: AF_INET }).toArray();
    expect(listed.map(({ tupleOrig }) => tupleOrig?.tupleProto?.protoSrcPort).toSorted()).toEqual([
      4000, 4001,
    ]);
    const shown = namespace.run('conntrack', '-L').trim().split('\n');
    expect(shown).toHaveLength(2);
    expect(shown.find((line) => line.includes('sport=4000'))).toContain('src=192.0.2.1 dst=192.0.2.2');
    const one = await client.do.get({ nfgenFamily: AF_INET, tupleOrig: tuple(4000) });
    expect(one).toMatchObject({
      mark: 7,
      tupleOrig: tuple(4000),
      status: expect.arrayContaining(['confirmed']) as unknown,
    });
    await client.do.delete({ nfgenFamily: AF_INET, tupleOrig: tuple(4000) });
    const names: string[] = [];
    for await (const item of events) {
      if (item.kind !== 'event') continue;
      names.push(item.event.name);
      if (item.event.name === 'delete-ntf') break;
    }
    expect(names).toContain('new-ntf');
    expect(namespace.run('conntrack', '-L')).not.toContain('sport=4000');
  });

  test('statistics, one message for each processor', async () => {
    const client = await openNoted(conntrackFamily, options());
    const stats = await client.dump.getStats().toArray();
    expect(stats).toHaveLength(namespace.run('conntrack', '-S').trim().split('\n').length);
    expect(stats[0]?.found).toEqual(expect.any(Number));
  });
});
