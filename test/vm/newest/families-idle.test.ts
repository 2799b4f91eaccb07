// Families whose devices no guest has: what they say of none.
import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { binderFamily } from 'afnetlink/families/binder';
import { devEnergymodelFamily } from 'afnetlink/families/dev-energymodel';
import { dpllFamily } from 'afnetlink/families/dpll';
import { handshakeFamily } from 'afnetlink/families/handshake';
import { openNoted } from '../../helpers/exercise';

test('dpll: no device and no pin', async () => {
  const client = await openNoted(dpllFamily);
  using events = client.subscribe();
  expect(await client.dump.deviceGet().toArray()).toEqual([]);
  expect(await client.dump.pinGet().toArray()).toEqual([]);
  await expect(client.do.deviceGet({ id: 0 })).rejects.toMatchObject({ code: 'ENODEV' });
  await expect(client.do.deviceIdGet({ moduleName: 'none', type: 'pps' })).rejects.toMatchObject({
    code: 'ENODEV',
  });
  await expect(client.do.pinGet({ id: 0 })).rejects.toMatchObject({ code: 'ENODEV' });
  await expect(client.do.pinIdGet({ moduleName: 'none' })).rejects.toMatchObject({ code: 'ENODEV' });
  events.close();
});

test('dev-energymodel: no performance domain', async () => {
  const client = await openNoted(devEnergymodelFamily);
  expect(await client.dump.getPerfDomains().toArray()).toEqual([]);
  await expect(client.do.getPerfDomains({ perfDomainId: 0 })).rejects.toMatchObject({ code: 'EINVAL' });
  await expect(client.do.getPerfTable({ perfDomainId: 0 })).rejects.toMatchObject({ code: 'EINVAL' });
});

test('handshake: nobody waits for one', async () => {
  const client = await openNoted(handshakeFamily);
  using events = client.subscribe({ groups: ['tlshd'] });
  await expect(client.do.accept({ handlerClass: 'tlshd' })).rejects.toMatchObject({ code: 'EAGAIN' });
  await expect(client.do.done({ status: 0, sockfd: 999 })).rejects.toMatchObject({ code: 'EBADF' });
  events.close();
});

test('binder: its reports can be subscribed to', async () => {
  execFileSync('modprobe', ['binder_linux']);
  const client = await openNoted(binderFamily);
  using events = client.subscribe();
  expect(events.closed).toBe(false);
});
