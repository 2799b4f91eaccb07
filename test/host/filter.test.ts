import { describe, expect, test } from '@jest/globals';
import { bpf, buildFilter, match } from 'afnetlink/filter';
import fc from 'fast-check';
import { conditions, messages } from '../helpers/filters.js';
import { open, openPair } from '../helpers/sockets.js';

const { header, field } = match;
const failed = (code: string) => expect.objectContaining({ code });

test('the kernel keeps what the condition says', () => {
  const [sender, receiver] = openPair();
  fc.assert(
    fc.property(conditions, fc.array(messages, { minLength: 1, maxLength: 8 }), (oracled, sent) => {
      receiver.attachFilter(buildFilter(oracled.condition, { listenOnly: true }), { listenOnly: true });
      const kept: Uint8Array[] = [];
      const stop = receiver.onDatagrams(() => undefined);
      stop();
      for (const message of sent) {
        // The header's length must be right for receive() to take it as a message.
        new Uint32Array(message.buffer)[0] = message.length;
        sender.sendDatagram(message, { portId: receiver.portId });
        if (oracled.holds(new DataView(message.buffer))) kept.push(message.slice(16));
      }
      const received: Uint8Array[] = [];
      while (receiver.memory().receiveQueued > 0) received.push(receiver.receiveSync({ timeout: 0 }).payload);
      expect(received).toEqual(kept);
    }),
    { numRuns: 300 },
  );
});

test('only the first message of a datagram is looked at', () => {
  const [sender, receiver] = openPair();
  receiver.attachFilter(buildFilter(header.type.is(100)));
  const to = { portId: receiver.portId };
  sender.sendMany([{ type: 100 }, { type: 200 }], to);
  sender.sendMany([{ type: 200 }, { type: 100 }], to);
  expect(receiver.receiveSync().type).toBe(100);
  expect(receiver.receiveSync().type).toBe(200);
  expect(() => receiver.receiveSync({ timeout: 0 })).toThrow(failed('ERR_NETLINK_TIMEOUT'));
});

describe('a filter that drops replies', () => {
  test('is refused, unless the socket only listens', () => {
    const socket = open();
    expect(() => socket.attachFilter([bpf.drop()])).toThrow(/drops acknowledgements or errors/);
    socket.attachFilter([bpf.drop()], { listenOnly: true });
    expect(socket.attachedFilter()).toEqual([bpf.drop()]);
  });
});

test('attach, replace, read, detach and lock', () => {
  const socket = open();
  expect(socket.attachedFilter()).toEqual([]);
  expect(() => socket.detachFilter()).toThrow(failed('ENOENT'));
  const program = buildFilter(field.u8(20).between(3, 9));
  socket.attachFilter([bpf.accept()]);
  socket.attachFilter(program);
  expect(socket.attachedFilter()).toEqual(program);
  socket.detachFilter();
  expect(socket.attachedFilter()).toEqual([]);
  socket.attachFilter(program);
  socket.lockFilter();
  expect(() => socket.detachFilter()).toThrow(/the filter is locked/);
  expect(() => socket.attachFilter([bpf.accept()])).toThrow(failed('EPERM'));
});

test('programs that are none', () => {
  const socket = open();
  expect(() => socket.attachFilter([])).toThrow(failed('ERR_NETLINK_INVALID_ARGUMENT'));
  // It runs past its end, which the kernel's own check finds.
  expect(() => socket.attachFilter([bpf.loadLength()], { listenOnly: true })).toThrow(failed('EINVAL'));
  expect(() => socket.attachBpf(-1)).toThrow(failed('ERR_NETLINK_INVALID_ARGUMENT'));
  expect(() => socket.attachBpf(0)).toThrow(failed('EINVAL'));
});
