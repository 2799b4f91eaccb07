import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { NetlinkError, openFamily } from 'afnetlink';
import { rtAddrFamily } from 'afnetlink/families/rt-addr';
import { rtLinkFamily } from 'afnetlink/families/rt-link';
import { acknowledge, datagram, FakeKernel, refuse } from 'afnetlink/testing';

/** Refuses every request. */
const refusing = () => new FakeKernel((request) => [datagram(refuse(request, 'ENODEV'))]);
const silent = () => new FakeKernel(() => []);

const links = async (kernel: FakeKernel) =>
  openFamily(rtLinkFamily, { socket: kernel.openSocket({ protocol: 0 }) });

/** What a call throws, or rejects with. */
async function failure(call: () => unknown): Promise<NetlinkError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof NetlinkError) return error;
  }
  throw new Error('no NetlinkError');
}

const firstFrame = ({ stack }: NetlinkError) => stack?.split('\n')[1];
/** The first line that is not the library's is this file's. */
const HERE = /error-messages\.test\.[jt]s/;

describe('the stack begins at the caller', () => {
  test('of requests, blocking and not, and of arguments', async () => {
    const kernel = refusing();
    using socket = kernel.openSocket();
    const family = await links(refusing());
    const calls: (() => unknown)[] = [
      () => socket.request({ type: 18 }),
      () => socket.requestSync({ type: 18 }),
      () => socket.request({ type: -1 }),
      () => socket.dump({ type: 18 }).toArray(),
      () => socket.dump({ type: 18 }).toArraySync(),
      () => socket.dump({ type: -1 }),
      () => family.do.getlink({ ifname: 'eth0' }),
      () => family.doSync.getlink({ ifname: 'eth0' }),
      () => family.dump.getlink().toArray(),
      () => family.do.getlink({ mtu: -1 }),
      () => family.batch().add('newlink', { mtu: -1 }),
      () => family.subscribe({ groups: ['nonsense' as never] }),
      () => socket.send({ type: -1 }),
    ];
    const frames = await Promise.all(calls.map(async (call) => firstFrame(await failure(call))));
    expect(frames).toEqual(calls.map(() => expect.stringMatching(HERE)));
  });

  test('of requests that wait for the first of their tick, by await and by Promise.all', async () => {
    using socket = refusing().openSocket();
    const awaiting = async () => {
      void socket.request({ type: 18 }).catch(() => undefined);
      await socket.request({ type: 18 });
    };
    const together = async () => {
      void socket.request({ type: 18 }).catch(() => undefined);
      await Promise.all([socket.request({ type: 18 }), socket.request({ type: 18 })]);
    };
    expect(firstFrame(await failure(awaiting))).toMatch(HERE);
    expect(firstFrame(await failure(together))).toMatch(HERE);
  });

  test('of what ends later: timeouts, batches, loops over dumps, and a socket that is closed', async () => {
    const kernel = silent();
    const socket = kernel.openSocket();
    const timeout = 1;
    const loop = async () => {
      for await (const item of socket.dump({ type: 18 }, { timeout })) expect(item).toBeUndefined();
    };
    const batched = async () => {
      const [result] = await socket.batch({ timeout }).add({ type: 18 }).send();
      if (result?.status === 'failed') throw result.error as Error;
    };
    const calls = [
      async () => await socket.request({ type: 18 }, { timeout }),
      async () => await socket.dump({ type: 18 }, { timeout }).toArray(),
      loop,
      batched,
    ];
    for (const call of calls) {
      const error = await failure(call);
      expect([error.code, firstFrame(error)]).toEqual(['ERR_NETLINK_TIMEOUT', expect.stringMatching(HERE)]);
    }
    const received = failure(async () => await socket.receive());
    socket.close();
    expect(firstFrame(await received)).toMatch(HERE);
  });

  test('the frames that Error.stackTraceLimit allows are the caller’s, and the limit stays', () => {
    const limit = Error.stackTraceLimit;
    const deep = (depth: number): NetlinkError =>
      depth === 0 ? new NetlinkError('x', { code: 'EIO' }) : deep(depth - 1);
    try {
      Error.stackTraceLimit = 10;
      expect(deep(20).stack?.split('\n')).toHaveLength(11);
      expect(Error.stackTraceLimit).toBe(10);
    } finally {
      Error.stackTraceLimit = limit;
    }
  });

  test('a stack can be replaced', () => {
    const error = new NetlinkError('x', { code: 'EIO' });
    error.stack = 'another';
    expect(error.stack).toBe('another');
  });
});

