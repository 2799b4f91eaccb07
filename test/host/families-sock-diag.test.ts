// NETLINK_SOCK_DIAG against this kernel, with ss and the tables of /proc/net as oracles.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NetlinkError, openSocket } from 'afnetlink';
import { WireWriter } from 'afnetlink/wire';
import { sockDiagFamily } from 'afnetlink/families/sock_diag';
import { testUnless } from '../helpers/conditional';
import { openNoted } from '../helpers/exercise';
import { privateNamespace } from '../helpers/private-namespace';

const SOCK_DESTROY = 21;
const AF_INET = 2;
const IPPROTO_TCP = 6;

const namespace = privateNamespace();
const options = () => ({ netns: namespace.netns });

/** Sockets of every kind. `connect` on its input makes one more connection, `reset` ends that. */
const SOCKETS = `
const net = require('node:net');
const listen = (where) => new Promise((done) => {
  const server = net.createServer((peer) => peer.on('error', () => undefined));
  server.listen(where, () => done(server));
});
const connect = (where) => new Promise((done) => {
  const socket = net.connect(where, () => done(socket));
  socket.on('error', () => undefined);
});
(async () => {
  await listen({ host: '127.0.0.1', port: 7001 });
  await listen({ host: '::1', port: 7002, ipv6Only: true });
  await listen({ path: '\\0afnetlink-test' });
  await connect({ host: '127.0.0.1', port: 7001, localPort: 7003 });
  await connect({ host: '::1', port: 7002 });
  await connect({ path: '\\0afnetlink-test' });
  require('node:dgram').createSocket('udp4').bind(7004, '127.0.0.1', () => console.log('ready'));
  let socket;
  process.stdin.on('data', async (command) => {
    if (String(command).startsWith('reset')) return socket.resetAndDestroy();
    socket = await connect({ host: '127.0.0.1', port: 7001, localPort: 7005 });
    console.log('connected');
  });
})();`;

let child: ChildProcess;

beforeAll(async () => {
  const enter = ['--target', String(namespace.netns.pid), '--net', '--', process.execPath, '-e', SOCKETS];
  child = spawn('nsenter', enter, { stdio: ['pipe', 'pipe', 'inherit'] });
  if (child.stdout !== null) await once(child.stdout, 'data');
});
afterAll(() => {
  child.kill('SIGKILL');
});

/** Makes a connection from port 7005 that a test may end. */
async function connectOneMore(): Promise<void> {
  child.stdin?.write('connect\n');
  if (child.stdout !== null) await once(child.stdout, 'data');
}

/** `ss -n`: state, queues, and both ends of each socket. */
function shownBySs(...args: readonly string[]): string[] {
  const lines = namespace
    .run('ss', '-anH', ...args)
    .trim()
    .split('\n');
  return lines.map((line) => line.trim().split(/\s+/).slice(0, 5).join(' ')).sort();
}

const SS_STATES: Readonly<Record<string, string>> = {
  established: 'ESTAB',
  listen: 'LISTEN',
  close: 'UNCONN',
};

interface Inet {
  readonly idiagState: string | number;
  readonly idiagRqueue: number;
  readonly idiagWqueue: number;
  readonly id: Partial<Record<'idiagSrc' | 'idiagDst', string> & Record<'idiagSport' | 'idiagDport', number>>;
}

function asSs({ idiagState, idiagRqueue, idiagWqueue, id }: Inet, brackets: boolean): string {
  const end = (address = '', port = 0) => `${brackets ? `[${address}]` : address}:${port === 0 ? '*' : port}`;
  const ends = [end(id.idiagSrc, id.idiagSport), end(id.idiagDst, id.idiagDport)];
  return [SS_STATES[idiagState], idiagRqueue, idiagWqueue, ...ends].join(' ');
}

