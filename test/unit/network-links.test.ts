// afnetlink/network's links: what is refused before anything is sent.
import { expect, test } from '@jest/globals';
import { openNetwork } from '#lib/network/index';
import { FakeKernel } from '#lib/testing/index';

const ROWS: readonly (readonly [input: object, message: string])[] = [
  [{ name: 'a' }, "kind must be a kind of link such as 'veth' or 'bridge', got undefined"],
  [{ kind: 'veth' }, 'name must be a string, got undefined'],
  [
    { name: 'sixteen-letters-', kind: 'veth' },
    "name: 'sixteen-letters-' must have 1 to 15 bytes, and has 16",
  ],
  [{ name: 'a/b', kind: 'veth' }, "name: 'a/b' must not contain"],
  [{ name: '..', kind: 'veth' }, "name: '..' must not contain"],
  [{ name: 'a', kind: 'veth', mut: 1 }, "unknown option 'mut' (did you mean 'mtu'?)"],
  [{ name: 'a', kind: 'veth', mtu: '1500' }, "mtu must be an integer from 0 to 2147483647, got '1500'"],
  [{ name: 'a', kind: 'veth', mac: '02:zz' }, "mac: '02:zz' must be a link-layer address"],
  [{ name: 'a', kind: 'veth', up: 1 }, 'up must be true or false, got 1'],
  [{ name: 'a', kind: 'veth', group: 'nosuch' }, "unknown link group 'nosuch'"],
  [
    { name: 'a', kind: 'bridge', peer: {} },
    "peer is for links of kind 'veth', and this one is of kind 'bridge'",
  ],
  [{ name: 'a', kind: 'veth', peer: { nmae: 'b' } }, "peer: unknown option 'nmae' (did you mean 'name'?)"],
  [
    { name: 'a', kind: 'vlan', bridge: {} },
    "'bridge' is for links of kind 'bridge', and this one is of kind 'vlan'",
  ],
  [{ name: 'a', kind: 'vlan', vlan: { id: 4095 } }, 'vlan: id must be an integer from 0 to 4094, got 4095'],
  [{ name: 'a', kind: 'vlan', vlan: { idd: 1 } }, "vlan: unknown option 'idd' (did you mean 'id'?)"],
  [
    { name: 'a', kind: 'vlan', vlan: { protocol: '802.1q' } },
    "vlan: protocol: unknown value '802.1q' (did you mean '802.1Q'?)",
  ],
  [{ name: 'a', kind: 'bridge', bridge: { stp: 1 } }, 'bridge: stp must be true or false, got 1'],
  [
    { name: 'a', kind: 'bridge', bridge: { maxAge: -1 } },
    'bridge: maxAge must be seconds from 0 to 42949672, got -1',
  ],
  [{ name: 'a', kind: 'vxlan', vxlan: { local: 'x' } }, "vxlan: local: 'x' must be an IP address"],
  [
    { name: 'a', kind: 'macvlan', macvlan: { mode: 'brigde' } },
    "macvlan: mode: unknown value 'brigde' (did you mean 'bridge'?)",
  ],
  [
    { name: 'a', kind: 'bond', bond: { mode: 'activebackup' } },
    "bond: mode: unknown value 'activebackup' (did you mean 'active-backup'?)",
  ],
];

test.each(ROWS)('%j is refused before anything is sent', async (input, message) => {
  const kernel = new FakeKernel(() => undefined);
  const { links } = openNetwork({ socket: kernel.openSocket() });
  await expect(links.add(input as never)).rejects.toThrow(`links.add: ${message}`);
  await expect(links.replace([{ name: 'b', kind: 'veth' }, input] as never)).rejects.toThrow(message);
  expect(kernel.requests).toEqual([]);
});

test('changes, filters and keys are checked too', async () => {
  const kernel = new FakeKernel(() => undefined);
  const { links } = openNetwork({ socket: kernel.openSocket() });
  await expect(links.set('a', { kind: 'veth' } as never)).rejects.toThrow("links.set: unknown option 'kind'");
  await expect(links.set('a', { vlan: {}, bridge: {} })).rejects.toThrow(
    "'bridge' and 'vlan' exclude each other",
  );
  await expect(links.set({ up: true } as never)).rejects.toThrow(
    'link must be a name, an alternative name or an index',
  );
  await expect(links.get('')).rejects.toThrow("links.get: link '' must have 1 to 127 bytes");
  await expect(links.get(0)).rejects.toThrow(
    'links.get: link must be an integer from 1 to 2147483647, got 0',
  );
  await expect(links.list({ knd: 'veth' } as never)).rejects.toThrow(
    "unknown option 'knd' (did you mean 'kind'?)",
  );
  expect(kernel.requests).toEqual([]);
});
