import { nlctrlFamily } from 'afnetlink/families/nlctrl';
import { rtLinkFamily } from 'afnetlink/families/rt-link';
import { openFamily } from 'afnetlink';
import type { Traffic } from 'afnetlink/types';
import { expect, test } from '@jest/globals';

const LOOPBACK = 1;

test('a question is one datagram there and one back: nothing acknowledges what was answered', async () => {
  const traffic: Traffic[] = [];
  const controller = await openFamily(nlctrlFamily, { trace: (one) => traffic.push(one) });
  const { familyId } = await controller.do.getfamily({ familyName: 'nlctrl' });
  controller.close();
  expect(familyId).toBe(16);
  expect(traffic.map(({ direction }) => direction)).toEqual(['sent', 'received']);
});

test('a refused question is rejected with what the kernel says', async () => {
  const controller = await openFamily(nlctrlFamily);
  const asked = controller.do.getfamily({ familyName: 'no-such-family' });
  await expect(asked).rejects.toMatchObject({ code: 'ENOENT', operation: 'CTRL_CMD_GETFAMILY' });
  controller.close();
});

test('a change is acknowledged', async () => {
  const traffic: Traffic[] = [];
  const links = await openFamily(rtLinkFamily, { trace: (one) => traffic.push(one) });
  await links.do.setlink({ ifiIndex: LOOPBACK, mtu: 65536 });
  links.close();
  expect(traffic.map(({ direction }) => direction)).toEqual(['sent', 'received']);
});
