// OpenVPN's peers and keys in the kernel.
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { expect, test } from '@jest/globals';
import { ovpnFamily } from 'afnetlink/families/ovpn';
import { rtLinkFamily } from 'afnetlink/families/rt-link';
import { heard } from '../../helpers/events';
import { openNoted } from '../../helpers/exercise';

const key = (byte: number) => ({
  cipherKey: new Uint8Array(32).fill(byte),
  nonceTail: new Uint8Array(8).fill(byte),
});

test('ovpn: peers and keys are made, read, set, swapped, announced and deleted', async () => {
  execFileSync('modprobe', ['ovpn']);
  const links = await openNoted(rtLinkFamily);
  await links.do.newlink({ ifname: 'ovpn0', linkinfo: { kind: 'ovpn' } }, { create: true, exclusive: true });
  execFileSync('ip', ['link', 'set', 'ovpn0', 'up']);
  const { ifiIndex: ifindex } = await links.do.getlink({ ifname: 'ovpn0' });
  const transport = createSocket('udp4');
  await new Promise<void>((resolve) => transport.bind(0, '127.0.0.1', () => resolve()));
  const { fd } = (transport as unknown as { _handle: { fd: number } })._handle;

  const client = await openNoted(ovpnFamily);
  using events = client.subscribe();
  const peer = {
    id: 5,
    socket: fd,
    remoteIpv4: '127.0.0.1',
    remotePort: 5000,
    txId: 5,
    keepaliveInterval: 3,
    keepaliveTimeout: 9,
  };
  await client.do.peerNew({ ifindex, peer });
  const made = await client.do.peerGet({ ifindex, peer: { id: 5 } });
  expect(made.peer).toMatchObject({ id: 5, remoteIpv4: '127.0.0.1', remotePort: 5000, keepaliveInterval: 3 });
  expect(made.peer?.extra).toBeUndefined();
  await client.do.peerSet({ ifindex, peer: { id: 5, keepaliveInterval: 4, keepaliveTimeout: 12 } });
  const [listed] = await client.dump.peerGet({ ifindex }).toArray();
  expect(listed?.peer).toMatchObject({ id: 5, keepaliveInterval: 4, keepaliveTimeout: 12, vpnRxBytes: 0n });

  for (const [slot, keyId] of [
    ['primary', 1],
    ['secondary', 2],
  ] as const) {
    const directions = { encryptDir: key(keyId), decryptDir: key(keyId + 10) };
    await client.do.keyNew({
      ifindex,
      keyconf: { peerId: 5, slot, keyId, cipherAlg: 'aes-gcm', ...directions },
    });
  }
  const primary = { peerId: 5, slot: 'primary' } as const;
  expect((await client.do.keyGet({ ifindex, keyconf: primary })).keyconf).toMatchObject({
    keyId: 1,
    cipherAlg: 'aes-gcm',
  });
  await client.do.keySwap({ ifindex, keyconf: { peerId: 5 } });
  expect((await client.do.keyGet({ ifindex, keyconf: primary })).keyconf).toMatchObject({ keyId: 2 });
  await client.do.keyDel({ ifindex, keyconf: primary });
  await client.do.peerDel({ ifindex, peer: { id: 5 } });
  expect(await heard(events, ['peer-del-ntf'])).toEqual(['peer-del-ntf']);
  expect(await client.dump.peerGet({ ifindex }).toArray()).toEqual([]);
  transport.close();
});
