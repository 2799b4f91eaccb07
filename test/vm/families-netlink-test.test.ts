// The module's own Generic Netlink family, through the client that was generated from specs/netlink_test.yaml, and
// through the one that is loaded from it. Runs in the guest.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { openFamily, openSocket } from 'afnetlink';
import { netlinkTestFamily } from 'afnetlink/families/netlink_test';
import { loadFamily } from 'afnetlink/spec';
import { openNoted } from '../helpers/exercise.js';
import { nt } from '../helpers/module.js';

const PROTOCOL = 17;
const file = 'specs/netlink_test.yaml';

const VALUES = {
  u8: 0xfe,
  u16: 0xfedc,
  u32: 0xfedcba98,
  u64: 0xfedcba9876543210n,
  s8: -2,
  s16: -300,
  s32: -70_000,
  s64: -5_000_000_000n,
  u16Be: 0x1234,
  u32Be: 0x12345678,
  u64Be: 0x123456789abcdef0n,
  uint: 4_294_967_295n,
  sint: -5_000_000_000n,
  flag: true,
  string: 'unterminated',
  nulString: 'terminated',
  binary: Uint8Array.of(0, 1, 254, 255, 0),
  mac: '02:00:5e:10:20:30',
  bitfield32: { value: 5, selector: 15 },
  nest: { u32: 1, nest: { u32: 2 } },
  array: [100, 200, 300],
  multi: [7, 8],
  range: 1500,
  signedRange: -5,
  mask: 0xff,
} as const;

afterEach(async () => {
  await using client = await openFamily(netlinkTestFamily);
  await client.do.setMode({ mode: 'direct' });
});

describe('the generated client', () => {
  test('reads a value of every kind, and the kernel reads what it writes', async () => {
    const client = await openNoted(netlinkTestFamily);
    const { values } = await client.do.getValues();
    expect(values).toEqual(VALUES);
    expect((await client.do.echoValues({ values: VALUES })).values).toEqual(VALUES);
  });

  test('counts what the module echoes', async () => {
    const client = await openNoted(netlinkTestFamily);
    const before = (await client.do.getCounters()).counters;
    using socket = openSocket({ protocol: PROTOCOL });
    socket.send({ payload: Buffer.from('once') });
    await socket.receive();
    const after = (await client.do.getCounters()).counters;
    expect((after?.received ?? 0n) - (before?.received ?? 0n)).toBe(1n);
    expect((after?.echoed ?? 0n) - (before?.echoed ?? 0n)).toBe(1n);
  });

  test('sets the mode; names are checked before anything is sent', async () => {
    const client = await openNoted(netlinkTestFamily);
    await client.do.setMode({ mode: 'deferred', sleep: 1, queueLimit: 10 });
    expect(await client.do.getMode()).toEqual({ mode: 'deferred', sleep: 1, queueLimit: 10, queued: 0 });
    await expect(client.do.setMode({ mode: 'sideways' as 'direct' })).rejects.toThrow('mode');
    await expect(client.do.setMode({ sleep: 1 })).rejects.toMatchObject({ code: 'EINVAL' });
  });

  test('a flood’s end is announced to the group', async () => {
    const client = await openNoted(netlinkTestFamily);
    using events = client.subscribe({ groups: ['events'] });
    using socket = openSocket({ protocol: PROTOCOL });
    await client.do.startFlood({ portId: socket.portId, count: 20n, size: 8 });
    for await (const item of events) {
      if (item.kind !== 'event' || item.event.name === 'unknown') continue;
      const { name, message } = item.event;
      expect(name).toBe('flood-done');
      expect(message).toMatchObject({ portId: socket.portId, count: 20n, size: 8, sent: 20n, dropped: 0n });
      break;
    }
    expect(await client.do.getFlood()).toMatchObject({ count: 20n, sent: 20n });
  });

  test('the timer begins conversations with who is registered', async () => {
    const client = await openNoted(netlinkTestFamily);
    using socket = openSocket({ protocol: PROTOCOL });
    await client.do.register({ portId: socket.portId });
    await client.do.startTimer({ period: 20 });
    const tick = await socket.receive();
    await client.do.stopTimer();
    await client.do.unregister({ portId: socket.portId });
    expect(tick.type).toBe(nt('MSG_TICK'));
  });

  test('dumps, and one that ends in an error', async () => {
    const client = await openNoted(netlinkTestFamily);
    const entries = await client.dump.dump({ count: 1000n, size: 5 }).toArray();
    expect(entries.map(({ index }) => index)).toEqual(Array.from({ length: 1000 }, (_, at) => BigInt(at)));
    expect(entries[0]?.data).toEqual(Uint8Array.of(0, 1, 2, 3, 4));
    const failing = client.dump.dump({ count: 3n, errno: 5, message: 'enough' });
    await expect(failing.toArray()).rejects.toThrow('EIO: enough');
  });

  test('an error names the attribute at fault, inside a nest too', async () => {
    const client = await openNoted(netlinkTestFamily);
    const verdict = { errno: 22, message: 'not this one', at: nt('A_VALUES'), atNested: nt('A_VALUES_U32') };
    await expect(client.do.replyError({ ...verdict, values: { u8: 1, u32: 2 } })).rejects.toThrow(
      'EINVAL: not this one (at values.u32)',
    );
    await expect(client.do.echoValues({ values: { range: 1501 } })).rejects.toThrow('values.range');
    await client.do.replyAck({ message: 'fine' });
  });
});

test('the loaded client gives the same', async () => {
  await using client = await openFamily(loadFamily(readFileSync(file, 'utf8'), { file }));
  expect((await client.do('getValues'))?.['values']).toEqual(VALUES);
});
