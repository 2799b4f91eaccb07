import { expect, test } from '@jest/globals';
import { NetlinkError } from '#lib/errors';
import type { Transaction } from '#lib/socket/engine/transaction';
import { acknowledge, datagram, done, message, refuse, reply } from '#lib/testing/builders';
import fc from 'fast-check';
import { asked, Scripted } from '../helpers/engine.js';

// Any interleaving, duplication, truncation or corruption of answers settles every transaction exactly once, and
// nothing is thrown anywhere else.

const start = fc.constantFrom(
  'request',
  'reply request',
  'request for both',
  'dump',
  'batch',
  'last-only batch',
);
const answer = fc.record({
  /** Which of the transactions, and which of its messages. */
  whom: fc.nat({ max: 11 }),
  index: fc.nat({ max: 3 }),
  kind: fc.constantFrom(
    'reply',
    'empty reply',
    'part',
    'interrupted part',
    'ack',
    'warning',
    'refusal',
    'done',
    'failed done',
    'interrupted done',
    'stranger',
  ),
});
const happening = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constant('datagram' as const),
      answers: fc.array(answer, { maxLength: 6 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('damaged datagram' as const),
      answers: fc.array(answer, { minLength: 1, maxLength: 4 }),
      cut: fc.double({ min: 0, max: 1, noNaN: true }),
      damage: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 5 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('noise' as const), bytes: fc.uint8Array({ maxLength: 80 }) }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('start' as const), start }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('abandon' as const), whom: fc.nat({ max: 11 }) }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { what: 'overrun' as const },
      { what: 'drained' as const },
      { what: 'forget' as const },
    ),
  },
);
type Answer = typeof answer extends fc.Arbitrary<infer A> ? A : never;
type Happening = typeof happening extends fc.Arbitrary<infer H> ? H : never;

function begin(scripted: Scripted, what: string): Transaction {
  switch (what) {
    case 'dump':
      return scripted.dump();
    case 'batch':
      return scripted.batch(3);
    case 'last-only batch':
      return scripted.batch(3, 'last');
    case 'reply request':
      return scripted.request('reply');
    case 'request for both':
      return scripted.request('both');
    default:
      return scripted.request();
  }
}

function build(transactions: readonly Transaction[], { whom, index, kind }: Answer): Uint8Array {
  const transaction = transactions[whom % transactions.length];
  if (transaction === undefined || kind === 'stranger')
    return message({ type: 300, sequence: 77, portId: 99 });
  const about = asked(transaction, index % transaction.count);
  const value = new Uint8Array([index]);
  switch (kind) {
    case 'reply':
      return reply(about, value, { flags: 0 });
    case 'empty reply':
      return reply(about);
    case 'part':
      return reply(about, value, { flags: 2 });
    case 'interrupted part':
      return reply(about, value, { flags: 0x12 });
    case 'ack':
      return acknowledge(about);
    case 'warning':
      return acknowledge(about, { message: 'careful', offset: 16 });
    case 'refusal':
      return refuse(about, 'EINVAL', { offset: 20, missing: { type: 3, nestOffset: 16 } });
    case 'done':
      return done(about);
    case 'failed done':
      return done(about, { errno: 'EBUSY', extack: { message: 'no' } });
    case 'interrupted done':
      return done(about, { interrupted: true });
  }
}

function apply(scripted: Scripted, transactions: Transaction[], event: Happening): void {
  const { engine } = scripted;
  switch (event.what) {
    case 'start':
      transactions.push(begin(scripted, event.start));
      break;
    case 'datagram':
      scripted.receive(...event.answers.map((one) => build(transactions, one)));
      break;
    case 'damaged datagram': {
      const whole = datagram(...event.answers.map((one) => build(transactions, one)));
      const bytes = whole.slice(0, Math.round(whole.length * event.cut));
      for (const [at, value] of event.damage) bytes[at % Math.max(1, bytes.length)] = value;
      scripted.receiveBytes(bytes);
      break;
    }
    case 'noise':
      scripted.receiveBytes(event.bytes);
      break;
    case 'abandon': {
      const transaction = transactions[event.whom % transactions.length];
      if (transaction !== undefined) engine.abandon(transaction, new Error('given up'));
      break;
    }
    case 'overrun':
      engine.overrun();
      break;
    case 'drained':
      engine.drained();
      break;
    case 'forget':
      engine.forgetDump();
      break;
  }
  engine.takeDump();
}

test('every transaction settles exactly once, whatever comes', () => {
  fc.assert(
    fc.property(
      fc.array(start, { minLength: 1, maxLength: 6 }),
      fc.array(happening, { maxLength: 30 }),
      (starts, events) => {
        const scripted = new Scripted();
        const transactions = starts.map((what) => begin(scripted, what));
        scripted.engine.takeDump();
        for (const event of events) {
          apply(scripted, transactions, event);
          for (const [transaction, times] of scripted.settlements) {
            expect(times).toBe(1);
            expect(transaction.settled).toBe(true);
          }
        }
        scripted.engine.close(new NetlinkError('closed', { code: 'ERR_NETLINK_CLOSED' }));
        expect(scripted.engine.waiting).toBe(0);
        for (const transaction of transactions) expect(scripted.settlements.get(transaction)).toBe(1);
      },
    ),
    { numRuns: 2000 },
  );
});

test('undamaged answers in order settle everything without closing', () => {
  fc.assert(
    fc.property(
      fc.array(start, { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      fc.array(fc.nat({ max: 5 }), { maxLength: 40 }),
      (starts, packed, order) => {
        const scripted = new Scripted();
        const transactions = starts.map((what) => begin(scripted, what));
        const open = () => transactions.filter((transaction) => !transaction.settled);
        let steps = [...order];
        while (open().length > 0) {
          scripted.engine.takeDump();
          const sent = open().filter((transaction) => transaction.sequence !== 0);
          const [step = 0, ...rest] = steps;
          steps = rest;
          const transaction = sent[step % sent.length];
          if (transaction === undefined) throw new Error('something is open and nothing was sent');
          const answers = Array.from({ length: transaction.count }, (_, index) => {
            const about = asked(transaction, index);
            const value = reply(about, new Uint8Array([index]), { flags: 0 });
            return transaction === scripted.engine.runningDump
              ? [value, done(about)]
              : [value, acknowledge(about)];
          }).flat();
          if (packed) scripted.receive(...answers);
          else for (const one of answers) scripted.receive(one);
          expect(transaction.settled).toBe(true);
        }
        expect(scripted.engine).toMatchObject({ waiting: 0, runningDump: undefined, malformedDatagrams: 0 });
        for (const transaction of transactions) {
          expect(scripted.settlements.get(transaction)).toBe(1);
          expect('error' in transaction ? transaction.error : undefined).toBeUndefined();
        }
      },
    ),
    { numRuns: 500 },
  );
});
