import { describe, expect, test } from '@jest/globals';
import { acknowledge, datagram, done, message, multipart, refuse, reply } from '#lib/testing/builders';
import { NLM_F_MULTI, NLMSG_NOOP, NLMSG_OVERRUN } from '#lib/wire/index';
import { asked, PORT, Scripted } from '../helpers/engine.js';

const bytes = (...values: number[]) => new Uint8Array(values);
const enoent = expect.objectContaining({ code: 'ENOENT', errno: 2, operation: 'RTM_TEST' });
const overrun = expect.objectContaining({ code: 'ERR_NETLINK_OVERRUN' });
const malformed = expect.objectContaining({ code: 'ERR_NETLINK_MALFORMED' });

describe('the end of a request', () => {
  test('acknowledgement only', () => {
    const scripted = new Scripted();
    const request = scripted.request();
    expect(scripted.engine.waiting).toBe(1);
    scripted.receive(acknowledge(asked(request)));
    expect(request).toMatchObject({ settled: true, error: undefined, reply: undefined });
    expect(scripted.engine.waiting).toBe(0);
  });

  test('replies, then the acknowledgement', () => {
    const scripted = new Scripted();
    const request = scripted.request();
    scripted.receive(reply(asked(request), bytes(7)));
    expect(request.settled).toBe(false);
    scripted.receive(reply(asked(request), bytes(8)), acknowledge(asked(request)));
    expect(request).toMatchObject({ settled: true, reply: 7, furtherReplies: [8] });
  });

  test('one reply, where no acknowledgement was asked for', () => {
    const scripted = new Scripted();
    const request = scripted.request('reply');
    scripted.receive(reply(asked(request), bytes(7)));
    expect(request).toMatchObject({ settled: true, reply: 7 });
  });

  test('a multipart reply is ended by DONE', () => {
    for (const end of ['reply', 'acknowledgement', 'both'] as const) {
      const scripted = new Scripted();
      const request = scripted.request(end);
      const [first, second, last] = multipart(asked(request), [bytes(1), bytes(2)]);
      scripted.receive(first ?? bytes());
      scripted.receive(second ?? bytes());
      expect(request.settled).toBe(false);
      scripted.receive(last ?? bytes());
      expect(request).toMatchObject({ settled: true, reply: 1, furtherReplies: [2], error: undefined });
      scripted.receive(acknowledge(asked(request)));
      expect(scripted.engine.lateAnswers).toBe(1);
    }
  });

  test('reply and acknowledgement in either order, where both are asked for', () => {
    for (const order of [0, 1]) {
      const scripted = new Scripted();
      const request = scripted.request('both');
      const answers = [reply(asked(request), bytes(5)), acknowledge(asked(request))];
      scripted.receive(answers[order] ?? bytes());
      expect(request.settled).toBe(false);
      scripted.receive(answers[1 - order] ?? bytes());
      expect(request).toMatchObject({ settled: true, reply: 5 });
    }
  });

  test('the acknowledgement before a multipart reply', () => {
    const scripted = new Scripted();
    const request = scripted.request('both');
    scripted.receive(acknowledge(asked(request)));
    scripted.receive(...multipart(asked(request), [bytes(1), bytes(2)]));
    expect(request).toMatchObject({ settled: true, reply: 1, furtherReplies: [2] });
  });

  test.each(['acknowledgement', 'reply', 'both'] as const)(
    'an error ends it whatever it waits for (%s)',
    (end) => {
      const scripted = new Scripted();
      const request = scripted.request(end);
      scripted.receive(refuse(asked(request), 'ENOENT'));
      expect(request).toMatchObject({ settled: true, error: enoent });
      expect(request.error).toHaveProperty('message', 'RTM_TEST failed: ENOENT: there is no such object');
    },
  );

  test('DONE with an errno is an error', () => {
    const scripted = new Scripted();
    const request = scripted.request();
    scripted.receive(done(asked(request), { errno: 'ENOENT' }));
    expect(request.error).toEqual(enoent);
  });

  test('a DONE without errno, as user space sends it, is success', () => {
    const scripted = new Scripted();
    const request = scripted.request();
    scripted.receive(message({ type: 3, flags: NLM_F_MULTI, sequence: request.sequence, portId: PORT }));
    expect(request).toMatchObject({ settled: true, error: undefined });
  });

  test('an acknowledgement ends a request that waits for a reply and gets none', () => {
    const scripted = new Scripted();
    const request = scripted.request('reply');
    scripted.receive(acknowledge(asked(request)));
    expect(request).toMatchObject({ settled: true, reply: undefined, error: undefined });
  });

  test('what the kernel says with success is kept: warning and cookie', () => {
    const scripted = new Scripted();
    const request = scripted.request();
    scripted.receive(acknowledge(asked(request), { message: 'deprecated', cookie: bytes(1, 2) }));
    expect(request).toMatchObject({ settled: true, extack: { message: 'deprecated', cookie: bytes(1, 2) } });
    const other = scripted.request();
    scripted.receive(done(asked(other), { extack: { message: 'some were left out' } }));
    expect(other).toMatchObject({ error: undefined, extack: { message: 'some were left out' } });
  });
});

