import { describe, expect, test } from '@jest/globals';
import { acknowledge, datagram, done, message, multipart, refuse, reply } from '#lib/testing/builders';
import { NLM_F_DUMP_INTR, NLM_F_MULTI } from '#lib/wire/index';
import { asked, PORT, Scripted } from '../helpers/engine.js';

const bytes = (...values: number[]) => new Uint8Array(values);
const interrupted = expect.objectContaining({
  code: 'ERR_NETLINK_DUMP_INTERRUPTED',
  operation: 'RTM_GETTEST',
});

function started(options: Parameters<Scripted['dump']>[0] = {}) {
  const scripted = new Scripted();
  const dump = scripted.dump(options);
  expect(scripted.engine.takeDump()).toBe(dump);
  return { scripted, dump };
}

describe('a dump', () => {
  test('gives its items and ends at DONE', () => {
    const { scripted, dump } = started();
    scripted.receive(...multipart(asked(dump), [bytes(1), bytes(2)]).slice(0, 2));
    expect(dump.takeItems()).toEqual([1, 2]);
    scripted.receive(...multipart(asked(dump), [bytes(3)]));
    expect(dump).toMatchObject({ settled: true, error: undefined, items: [3], interrupted: false });
    expect(scripted.engine.runningDump).toBeUndefined();
  });

  test('carries its sequence number in its bytes', () => {
    const { dump } = started();
    expect(new Uint32Array(dump.bytes.slice(8, 12).buffer)[0]).toBe(dump.sequence);
  });

  test('items without NLM_F_MULTI belong to it all the same', () => {
    const { scripted, dump } = started();
    scripted.receive(
      reply(asked(dump), bytes(1), { flags: 0 }),
      reply(asked(dump), bytes(2)),
      done(asked(dump)),
    );
    expect(dump).toMatchObject({ settled: true, items: [1, 2] });
  });

  test('ends with the error that DONE or ERROR carries, behind its items', () => {
    for (const end of [done, refuse]) {
      const { scripted, dump } = started();
      const last =
        end === done
          ? done(asked(dump), { errno: 'EOPNOTSUPP', extack: { message: 'no such table' } })
          : refuse(asked(dump), 'EOPNOTSUPP', { message: 'no such table' });
      scripted.receive(reply(asked(dump), bytes(1), { flags: NLM_F_MULTI }), last);
      expect(dump.items).toEqual([1]);
      expect(dump.error).toHaveProperty('message', 'RTM_GETTEST failed: EOPNOTSUPP: no such table');
      expect(scripted.engine.runningDump).toBeUndefined();
    }
  });

  test('an acknowledgement in place of a dump ends it, empty', () => {
    const { scripted, dump } = started();
    scripted.receive(acknowledge(asked(dump)));
    expect(dump).toMatchObject({ settled: true, error: undefined, items: [] });
  });

  test('a warning at its end is kept', () => {
    const { scripted, dump } = started();
    scripted.receive(done(asked(dump), { extack: { message: 'some devices did not answer' } }));
    expect(dump).toMatchObject({ error: undefined, extack: { message: 'some devices did not answer' } });
  });

  test('an item that cannot be decoded ends it with an error, and the rest is drained', () => {
    const { scripted, dump } = started();
    const next = scripted.dump();
    scripted.receive(reply(asked(dump), bytes(1)), reply(asked(dump)), reply(asked(dump), bytes(3)));
    expect(dump).toMatchObject({ settled: true, items: [1], error: { code: 'ERR_NETLINK_MALFORMED' } });
    expect(scripted.engine.takeDump()).toBeUndefined();
    scripted.receive(done(asked(dump)));
    expect(scripted.engine.takeDump()).toBe(next);
  });
});

test('a datagram of items, other answers and the end, of items that are too long, and of what is no message', () => {
  const { scripted, dump } = started();
  const request = scripted.request('reply');
  const item = (value: number) => reply(asked(dump), bytes(value), { flags: NLM_F_MULTI });
  scripted.receive(item(1), item(2), reply(asked(request), bytes(9)), item(3));
  expect([dump.items, request.reply]).toEqual([[1, 2, 3], 9]);
  scripted.receiveBytes(new Uint8Array([...datagram(item(4), item(5)).slice(0, 36)]));
  expect(dump).toMatchObject({
    items: [1, 2, 3, 4],
    settled: true,
    error: { code: 'ERR_NETLINK_MALFORMED' },
  });
  expect(scripted.engine.malformedDatagrams).toBe(1);
  scripted.receive(item(6), done(asked(dump)));
  expect(dump.items).toEqual([1, 2, 3, 4]);
  expect(scripted.engine.runningDump).toBeUndefined();
});