describe('internet sockets', () => {
  test('TCP over IPv4 and IPv6 is what ss shows', async () => {
    const client = await openNoted(sockDiagFamily, options());
    const inet = await client.dump.inet().toArray();
    expect(inet.map((each) => asSs(each, false)).sort()).toEqual(shownBySs('-t', '-4'));
    const inet6 = await client.dump.inet6().toArray();
    expect(inet6.map((each) => asSs(each, true)).sort()).toEqual(shownBySs('-t', '-6'));
    expect(inet.every(({ idiagFamily }) => idiagFamily === 'inet')).toBe(true);
  });

  test('the kernel chooses by protocol and by state', async () => {
    const client = await openNoted(sockDiagFamily, options());
    const udp = await client.dump.inet({ sdiagProtocol: 'udp' }).toArray();
    expect(udp.map((each) => asSs(each, false))).toEqual(shownBySs('-u', '-4'));
    const listening = await client.dump.inet({ idiagStates: ['listen'] }).toArray();
    expect(listening.map(({ id }) => id.idiagSport)).toEqual([7001]);
  });

  test('extensions come where they are asked for', async () => {
    const client = await openNoted(sockDiagFamily, options());
    const request = { idiagExt: ['info', 'cong', 'skmeminfo'], idiagStates: ['established'] } as const;
    const sockets = await client.dump.inet(request).toArray();
    expect(sockets).toHaveLength(2);
    const [shown = ''] = namespace.run('ss', '-tinH', 'sport', '=', ':7003').split('\n').slice(1);
    const client7003 = sockets.find(({ id }) => id.idiagSport === 7003);
    expect(client7003?.cong).toBe(shown.trim().split(' ')[0]);
    expect(client7003?.info).toMatchObject({
      tcpiState: 'established',
      tcpiSndMss: Number(/ mss:(\d+)/.exec(shown)?.[1]),
      tcpiRcvMss: Number(/ rcvmss:(\d+)/.exec(shown)?.[1]),
      tcpiPmtu: Number(/ pmtu:(\d+)/.exec(shown)?.[1]),
    });
    expect(client7003?.skmeminfo?.drops).toBe(0);
    expect((await client.dump.inet().toArray()).every(({ info }) => info === undefined)).toBe(true);
  });

  test('one socket, by its addresses; one that is not there is ENOENT', async () => {
    const client = await openNoted(sockDiagFamily, options());
    const NO_COOKIE = [0xffffffff, 0xffffffff];
    const id = {
      ...{ idiagSrc: '127.0.0.1', idiagSport: 7003, idiagDst: '127.0.0.1', idiagDport: 7001 },
      idiagCookie: NO_COOKIE,
    };
    const socket = await client.do.inet({ id });
    expect(socket).toMatchObject({ idiagState: 'established', id: { idiagSport: 7003 } });
    await expect(client.do.inet({ id: { ...id, idiagSport: 9 } })).rejects.toThrow('ENOENT');
  });
});

describe('Unix sockets', () => {
  test('they are those of /proc/net/unix', async () => {
    const client = await openNoted(sockDiagFamily, options());
    const sockets = await client.dump.unix({ udiagShow: ['name', 'peer'] }).toArray();
    const rows = namespace.run('cat', '/proc/net/unix').trim().split('\n').slice(1);
    // Num RefCount Protocol Flags Type St Inode Path; a connection that was not accepted yet has no inode.
    const shown = rows.map((row) => row.split(/\s+/)).filter(([, , , , , , inode]) => inode !== '0');
    const name = (bytes?: Uint8Array) =>
      bytes === undefined
        ? ''
        : Buffer.from(bytes)
            .toString('latin1')
            .replaceAll('\0', '@')
            .replace(/(?<=.)@+$/, '');
    const types: Readonly<Record<string, number>> = { stream: 1, dgram: 2, seqpacket: 5 };
    const ours = sockets
      .filter(({ udiagIno }) => udiagIno !== 0)
      .map((each) => `${each.udiagIno} ${types[each.udiagType] ?? 0} ${name(each.name)}`);
    expect(ours.sort()).toEqual(
      shown
        .map(
          ([, , , , type, , inode, path = '']) =>
            `${inode ?? ''} ${Number(type)} ${path.replace(/(?<=.)@+$/, '')}`,
        )
        .sort(),
    );
    const peers = sockets.flatMap(({ udiagIno, peer }) => (peer === undefined ? [] : [[udiagIno, peer]]));
    expect(peers.length).toBeGreaterThan(0);
    for (const [one, other] of peers) expect(peers).toContainEqual([other, one]);
  });

  test('one socket, by its inode', async () => {
    const client = await openNoted(sockDiagFamily, options());
    const [listening] = await client.dump.unix({ udiagStates: ['listen'], udiagShow: ['name'] }).toArray();
    const cookie = { udiagCookie: listening?.udiagCookie };
    const one = await client.do.unix({ udiagIno: listening?.udiagIno, ...cookie, udiagShow: ['name'] });
    expect(Buffer.from(one.name ?? []).toString()).toMatch(/^\0afnetlink-test\0*$/);
  });
});