describe('routing', () => {
  test('answers in any order, in one datagram, the last unaligned', () => {
    const scripted = new Scripted();
    const requests = [scripted.request('reply'), scripted.request('reply'), scripted.request()];
    const [a, b, c] = requests;
    if (a === undefined || b === undefined || c === undefined) throw new Error('three requests');
    scripted.receive(
      acknowledge(asked(c)),
      message({ type: NLMSG_NOOP, sequence: a.sequence }),
      reply(asked(b), bytes(2, 2, 2)),
      reply(asked(a), bytes(1)),
    );
    expect(requests.map(({ reply: value, settled }) => [value, settled])).toEqual([
      [1, true],
      [2, true],
      [undefined, true],
    ]);
    expect([...scripted.settlements.values()]).toEqual([1, 1, 1]);
  });

  test('by sequence number and port: what is meant for others is unclaimed', () => {
    const scripted = new Scripted();
    const request = scripted.request('reply');
    scripted.receive(message({ type: 20, sequence: request.sequence, portId: PORT + 1, payload: bytes(1) }));
    scripted.receive(message({ type: 20, sequence: request.sequence + 1, portId: PORT, payload: bytes(1) }));
    scripted.receive(message({ type: 20, sequence: 0, portId: 0, payload: bytes(1) }));
    scripted.receiveBytes(
      message({ type: 20, sequence: request.sequence, portId: PORT, payload: bytes(1) }),
      1,
    );
    expect(request.settled).toBe(false);
    expect(scripted.unclaimed.map(({ sequence, portId }) => [sequence - request.sequence, portId])).toEqual([
      [0, PORT + 1],
      [1, PORT],
      [-request.sequence, 0],
      [0, PORT],
    ]);
    scripted.receive(message({ type: 20, sequence: request.sequence, portId: 0, payload: bytes(9) }));
    expect(request).toMatchObject({ settled: true, reply: 9 });
  });

  test('a peer in user space may write any port into its replies', () => {
    const scripted = new Scripted({ anyPort: true });
    const request = scripted.request('reply');
    scripted.receive(message({ type: 20, sequence: request.sequence, portId: 99, payload: bytes(9) }));
    expect(request.reply).toBe(9);
  });

  test('sequence numbers wrap around, leave out 0 and those in use', () => {
    const scripted = new Scripted({ firstSequence: 0xffffffff - 3 });
    const first = Array.from({ length: 6 }, () => scripted.request().sequence);
    expect(first).toEqual([0xfffffffc, 0xfffffffd, 0xfffffffe, 1, 2, 3]);
    const crowd = new Scripted();
    const held = crowd.request();
    for (let round = 0; round < 600; round++) {
      const request = crowd.request();
      expect(request.sequence).not.toBe(held.sequence);
      crowd.receive(acknowledge(asked(request)));
      expect(request.settled).toBe(true);
    }
    crowd.receive(acknowledge(asked(held)));
    expect(held.settled).toBe(true);
  });

  test('thousands in flight', () => {
    const scripted = new Scripted();
    const requests = Array.from({ length: 5000 }, () => scripted.request('reply'));
    expect(scripted.engine.waiting).toBe(5000);
    for (const request of requests.toReversed())
      scripted.receive(reply(asked(request), bytes(request.sequence & 0xff)));
    expect(requests.every(({ reply: value, sequence }) => value === (sequence & 0xff))).toBe(true);
    expect(scripted.engine.waiting).toBe(0);
  });

  test('late answers to what was given up are counted and do no harm', () => {
    const scripted = new Scripted();
    const request = scripted.request();
    const reason = new Error('enough');
    scripted.engine.abandon(request, reason);
    scripted.engine.abandon(request, new Error('again'));
    scripted.receive(reply(asked(request), bytes(1)), acknowledge(asked(request)));
    expect(request).toMatchObject({ settled: true, error: reason, reply: undefined });
    expect(scripted.engine.lateAnswers).toBe(2);
    expect(scripted.unclaimed).toEqual([]);
    expect([...scripted.settlements.values()]).toEqual([1]);
  });
});

