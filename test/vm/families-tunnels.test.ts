// Families that this kernel's modules bring: WireGuard with wg, team with teamnl, Foo-over-UDP with ip as oracles.
import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { fouFamily } from 'afnetlink/families/fou';
import { rtLinkFamily } from 'afnetlink/families/rt-link';
import { teamFamily } from 'afnetlink/families/team';
import { wireguardFamily } from 'afnetlink/families/wireguard';
import { openNoted } from '../helpers/exercise';

const run = (line: string) => {
  const [program = '', ...args] = line.split(' ');
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
};
const indexOf = (name: string) =>
  (JSON.parse(run(`ip -j link show ${name}`)) as { ifindex: number }[])[0]?.ifindex ?? 0;
/** What a team calls the type of an option that is text (linux/netlink.h). */
const NLA_STRING = 5;
const base64 = (key: Uint8Array | undefined) => Buffer.from(key ?? []).toString('base64');
const key = (byte: number) => new Uint8Array(32).fill(byte);

beforeAll(() => {
  execFileSync('modprobe', ['-a', 'wireguard', 'team', 'team_mode_activebackup', 'fou']);
});

describe('wireguard', () => {
  beforeAll(async () => {
    const links = await openNoted(rtLinkFamily);
    await links.do.newlink(
      { ifname: 'wg0', linkinfo: { kind: 'wireguard' } },
      { create: true, exclusive: true },
    );
  });

  test('a device gets peers, and wg and a dump agree about them', async () => {
    const client = await openNoted(wireguardFamily);
    // struct sockaddr_in: 192.0.2.9, port 51820.
    const endpoint = Uint8Array.of(2, 0, 0xca, 0x6c, 192, 0, 2, 9, 0, 0, 0, 0, 0, 0, 0, 0);
    await client.do.setDevice({
      ifname: 'wg0',
      privateKey: key(0x48),
      listenPort: 51_821,
      fwmark: 7,
      flags: ['replace-peers'],
      peers: [
        {
          publicKey: key(1),
          presharedKey: key(2),
          endpoint,
          persistentKeepaliveInterval: 25,
          flags: ['replace-allowedips'],
          allowedips: [
            { family: 2, ipaddr: '198.51.100.0', cidrMask: 24 },
            { family: 10, ipaddr: '2001:db8::', cidrMask: 64 },
          ],
        },
        { publicKey: key(3) },
      ],
    });
    const [own, ...shown] = run('wg show wg0 dump')
      .trim()
      .split('\n')
      .map((line) => line.split('\t'));
    const [device] = await client.dump.getDevice({ ifname: 'wg0' }).toArray();
    expect([base64(device?.privateKey), base64(device?.publicKey), `${device?.listenPort ?? ''}`]).toEqual(
      own?.slice(0, 3),
    );
    expect(own?.[3]).toBe('0x7');
    expect(device).toMatchObject({ ifname: 'wg0', ifindex: indexOf('wg0'), fwmark: 7 });
    expect(device?.extra).toBeUndefined();
    const peers = device?.peers ?? [];
    expect(peers.map((peer) => base64(peer.publicKey))).toEqual(shown.map(([publicKey]) => publicKey));
    const first = peers.find((peer) => peer.publicKey?.[0] === 1);
    expect(first?.endpoint).toEqual(endpoint);
    expect(first).toMatchObject({ persistentKeepaliveInterval: 25, rxBytes: 0n });
    expect(first?.allowedips?.map(({ ipaddr, cidrMask }) => `${ipaddr ?? ''}/${cidrMask ?? ''}`)).toEqual([
      '198.51.100.0/24',
      '2001:db8::/64',
    ]);
    expect(shown.find(([publicKey]) => publicKey === base64(key(1)))?.slice(1, 4)).toEqual([
      base64(key(2)),
      '192.0.2.9:51820',
      '198.51.100.0/24,2001:db8::/64',
    ]);
    await client.do.setDevice({ ifname: 'wg0', peers: [{ publicKey: key(1), flags: ['remove-me'] }] });
    expect(run('wg show wg0 peers').trim()).toBe(base64(key(3)));
  });

  test('what is wrong is refused, here or by the kernel', async () => {
    const client = await openNoted(wireguardFamily);
    await expect(client.do.setDevice({ ifname: 'wg0', privateKey: new Uint8Array(31) })).rejects.toThrow(
      /privateKey/,
    );
    await expect(client.dump.getDevice({ ifname: 'lo' }).toArray()).rejects.toMatchObject({
      code: 'EOPNOTSUPP',
    });
  });

  test('more peers than a message holds come in several', async () => {
    const client = await openNoted(wireguardFamily);
    const many = Array.from({ length: 400 }, (_, index) => {
      const publicKey = new Uint8Array(32).fill(9);
      new DataView(publicKey.buffer).setUint16(0, index);
      const allowedips = [{ family: 2, ipaddr: `10.${index >> 8}.${index & 255}.0`, cidrMask: 24 }];
      return { publicKey, allowedips };
    });
    await client.do.setDevice({ ifname: 'wg0', flags: ['replace-peers'], peers: many });
    const messages = await client.dump.getDevice({ ifname: 'wg0' }).toArray();
    expect(messages.length).toBeGreaterThan(1);
    const peers = messages.flatMap((message) => message.peers ?? []);
    expect(new Set(peers.map((peer) => base64(peer.publicKey))).size).toBe(400);
    expect(run('wg show wg0 allowed-ips').trim().split('\n')).toHaveLength(400);
  });
});