describe('netlink sockets', () => {
  test('they are those of /proc/net/netlink', async () => {
    const client = await openNoted(sockDiagFamily, options());
    using held = openSocket({ protocol: 0, groups: [1, 3], ...options() });
    const sockets = await client.dump.netlink({ ndiagShow: ['meminfo', 'groups'] }).toArray();
    const rows = namespace.run('cat', '/proc/net/netlink').trim().split('\n').slice(1);
    const shown = rows.map((row) => row.trim().split(/\s+/));
    // A member of a group can come twice: the kernel goes through its table of groups as well.
    const once = new Map(sockets.map((each) => [String(each.ndiagCookie), each]));
    const ours = [...once.values()].map((each) =>
      [each.ndiagProtocol, each.ndiagPortid, each.groups?.[0] ?? 0, each.meminfo?.drops, each.ndiagIno].join(
        ' ',
      ),
    );
    expect(ours.sort()).toEqual(
      shown
        .map(([, protocol, portId, groups = '', , , , , drops, inode]) =>
          [protocol, portId, parseInt(groups, 16), drops, inode].join(' '),
        )
        .sort(),
    );
    expect(sockets.find(({ ndiagPortid }) => ndiagPortid === held.portId)?.groups?.[0]).toBe(0b101);
  });

  test('of one protocol, with their flags', async () => {
    const client = await openNoted(sockDiagFamily, options());
    using held = openSocket({
      protocol: 0,
      options: { broadcastError: true, noOverrunReports: true },
      ...options(),
    });
    const sockets = await client.dump.netlink({ sdiagProtocol: 0, ndiagShow: ['flags'] }).toArray();
    expect(sockets.every(({ ndiagProtocol }) => ndiagProtocol === 0)).toBe(true);
    expect(sockets.find(({ ndiagPortid }) => ndiagPortid === held.portId)?.flags).toEqual(
      expect.arrayContaining(['broadcast-error', 'no-enobufs']),
    );
  });
});

/** Whether this kernel ends sockets for others: CONFIG_INET_DIAG_DESTROY. */
function withoutDestroy(): string | undefined {
  const writer = new WireWriter();
  const at = writer.space(56);
  writer.putU8(at, AF_INET);
  writer.putU8(at + 1, IPPROTO_TCP);
  using socket = openSocket({ protocol: 4 });
  try {
    socket.requestSync({ type: SOCK_DESTROY, payload: writer.finish() });
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    if (error.code === 'EOPNOTSUPP') return 'this kernel has no CONFIG_INET_DIAG_DESTROY';
  }
  return undefined;
}

testUnless(withoutDestroy(), 'a socket is ended for its owner', async () => {
  const client = await openNoted(sockDiagFamily, options());
  await connectOneMore();
  const sockets = await client.dump.inet({ idiagStates: ['established'] }).toArray();
  const id = sockets.find((each) => each.id.idiagSport === 7005)?.id;
  await client.do.inetDestroy({ id });
  await expect(client.do.inet({ id })).rejects.toThrow('ENOENT');
});

test('the end of a socket is announced', async () => {
  const client = await openNoted(sockDiagFamily, options());
  using events = client.subscribe({ groups: ['inet-tcp-destroy'] });
  await connectOneMore();
  child.stdin?.write('reset\n');
  for await (const item of events) {
    if (item.kind !== 'event' || item.event.name === 'unknown') continue;
    const { id } = item.event.message;
    // The other end's; the one that was closed at once has lost its addresses.
    if (id.idiagDport !== 7005) continue;
    expect(item.event.name).toBe('inet-destroyed');
    expect([...(id.idiagSrc ?? [])].slice(0, 4)).toEqual([127, 0, 0, 1]);
    break;
  }
});