describe('what goes wrong', () => {
  test('a reply that cannot be decoded rejects its own request only', () => {
    const scripted = new Scripted();
    const bad = scripted.request('reply');
    const good = scripted.request('reply');
    scripted.receive(reply(asked(bad)), reply(asked(good), bytes(3)));
    expect(bad.error).toEqual(malformed);
    expect(bad.error).toHaveProperty(
      'message',
      'RTM_TEST: the reply cannot be decoded: a u8 at byte 80 must have 1 bytes, got 0',
    );
    expect(good.reply).toBe(3);
  });

  test('an error message without its errno is one too', () => {
    const scripted = new Scripted();
    const request = scripted.request();
    scripted.receive(message({ type: 2, sequence: request.sequence, portId: PORT }));
    expect(request.error).toEqual(malformed);
  });

  test('a message longer than its datagram rejects the request whose header it has', () => {
    const scripted = new Scripted();
    const request = scripted.request('reply');
    const other = scripted.request('reply');
    const whole = reply(asked(request), new Uint8Array(40));
    scripted.receiveBytes(whole.subarray(0, 30));
    expect(request.error).toEqual(malformed);
    expect(other.settled).toBe(false);
    scripted.receiveBytes(whole.subarray(0, 10));
    scripted.receiveBytes(new Uint8Array(16));
    expect(scripted.engine.malformedDatagrams).toBe(3);
    scripted.receive(reply(asked(other), bytes(1)));
    expect(other.reply).toBe(1);
  });

  test('after an overrun, what is unanswered when the queue is empty was lost', () => {
    for (const tell of ['call', 'message']) {
      const scripted = new Scripted();
      const lost = scripted.request();
      const answered = scripted.request();
      scripted.engine.drained();
      expect(lost.settled).toBe(false);
      if (tell === 'call') scripted.engine.overrun();
      else scripted.receive(message({ type: NLMSG_OVERRUN }));
      scripted.receive(acknowledge(asked(answered)));
      expect(lost.settled).toBe(false);
      scripted.engine.drained();
      expect(lost.error).toEqual(overrun);
      expect(answered.error).toBeUndefined();
      const next = scripted.request();
      scripted.engine.drained();
      expect(next.settled).toBe(false);
    }
  });

  test('closing settles everything, once, and what comes after is nobody’s', () => {
    const scripted = new Scripted();
    const request = scripted.request();
    const batch = scripted.batch(3);
    const running = scripted.dump();
    scripted.engine.takeDump();
    const queued = scripted.dump();
    const reason = new Error('closed');
    scripted.engine.close(reason);
    scripted.engine.close(new Error('again'));
    for (const { error } of [request, running, queued]) expect(error).toBe(reason);
    expect(batch.results).toEqual(new Array(3).fill({ status: 'failed', error: reason }));
    expect([...scripted.settlements.values()]).toEqual([1, 1, 1, 1]);
    expect(scripted.engine).toMatchObject({ waiting: 0, runningDump: undefined });
    scripted.receiveBytes(datagram(acknowledge(asked(request)), ...multipart(asked(running), [bytes(1)])));
    expect(scripted.settlements.size).toBe(4);
  });

  test('a decoder that closes everything while it decodes', () => {
    const scripted = new Scripted();
    const request = scripted.request('reply');
    const closing = scripted.request('reply');
    Object.defineProperty(closing, 'reply', { set: () => scripted.engine.close(new Error('closed')) });
    scripted.receive(reply(asked(closing), bytes(1)), reply(asked(request), bytes(1)));
    expect(scripted.engine.waiting).toBe(0);
    expect([...scripted.settlements.values()]).toEqual([1, 1]);
  });
});
