import { describe, expect, test } from '@jest/globals';
import { adoptSocket, openFamily, openGeneric, openSocket } from 'afnetlink';
import { listEndpoints, watchEndpoints } from 'afnetlink/endpoints';
import { rtLinkFamily } from 'afnetlink/families/rt-link';
import { buildFilter, match } from 'afnetlink/filter';
import { openMappedRing } from 'afnetlink/ring';
import { loadFamily, readSpec } from 'afnetlink/spec';
import { acknowledge, done, FakeKernel, message, multipart, refuse, reply } from 'afnetlink/testing';
import { buildModule, prepareGuest, prepareKernel, runInGuest, type Kernel } from 'afnetlink/vm';

const kernel = new FakeKernel(() => []);
const request = { type: 16, flags: 0, sequence: 1, portId: 0, payload: new Uint8Array() };
const socket = () => kernel.openSocket();
const client = () => openFamily(rtLinkFamily, { socket: socket() });
/** What a program without types, or with a misspelt name, passes. */
const options = (...names: readonly string[]): never =>
  Object.fromEntries(names.map((name) => [name, undefined])) as never;

describe('an unknown option is refused by', () => {
  const calls: readonly (readonly [string, () => unknown, string])[] = [
    ['openSocket', () => openSocket(options('protcol')), "'protcol' (did you mean 'protocol'?)"],
    [
      'openSocket: netns',
      () => openSocket({ protocol: 0, netns: options('pidd') }),
      "'pidd' (did you mean 'pid'?)",
    ],
    ['adoptSocket', () => adoptSocket(0, options('acceptfrom')), "'acceptfrom' (did you mean 'acceptFrom'?)"],
    ['openFamily', () => openFamily(rtLinkFamily, options('sokcet')), "'sokcet' (did you mean 'socket'?)"],
    [
      'openGeneric',
      () => openGeneric(options('groups')),
      "'groups' (expected one of socket, portId, options, ",
    ],
    [
      'getlink',
      async () => (await client()).do.getlink({}, options('selct')),
      "'selct' (did you mean 'select'?)",
    ],
    [
      'getlink',
      async () => (await client()).doSync.getlink({}, options('timout')),
      "'timout' (did you mean 'timeout'?)",
    ],
    [
      'getlink',
      async () => (await client()).dump.getlink({}, options('colums')),
      "'colums' (did you mean 'columns'?)",
    ],
    ['batch', async () => (await client()).batch(options('selct')), "'selct' (did you mean 'select'?)"],
    ['request', () => socket().request(options('typ')), "'typ' (did you mean 'type'?)"],
    [
      'request',
      () => socket().request({ type: 16 }, options('timout')),
      "'timout' (did you mean 'timeout'?)",
    ],
    [
      'requestSync',
      () => socket().requestSync({ type: 16 }, options('signl')),
      "'signl' (did you mean 'signal'?)",
    ],
    ['dump', () => socket().dump({ type: 16 }, options('restart')), "'restart' (did you mean 'restarts'?)"],
    ['batch', () => socket().batch(options('acknowlege')), "'acknowlege' (did you mean 'acknowledge'?)"],
    ['subscribe', () => socket().subscribe(options('group')), "'group' (did you mean 'groups'?)"],
    ['receive', () => socket().receive(options('timeout')), "'timeout' (expected one of signal, into)"],
    ['receiveSync', () => socket().receiveSync(options('timout')), "'timout' (did you mean 'timeout'?)"],
    ['sendAsync', () => socket().sendAsync({}, options('singal')), "'singal' (did you mean 'signal'?)"],
    [
      'attachFilter',
      () => socket().attachFilter([], options('listen')),
      "'listen' (expected one of listenOnly)",
    ],
    [
      'batch.add',
      async () => (await client()).batch().add('getlink', {}, options('timeout')),
      "'timeout' (expected one of flags, create, ",
    ],
    [
      'subscribe',
      async () => (await client()).subscribe(options('group')),
      "'group' (did you mean 'groups'?)",
    ],
    [
      'buildFilter',
      () => buildFilter(match.all(), options('listenonly')),
      "'listenonly' (did you mean 'listenOnly'?)",
    ],
    ['readSpec', () => readSpec('', options('fixup')), "'fixup' (did you mean 'fixups'?)"],
    ['loadFamily', () => loadFamily('', options('files')), "'files' (did you mean 'file'?)"],
    [
      'listEndpoints',
      () => listEndpoints(options('allNamespace')),
      "'allNamespace' (did you mean 'allNamespaces'?)",
    ],
    [
      'watchEndpoints',
      () => watchEndpoints(options('intervall')).next(),
      "'intervall' (did you mean 'interval'?)",
    ],
    ['openMappedRing', () => openMappedRing(options('device')), "'device' (expected one of path)"],
    ['FakeKernel.openSocket', () => kernel.openSocket(options('group')), "'group' (did you mean 'groups'?)"],
    ['message', () => message(options('seq')), "'seq' (expected one of type, flags, sequence, "],
    ['reply', () => reply(request, undefined, options('flag')), "'flag' (did you mean 'flags'?)"],
    ['refuse', () => refuse(request, 1, undefined, options('cap')), "'cap' (expected one of capped)"],
    ['done', () => done(request, options('erno')), "'erno' (did you mean 'errno'?)"],
    [
      'multipart',
      () => multipart(request, [], options('flags')),
      "'flags' (expected one of type, interrupted)",
    ],
  ];

  test.each(calls)('%s (case %#)', async (where, call, rest) => {
    await expect(Promise.resolve().then(call)).rejects.toMatchObject({
      code: 'ERR_NETLINK_INVALID_ARGUMENT',
      message: expect.stringContaining(`${where}: unknown option ${rest}`) as unknown,
    });
    expect(kernel.requests).toEqual([]);
  });

  const vmCalls: readonly (readonly [string, () => unknown])[] = [
    ['prepareGuest', () => prepareGuest(options('command'))],
    ['runInGuest', () => runInGuest(options('command', 'comand'))],
    ['prepareKernel', () => prepareKernel('6.1', options('fresh'))],
    ['buildModule', () => buildModule({} as Kernel, '.', options('make'))],
  ];

  test.each(vmCalls)('%s', async (where, call) => {
    await expect(Promise.resolve().then(call)).rejects.toMatchObject({
      code: 'ERR_VM_INVALID_ARGUMENT',
      message: expect.stringMatching(
        new RegExp(`^${where}: unknown option '\\w+' \\(expected one of \\w+, \\w+`),
      ) as unknown,
    });
  });
});