describe('messages', () => {
  test('name what a request is about', async () => {
    const family = await links(refusing());
    const addresses = await openFamily(rtAddrFamily, {
      socket: refusing().openSocket({ protocol: 0 }),
    });
    const about = async (call: () => unknown) => {
      const { message, subject } = await failure(call);
      return [message.split(' failed')[0], subject];
    };
    expect(await about(() => family.do.getlink({ ifname: 'eht0' }))).toEqual([
      "RTM_GETLINK 'eht0'",
      "'eht0'",
    ]);
    expect(await about(() => family.do.getlink({ ifiIndex: 7 }))).toEqual([
      'RTM_GETLINK ifiIndex 7',
      'ifiIndex 7',
    ]);
    expect(await about(() => family.do.getlink())).toEqual(['RTM_GETLINK', undefined]);
    expect(
      await about(() => addresses.do.newaddr({ local: '192.0.2.1', ifaPrefixlen: 24, ifaIndex: 3 })),
    ).toEqual(["RTM_NEWADDR local '192.0.2.1/24' ifaIndex 3", "local '192.0.2.1/24' ifaIndex 3"]);
    const results = family.batch().add('dellink', { ifname: 'eht0' }).sendSync();
    expect(results).toMatchObject([{ status: 'failed', error: { subject: "'eht0'" } }]);
  });

  test.each<[object, string]>([
    [{ mtu: '1400' }, "mtu: '1400' must be an integer from 0 to 4294967295"],
    [{ linkinfo: [] }, 'linkinfo: an array was given where an object is expected'],
    [{ ifname: 7 }, 'ifname: 7 was given where a string is expected'],
    [{ propList: { altIfname: 'x' } }, "propList.altIfname: 'x' was given where an array is expected"],
    [
      { address: {} },
      'address: must be bytes (a Uint8Array, another view, or an ArrayBuffer), got an object',
    ],
    [{ mtuu: 1 }, "mtuu: unknown property of link-attrs (did you mean 'mtu'?)"],
    [{ ifiIndx: 1 }, "ifiIndx: unknown property of link-attrs (did you mean 'ifiIndex'?)"],
    [
      { linkinfo: { kindd: 'dummy' } },
      "linkinfo.kindd: unknown property of linkinfo-attrs (did you mean 'kind'?)",
    ],
    [
      { linkinfo: { kind: 'vlan', data: { vlan: { flags: { flagz: 1 } } } } },
      "linkinfo.data.vlan.flags.flagz: unknown property of ifla-vlan-flags (did you mean 'flags'?)",
    ],
    [
      { linkinfo: { data: { vlann: {} } } },
      "linkinfo.data.vlann: unknown property of linkinfo-data-msg (did you mean 'vlan'?)",
    ],
    [
      { linkinfo: { data: {} } },
      'linkinfo.data: must have exactly one key, the name of the format, such as { bridge: { … } }, got none',
    ],
    [{ ifiFlags: 'up' }, "ifiFlags: 'up' was given where an array is expected"],
    [{ ifiFlags: ['upp'] }, "ifiFlags: unknown ifinfo-flags 'upp' (did you mean 'up'?)"],
    [
      { stats: { rxPacket: 1 } },
      "stats.rxPacket: unknown property of rtnl-link-stats (did you mean 'rxPackets'?)",
    ],
  ])('of values that cannot be used: %o', async (request, message) => {
    const kernel = new FakeKernel((sent) => [datagram(acknowledge(sent))]);
    const family = await links(kernel);
    expect((await failure(() => family.do.newlink(request))).message).toBe(message);
    expect(kernel.requests).toEqual([]);
  });
});

describe('an error shown', () => {
  const error = new NetlinkError("RTM_NEWLINK 'eth0' failed: ERANGE", {
    code: 'ERANGE',
    errno: 34,
    operation: 'RTM_NEWLINK',
    subject: "'eth0'",
    extack: { path: 'mtu', policy: { maximum: 1500n }, cookie: Uint8Array.of(1, 2) },
  });

  test('by console.log: message, the caller’s lines, code and errno', () => {
    const [first, second, ...rest] = inspect(error).split('\n');
    expect([first, second]).toEqual([
      "NetlinkError: RTM_NEWLINK 'eth0' failed: ERANGE",
      expect.stringMatching(HERE),
    ]);
    expect([second, ...rest].join('\n')).toMatch(/\{ code: 'ERANGE', errno: 34 \}$/);
    expect(inspect(error)).not.toContain('undefined');
    expect(inspect({ error }, { depth: 0 })).toContain("NetlinkError: RTM_NEWLINK 'eth0' failed: ERANGE");
  });

  test('by JSON.stringify', () => {
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'NetlinkError',
      message: "RTM_NEWLINK 'eth0' failed: ERANGE",
      code: 'ERANGE',
      errno: 34,
      operation: 'RTM_NEWLINK',
      subject: "'eth0'",
      extack: { path: 'mtu', policy: { maximum: '1500' }, cookie: [1, 2] },
    });
  });
});
