import { describe, expect, test } from '@jest/globals';
import { acknowledge, done, message, refuse, reply } from '#lib/testing/builders';
import { NLM_F_MULTI } from '#lib/wire/index';
import { asked, PORT, Scripted } from '../helpers/engine.js';

const bytes = (...values: number[]) => new Uint8Array(values);
const success = { status: 'done', replies: [], extack: undefined };

describe('a batch', () => {
  test('has consecutive sequence numbers, written into its messages', () => {
    const scripted = new Scripted();
    const before = scripted.request();
    const batch = scripted.batch(4);
    const after = scripted.request();
    expect(batch.sequence).toBe(before.sequence + 1);
    expect(after.sequence).toBe(batch.sequence + 4);
  });

  test('one result for each, in any order of answers', () => {
    const scripted = new Scripted();
    const batch = scripted.batch(3);
    scripted.receive(
      refuse(asked(batch, 2), 'EEXIST'),
      reply(asked(batch, 1), bytes(5)),
      acknowledge(asked(batch, 1)),
    );
    expect(batch.settled).toBe(false);
    scripted.receive(acknowledge(asked(batch, 0), { message: 'deprecated' }));
    expect(batch.settled).toBe(true);
    expect(batch.results).toEqual([
      { status: 'done', replies: [], extack: { message: 'deprecated' } },
      { status: 'done', replies: [expect.objectContaining({ payload: bytes(5) })], extack: undefined },
      { status: 'failed', error: expect.objectContaining({ code: 'EEXIST', operation: 'message 2' }) },
    ]);
    expect(scripted.engine.waiting).toBe(0);
  });

  test('with the last one acknowledged only, the others are done unless they reported an error', () => {
    const scripted = new Scripted();
    const batch = scripted.batch(4, 'last');
    scripted.receive(refuse(asked(batch, 1), 'ENOENT'), reply(asked(batch, 2), bytes(1)));
    expect(batch.settled).toBe(false);
    scripted.receive(acknowledge(asked(batch, 3)));
    expect(batch.results).toEqual([
      success,
      { status: 'failed', error: expect.objectContaining({ code: 'ENOENT' }) },
      { status: 'done', replies: [expect.anything()], extack: undefined },
      success,
    ]);
  });

  test('also when the last one fails', () => {
    const scripted = new Scripted();
    const batch = scripted.batch(2, 'last');
    scripted.receive(refuse(asked(batch, 1), 'ENOENT'));
    expect(batch.results).toEqual([
      success,
      { status: 'failed', error: expect.objectContaining({ code: 'ENOENT' }) },
    ]);
  });

  test('with none acknowledged, the reply to the last one ends it', () => {
    const scripted = new Scripted();
    const batch = scripted.batch(3, 'none');
    scripted.receive(reply(asked(batch, 0), bytes(1)), refuse(asked(batch, 1), 'ENOENT'));
    expect(batch.settled).toBe(false);
    scripted.receive(reply(asked(batch, 2), bytes(3)));
    expect(batch.results).toEqual([
      { status: 'done', replies: [expect.objectContaining({ payload: bytes(1) })], extack: undefined },
      { status: 'failed', error: expect.objectContaining({ code: 'ENOENT' }) },
      { status: 'done', replies: [expect.objectContaining({ payload: bytes(3) })], extack: undefined },
    ]);
    expect(scripted.engine.waiting).toBe(0);
  });

  test('a last reply of several parts ends with their end', () => {
    const scripted = new Scripted();
    const batch = scripted.batch(2, 'none');
    const part = (value: number) => reply(asked(batch, 1), bytes(value), { flags: NLM_F_MULTI });
    scripted.receive(part(1), part(2));
    expect(batch.settled).toBe(false);
    scripted.receive(done(asked(batch, 1)));
    expect(batch.results).toEqual([
      success,
      expect.objectContaining({ status: 'done', replies: [expect.anything(), expect.anything()] }),
    ]);
  });

  test('a refused beginning of a netfilter transaction refuses all', () => {
    const scripted = new Scripted();
    const batch = scripted.batch(4, 'each', true);
    scripted.receive(refuse(asked(batch, 0), 'EPERM'));
    const failed = {
      status: 'failed',
      error: expect.objectContaining({ code: 'EPERM', operation: 'message 0' }),
    };
    expect(batch).toMatchObject({ settled: true, results: [failed, failed, failed, failed] });
  });

  test('an answer that cannot be decoded is the failure of its own message', () => {
    const scripted = new Scripted();
    const batch = scripted.batch(2);
    scripted.receive(
      message({ type: 2, sequence: batch.sequence, portId: PORT }),
      acknowledge(asked(batch, 1)),
    );
    expect(batch.results).toEqual([
      { status: 'failed', error: expect.objectContaining({ code: 'ERR_NETLINK_MALFORMED' }) },
      success,
    ]);
  });

  test('what an overrun swallowed is told, what was answered stays', () => {
    const scripted = new Scripted();
    const batch = scripted.batch(3);
    scripted.receive(acknowledge(asked(batch, 0)));
    scripted.engine.overrun();
    scripted.engine.drained();
    const lost = { status: 'failed', error: expect.objectContaining({ code: 'ERR_NETLINK_OVERRUN' }) };
    expect(batch).toMatchObject({ settled: true, results: [success, lost, lost] });
  });

  test('DONE behind a multipart reply is not the acknowledgement', () => {
    const scripted = new Scripted();
    const batch = scripted.batch(1);
    scripted.receive(reply(asked(batch), bytes(1)), done(asked(batch)));
    expect(batch.settled).toBe(false);
    scripted.receive(acknowledge(asked(batch)));
    expect(batch.results).toEqual([{ status: 'done', replies: [expect.anything()], extack: undefined }]);
  });

  test('answers twice change nothing', () => {
    const scripted = new Scripted();
    const batch = scripted.batch(2);
    scripted.receive(
      acknowledge(asked(batch, 0)),
      refuse(asked(batch, 0), 'EPERM'),
      acknowledge(asked(batch, 1)),
    );
    expect(batch.results).toEqual([success, success]);
  });

  test('larger than the table', () => {
    const scripted = new Scripted();
    const batch = scripted.batch(3000, 'last');
    scripted.receive(refuse(asked(batch, 1500), 'EEXIST'), acknowledge(asked(batch, 2999)));
    expect(batch.results.filter((result) => result?.status === 'failed')).toHaveLength(1);
    expect(batch.settled).toBe(true);
  });
});
