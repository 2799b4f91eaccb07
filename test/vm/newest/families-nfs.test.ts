// The file server's families, with /proc/fs/nfsd as oracle, and the caches of Sun RPC behind them.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { lockdFamily } from 'afnetlink/families/lockd';
import { nfsdFamily } from 'afnetlink/families/nfsd';
import { sunrpcFamily } from 'afnetlink/families/sunrpc';
import { heard } from '../../helpers/events';
import { openNoted } from '../../helpers/exercise';

const proc = (name: string) => readFileSync(`/proc/fs/nfsd/${name}`, 'utf8').trim();
/** struct sockaddr_in of 127.0.0.1. */
const loopback = (port: number) =>
  Uint8Array.of(2, 0, port >> 8, port & 255, 127, 0, 0, 1, ...new Array<number>(8).fill(0));

beforeAll(() => {
  execFileSync('modprobe', ['nfsd']);
  execFileSync('mount', ['-t', 'nfsd', 'nfsd', '/proc/fs/nfsd']);
});

/** What the running test began. */
let serving = false;
const peers: Socket[] = [];

/** Starts the server for NFSv4 on this port of the loopback; version 3 would ask for a port mapper. */
async function serve(port: number) {
  const client = await openNoted(nfsdFamily);
  serving = true;
  await client.do.versionSet({ version: [{ major: 4, minor: 2, enabled: true }] });
  await client.do.listenerSet({ addr: [{ transportName: 'tcp', addr: loopback(port) }] });
  await client.do.threadsSet({ threads: [2], gracetime: 15, leasetime: 20, scope: 'tests' });
  return client;
}

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.destroy();
  if (!serving) return;
  serving = false;
  const client = await openNoted(nfsdFamily);
  await client.do.threadsSet({ threads: [0] });
  await client.do.listenerSet({});
  expect(proc('threads')).toBe('0');
});

describe('nfsd', () => {
  test('versions, listeners and threads are set and read as /proc/fs/nfsd shows them', async () => {
    const client = await serve(2049);
    const { version } = await client.do.versionGet();
    const enabled = version?.filter((each) => each.enabled === true);
    expect(enabled).toEqual([{ major: 4, minor: 2, enabled: true }]);
    expect(proc('versions')).toContain('+4.2');
    const { addr } = await client.do.listenerGet();
    expect(addr).toMatchObject([{ transportName: 'tcp' }]);
    expect(Buffer.from(addr?.[0]?.addr ?? []).readUInt16BE(2)).toBe(2049);
    expect(proc('portlist')).toContain('tcp 2049');
    expect(await client.do.threadsGet()).toMatchObject({
      threads: [2],
      gracetime: 15,
      leasetime: 20,
      scope: 'tests',
    });
    expect(proc('threads')).toBe('2');
    expect(await client.dump.rpcStatusGet().toArray()).toEqual([]);
    expect((await client.dump.serverStatsGet().toArray()).length).toBeGreaterThan(0);
  });

  test('the mode of its pools', async () => {
    const client = await openNoted(nfsdFamily);
    await client.do.poolModeSet({ mode: 'pernode' });
    expect(await client.do.poolModeGet()).toMatchObject({ mode: 'pernode' });
    await expect(client.do.poolModeSet({ mode: 'never' })).rejects.toMatchObject({ code: 'EINVAL' });
  });

  test('exports that it waits for: none, and caches are flushed', async () => {
    const client = await openNoted(nfsdFamily);
    expect(await client.dump.svcExportGetReqs().toArray()).toEqual([]);
    expect(await client.dump.expkeyGetReqs().toArray()).toEqual([]);
    await client.do.cacheFlush({ mask: ['svc_export', 'expkey'] });
  });
});

test('lockd: its ports and grace time', async () => {
  const client = await openNoted(lockdFamily);
  await client.do.serverSet({ gracetime: 20, tcpPort: 4045, udpPort: 4046 });
  expect(await client.do.serverGet()).toMatchObject({ gracetime: 20, tcpPort: 4045, udpPort: 4046 });
});

/** An ONC RPC call of NFSv4's COMPOUND, with AUTH_SYS as user 1000: its first contact asks who the client is. */
function remoteCall(): Buffer {
  const words = (...values: number[]) => {
    const bytes = Buffer.alloc(values.length * 4);
    for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, at * 4);
    return bytes;
  };
  const credentials = words(0, 0, 1000, 1000, 0);
  const call = Buffer.concat([
    words(7, 0, 2, 100_003, 4, 1, 1, credentials.length),
    credentials,
    words(0, 0, 0, 2, 0),
  ]);
  return Buffer.concat([words(0x8000_0000 + call.length), call]);
}

describe('sunrpc', () => {
  test('a client that is not known is asked for, announced, and made known', async () => {
    const client = await openNoted(sunrpcFamily);
    using events = client.subscribe({ groups: ['exportd'] });
    await serve(2050);
    const peer = connect(2050, '127.0.0.1');
    peers.push(peer);
    peer.write(remoteCall());
    expect(await heard(events, ['cache-notify'])).toEqual(['cache-notify']);
    const pending = (await client.dump.ipMapGetReqs().toArray()).flatMap(({ requests = [] }) => requests);
    expect(pending).toMatchObject([{ class: 'nfsd', addr: '127.0.0.1' }]);
    expect(await client.dump.unixGidGetReqs().toArray()).toEqual([]);
    const answer = { class: 'nfsd', addr: '127.0.0.1', domain: 'everyone', expiry: 4_000_000_000n };
    await client.do.ipMapSetReqs({ requests: [{ ...answer, seqno: pending[0]?.seqno }] });
    expect(await client.dump.ipMapGetReqs().toArray()).toEqual([]);
    await client.do.unixGidSetReqs({ requests: [{ uid: 1000, gids: [1000, 1001], expiry: 4_000_000_000n }] });
    expect(readFileSync('/proc/net/rpc/auth.unix.ip/content', 'utf8')).toContain('nfsd 127.0.0.1 everyone');
    expect(readFileSync('/proc/net/rpc/auth.unix.gid/content', 'utf8')).toContain('1000 2:');
    await client.do.cacheFlush({ mask: ['ip_map', 'unix_gid'] });
    expect(readFileSync('/proc/net/rpc/auth.unix.ip/content', 'utf8')).not.toContain('everyone');
  });
});