test('options that could have no effect on a given socket are refused', async () => {
  await expect(openFamily(rtLinkFamily, { socket: socket(), netns: '/run/netns/x' })).rejects.toThrow(
    "openFamily: option 'netns' has no effect on a socket that is open already; leave it out",
  );
  expect(() => openGeneric({ socket: socket() })).toThrow(
    "openGeneric: the socket has netlink protocol 0, but 'nlctrl' needs protocol 16",
  );
});

test('operations have one spelling', async () => {
  const answering = new FakeKernel((asked) => [reply(asked), acknowledge(asked)]);
  await using example = await openFamily(loadFamily(SPEC), { socket: answering.openSocket() });
  expect(() => example.do('get-thing')).toThrow(
    "'example' has no 'do' operation named 'get-thing' (did you mean 'getThing'?)",
  );
  expect(() => example.dump('get')).toThrow(
    "'example' has no 'dump' operation named 'get' (expected one of getThing)",
  );
  expect(() => example.batch().add('get-thing', {})).toThrow(
    "'example' has no 'do' operation named 'get-thing' (did you mean 'getThing'?)",
  );
  expect(await example.do('getThing')).toEqual({});
});

const SPEC = `
name: example
protocol: netlink-raw
protonum: 0
attribute-sets:
  - { name: things, attributes: [{ name: size, type: u32 }] }
operations:
  list:
    - { name: get-thing, doc: x, value: 20, attribute-set: things, do: { request: {}, reply: {} }, dump: { reply: {} } }
`;