describe('the queue', () => {
  test('one at a time, in order, while requests overlap', () => {
    const scripted = new Scripted();
    const dumps = [scripted.dump(), scripted.dump(), scripted.dump()];
    for (const dump of dumps) {
      expect(scripted.engine.takeDump()).toBe(dump);
      expect(scripted.engine.takeDump()).toBeUndefined();
      const request = scripted.request('reply');
      scripted.receive(reply(asked(dump), bytes(1), { flags: NLM_F_MULTI }));
      scripted.receive(reply(asked(request), bytes(2)));
      expect(request.reply).toBe(2);
      scripted.receive(done(asked(dump)));
      expect(dump).toMatchObject({ settled: true, items: [1] });
    }
    expect(scripted.engine.takeDump()).toBeUndefined();
  });

  test('one that is given up while it runs is drained before the next', () => {
    const { scripted, dump } = started();
    const next = scripted.dump();
    const reason = new Error('enough');
    scripted.engine.abandon(dump, reason);
    expect(dump).toMatchObject({ settled: true, error: reason });
    expect(scripted.engine.runningDump).toBe(dump);
    expect(scripted.engine.takeDump()).toBeUndefined();
    scripted.receive(reply(asked(dump), bytes(1), { flags: NLM_F_MULTI }));
    scripted.receive(...multipart(asked(dump), [bytes(2)], { interrupted: true }));
    expect(dump.items).toEqual([]);
    expect(scripted.engine.takeDump()).toBe(next);
    expect(scripted.settlements.get(dump)).toBe(1);
  });

  test('one that is given up before its turn is never sent', () => {
    const { scripted, dump } = started();
    const queued = scripted.dump();
    const reason = new Error('enough');
    scripted.engine.abandon(queued, reason);
    scripted.receive(done(asked(dump)));
    expect(scripted.engine.takeDump()).toBeUndefined();
    expect(queued).toMatchObject({ settled: true, error: reason, sequence: 0 });
  });

  test('the end of one that was given up need not be waited for', () => {
    const { scripted, dump } = started();
    const next = scripted.dump();
    scripted.engine.forgetDump();
    expect(scripted.engine.runningDump).toBe(dump);
    scripted.engine.abandon(dump, new Error('enough'));
    scripted.engine.forgetDump();
    expect(scripted.engine.takeDump()).toBe(next);
    scripted.receive(done(asked(dump)));
    expect(scripted.engine.lateAnswers).toBe(1);
    expect(next.settled).toBe(false);
  });
});

describe('interruption', () => {
  test('begins anew under another sequence number, before the dumps that wait', () => {
    const { scripted, dump } = started();
    const next = scripted.dump();
    const first = dump.sequence;
    scripted.receive(...multipart(asked(dump), [bytes(1)], { interrupted: true }));
    expect(dump).toMatchObject({ settled: false, items: [], restarts: 1, interrupted: false });
    expect(scripted.engine.takeDump()).toBe(dump);
    expect(dump.sequence).not.toBe(first);
    scripted.receive(...multipart(asked(dump), [bytes(2)]));
    expect(dump).toMatchObject({ settled: true, error: undefined, items: [2] });
    expect(scripted.engine.takeDump()).toBe(next);
  });

  test('a decoder that gathers is told before anything of the next pass is decoded', () => {
    const seen: string[] = [];
    const { scripted, dump } = started({ onRestart: () => seen.push(`restart, ${dump.items.length} items`) });
    scripted.receive(...multipart(asked(dump), [bytes(1)], { interrupted: true }));
    expect(seen).toEqual(['restart, 0 items']);
  });

  test('one flagged message is enough, also the DONE', () => {
    const { scripted, dump } = started();
    scripted.receive(
      reply(asked(dump), bytes(1), { flags: NLM_F_MULTI | NLM_F_DUMP_INTR }),
      reply(asked(dump), bytes(2), { flags: NLM_F_MULTI }),
      done(asked(dump)),
    );
    expect(dump.restarts).toBe(1);
    scripted.engine.takeDump();
    scripted.receive(done(asked(dump), { interrupted: true }));
    expect(dump.restarts).toBe(2);
  });

  test('after the last restart it is an error behind the data', () => {
    const { scripted, dump } = started({ restartLimit: 2 });
    for (let attempt = 0; attempt < 3; attempt++) {
      if (attempt > 0) expect(scripted.engine.takeDump()).toBe(dump);
      scripted.receive(...multipart(asked(dump), [bytes(attempt)], { interrupted: true }));
    }
    expect(dump).toMatchObject({
      settled: true,
      items: [2],
      restarts: 2,
      interrupted: true,
      error: interrupted,
    });
  });

  test('a listener that cannot start over gets the error', () => {
    const { scripted, dump } = started({ acceptRestart: () => false });
    scripted.receive(...multipart(asked(dump), [bytes(1)], { interrupted: true }));
    expect(dump).toMatchObject({ settled: true, items: [1], restarts: 0, error: interrupted });
  });

  test('an error counts more than an interruption', () => {
    const { scripted, dump } = started();
    scripted.receive(
      reply(asked(dump), bytes(1), { flags: NLM_F_MULTI | NLM_F_DUMP_INTR }),
      done(asked(dump), { errno: 'ENODEV' }),
    );
    expect(dump).toMatchObject({ settled: true, error: { code: 'ENODEV' }, restarts: 0 });
  });
});

describe('overruns', () => {
  test('a dump that has begun goes on: the kernel never drops its datagrams', () => {
    const { scripted, dump } = started();
    scripted.receive(reply(asked(dump), bytes(1), { flags: NLM_F_MULTI }));
    scripted.engine.overrun();
    scripted.engine.drained();
    expect(dump.settled).toBe(false);
    scripted.receive(done(asked(dump)));
    expect(dump).toMatchObject({ settled: true, error: undefined });
  });

  test('one whose beginning was dropped is told', () => {
    const { scripted, dump } = started();
    const next = scripted.dump();
    scripted.engine.overrun();
    scripted.engine.drained();
    expect(dump.error).toHaveProperty('code', 'ERR_NETLINK_OVERRUN');
    expect(scripted.engine.takeDump()).toBe(next);
  });
});

test('a foreign port id in a dump is not ours', () => {
  const { scripted, dump } = started();
  scripted.receive(message({ type: 16, sequence: dump.sequence, portId: PORT + 1, payload: bytes(1) }));
  expect(dump.items).toEqual([]);
  expect(scripted.unclaimed).toHaveLength(1);
});