describe('team', () => {
  test('options and ports are set and read as teamnl shows them, and announced', async () => {
    run('ip link add team0 type team');
    run('ip link add t1 type dummy');
    const teamIfindex = indexOf('team0');
    const client = await openNoted(teamFamily);
    using events = client.subscribe();
    const data = Buffer.from('activebackup\0');
    const listOption = { option: [{ name: 'mode', type: NLA_STRING, data }] };
    await client.do.optionsSet({ teamIfindex, listOption });
    expect(run('teamnl team0 getoption mode').trim()).toBe('activebackup');
    run('ip link set t1 master team0');
    const { listPort } = await client.do.portListGet({ teamIfindex });
    expect(listPort?.port).toMatchObject([{ ifindex: indexOf('t1') }]);
    const options = (await client.do.optionsGet({ teamIfindex })).listOption?.option;
    const mode = options?.find(({ name }) => name === 'mode')?.data;
    expect(Buffer.from(mode ?? []).toString()).toBe('activebackup\0');
    const names = options?.map(({ name }) => name) ?? [];
    expect(names).toEqual(expect.arrayContaining(['mode', 'activeport', 'priority', 'enabled']));
    expect(run('teamnl team0 options').trim().split('\n')).toHaveLength(names.length);
    const seen = new Set<string>();
    for await (const item of events) {
      if (item.kind === 'event') seen.add(item.event.name);
      if (seen.size === 2) break;
    }
    expect([...seen].sort()).toEqual(['options-ntf', 'port-list-ntf']);
  });
});

describe('fou', () => {
  test('ports are opened, read as ip shows them, and closed', async () => {
    const client = await openNoted(fouFamily);
    await client.do.add({ port: 5555, af: 2, ipproto: 47, type: 'direct' });
    await client.do.add({ port: 6666, af: 2, type: 'gue', localV4: '127.0.0.1' });
    const shown = JSON.parse(run('ip -j fou show')) as { port: number }[];
    const ports = await client.dump.get().toArray();
    expect(ports.map(({ port }) => port).toSorted()).toEqual(shown.map(({ port }) => port).toSorted());
    expect(ports.find(({ port }) => port === 5555)).toMatchObject({ af: 2, ipproto: 47, type: 'direct' });
    expect(ports.find(({ port }) => port === 6666)).toMatchObject({ type: 'gue', localV4: '127.0.0.1' });
    expect(await client.do.get({ port: 5555, af: 2 })).toMatchObject({ ipproto: 47 });
    await client.do.del({ port: 5555, af: 2 });
    await client.do.del({ port: 6666, af: 2, localV4: '127.0.0.1' });
    expect(run('ip fou show').trim()).toBe('');
  });
});
