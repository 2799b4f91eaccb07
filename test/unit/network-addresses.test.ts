// afnetlink/network's addresses over a fake kernel that must not be asked: what is refused before anything is sent.
import { describe, expect, test } from '@jest/globals';
import { openNetwork } from '#lib/network/index';
import { FakeKernel } from '#lib/testing/index';

type Any = Parameters<ReturnType<typeof openNetwork>['addresses']['add']>[0];

const ROWS: readonly (readonly [input: object, message: string])[] = [
  [
    { link: 'a', address: '192.0.2.1' },
    "address: '192.0.2.1' lacks a prefix length. Write 192.0.2.1/24, or /32 for a single address",
  ],
  [
    { link: 'a', address: '192.0.2.1/33' },
    "address: '192.0.2.1/33' has an invalid prefix length (ipv4: 0 to 32)",
  ],
  [
    { link: 'a', address: '2001:db8::1/x' },
    "address: '2001:db8::1/x' has an invalid prefix length (ipv6: 0 to 128)",
  ],
  [{ link: 'a', address: '192.0.2.1/24/8' }, "address: '192.0.2.1/24/8' has an invalid prefix length"],
  [{ link: 'a', address: '192.0.2.256/24' }, "address: '192.0.2.256' must be an IP address"],
  [{ link: 'a', address: 7 }, 'address must be a string, got 7'],
  [{ link: 'a' }, 'address must be a string, got undefined'],
  [{ address: '192.0.2.1/24' }, 'link is missing'],
  [{ link: 'a', adress: '192.0.2.1/24' }, "unknown option 'adress' (did you mean 'address'?)"],
  [{ link: 'a', address: '192.0.2.1/24', peer: '2001:db8::1' }, "peer '2001:db8::1' must be an ipv4 address"],
  [
    { link: 'a', address: '192.0.2.1/31', broadcast: true },
    'broadcast: a network of /31 has no broadcast address',
  ],
  [{ link: 'a', address: '192.0.2.1/24', broadcast: '::1' }, "broadcast must be an IPv4 address, got '::1'"],
  [{ link: 'a', address: '::1/64', broadcast: true }, 'broadcast is for IPv4 addresses'],
  [{ link: 'a', address: '::1/64', label: 'a:b' }, 'label is for IPv4 addresses'],
  [
    { link: 'a', address: '192.0.2.1/24', label: 'x'.repeat(16) },
    "label 'xxxxxxxxxxxxxxxx' must have 1 to 15 bytes",
  ],
  [{ link: 'a', address: '192.0.2.1/24', scope: 'globl' }, "unknown scope 'globl' (did you mean 'global'?)"],
  [
    { link: 'a', address: '192.0.2.1/24', scope: 256 },
    'scope must be a name or an integer from 0 to 255, got 256',
  ],
  [
    { link: 'a', address: '192.0.2.1/24', flags: ['noda'] },
    "flags: unknown value 'noda' (did you mean 'nodad'?)",
  ],
  [
    { link: 'a', address: '192.0.2.1/24', metric: -1 },
    'metric must be an integer from 0 to 4294967295, got -1',
  ],
  [{ link: 'a', address: '192.0.2.1/24', validLifetime: 0 }, 'validLifetime must be at least 1 second'],
  [
    { link: 'a', address: '192.0.2.1/24', validLifetime: 5, preferredLifetime: 6 },
    'preferredLifetime 6 must be at most validLifetime 5',
  ],
];

describe('refused before anything is sent', () => {
  test.each(ROWS)('%j', async (input, message) => {
    const kernel = new FakeKernel(() => undefined);
    const network = openNetwork({ socket: kernel.openSocket() });
    for (const verb of ['add', 'replace', 'set', 'delete'] as const) {
      await expect(network.addresses[verb](input as Any)).rejects.toMatchObject({
        code: 'ERR_NETLINK_INVALID_ARGUMENT',
        message: expect.stringContaining(`addresses.${verb}: ${message}`),
      });
      const valid = { link: 'a', address: '192.0.2.1/24' };
      await expect(network.addresses[verb]([valid, input] as never)).rejects.toThrow(message);
    }
    expect(kernel.requests).toEqual([]);
  });

  test('unknown options of openNetwork, of filters and of keys', async () => {
    const kernel = new FakeKernel(() => undefined);
    expect(() => openNetwork({ netsn: 'blue' } as never)).toThrow(
      "unknown option 'netsn' (did you mean 'netns'?)",
    );
    expect(() => openNetwork({ bigint: 1 } as never)).toThrow('bigint must be true or false, got 1');
    expect(() => openNetwork({ socket: kernel.openSocket(), netns: 'blue' })).toThrow(
      "option 'netns' has no effect on a socket that is open already",
    );
    expect(() => openNetwork({ netns: 'no-such-namespace' })).toThrow(
      'the network namespace /run/netns/no-such-namespace cannot be opened: ENOENT',
    );
    const network = openNetwork({ socket: kernel.openSocket() });
    await expect(network.addresses.list({ famly: 'ipv4' } as never)).rejects.toThrow(
      "did you mean 'family'?",
    );
    await expect(network.addresses.list({ family: 'inet' as never })).rejects.toThrow("unknown value 'inet'");
    await expect(network.addresses.find({ address: '::1', dev: 'lo' } as never)).rejects.toThrow(
      "addresses.find: unknown option 'dev'",
    );
    expect(kernel.requests).toEqual([]);
  });
});
