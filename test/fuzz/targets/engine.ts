// The engine of transactions against any datagrams: a program of transactions begun, answers whole or damaged, and everything
// that can happen between them. Each transaction settles once, at the latest when the engine closes.
import { NetlinkError } from '#lib/errors';
import type { Transaction } from '#lib/socket/engine/transaction';
import { acknowledge, datagram, done, refuse, reply } from '#lib/testing/builders';
import { asked, Scripted } from '../../helpers/engine';
import type { Target } from '../target';

/** Takes bytes off the front of the input. */
class Program {
  #at = 0;
  constructor(readonly bytes: Uint8Array) {}

  get ended(): boolean {
    return this.#at >= this.bytes.length;
  }

  byte(): number {
    return this.bytes[this.#at++] ?? 0;
  }

  take(length: number): Uint8Array {
    const part = this.bytes.slice(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }
}

const BEGINNINGS: readonly ((scripted: Scripted) => Transaction)[] = [
  (scripted) => scripted.request(),
  (scripted) => scripted.request('reply'),
  (scripted) => scripted.request('both'),
  (scripted) => scripted.dump(),
  (scripted) => scripted.dump({ restartLimit: 0, acceptRestart: () => false }),
  (scripted) => scripted.batch(3),
  (scripted) => scripted.batch(3, 'last'),
  (scripted) => scripted.batch(2, 'each', true),
];

const ANSWERS: readonly ((about: ReturnType<typeof asked>, value: Uint8Array) => Uint8Array)[] = [
  (about, value) => reply(about, value, { flags: 0 }),
  (about, value) => reply(about, value, { flags: 2 }),
  (about, value) => reply(about, value, { flags: 0x12 }),
  (about) => reply(about),
  (about) => acknowledge(about),
  (about) => acknowledge(about, { message: 'careful', offset: 16 }),
  (about) => refuse(about, 'EINVAL', { offset: 20, missing: { type: 3, nestOffset: 16 } }),
  (about) => done(about),
  (about) => done(about, { errno: 'EBUSY', extack: { message: 'no' } }),
  (about) => done(about, { interrupted: true }),
];

const MOST_TRANSACTIONS = 64;

/** One step of the program: what it does is its low bits, to whom its next byte. */
function step(scripted: Scripted, transactions: Transaction[], program: Program): void {
  const { engine } = scripted;
  const what = program.byte();
  const about = transactions[program.byte() % Math.max(1, transactions.length)];
  switch (what % 16) {
    case 0:
    case 1: {
      const begin = BEGINNINGS[(what >> 4) % BEGINNINGS.length];
      if (begin !== undefined && transactions.length < MOST_TRANSACTIONS) transactions.push(begin(scripted));
      break;
    }
    case 2:
      scripted.receiveBytes(program.take(program.byte()));
      break;
    case 3:
      scripted.receiveBytes(program.take(program.byte()), what >> 4);
      break;
    case 4:
      engine.overrun();
      break;
    case 5:
      engine.drained();
      break;
    case 6:
      engine.forgetDump();
      break;
    case 7:
      if (about !== undefined)
        engine.abandon(about, new NetlinkError('given up', { code: 'ERR_NETLINK_TIMEOUT' }));
      break;
    default:
      if (about !== undefined) scripted.receiveBytes(answers(about, what, program));
  }
  engine.takeDump();
}

/** A datagram of one or two answers, of which bytes may be changed, and the end may be missing. */
function answers(about: Transaction, what: number, program: Program): Uint8Array {
  const made = [program.byte(), program.byte()]
    .slice(what % 2)
    .map((kind) =>
      ANSWERS[kind % ANSWERS.length]?.(asked(about, (kind >> 4) % about.count), Uint8Array.of(kind)),
    );
  const whole = datagram(...made.filter((each) => each !== undefined));
  if (what < 128) return whole;
  const damage = program.byte();
  const bytes = (damage & 1) === 0 ? whole : whole.slice(0, program.byte());
  if (bytes.length > 0 && (damage & 2) !== 0) bytes[program.byte() % bytes.length] = program.byte();
  return bytes;
}

export const target: Target = {
  name: 'engine',
  seeds: [
    Uint8Array.of(0, 0, 0x10, 0, 8, 0, 4, 4, 9, 1, 0),
    Uint8Array.of(0x30, 0, 8, 0, 1, 2, 8, 0, 7, 1),
    Uint8Array.of(0x50, 0, 8, 0, 0x04, 0x14, 9, 0, 0x24, 4, 0, 5, 0),
    Uint8Array.of(0x30, 0, 0x40, 0, 0xf8, 1, 2, 3, 20, 5, 7, 6, 0, 7, 1),
    Uint8Array.of(0, 0, 2, 0, 20, ...Buffer.from('1400000002000000010000006712000000000000', 'hex')),
  ],
  longest: 4096,
  work: { least: 20_000, perByte: 1000 },
  run(input) {
    const program = new Program(input);
    const scripted = new Scripted();
    const transactions: Transaction[] = [];
    while (!program.ended) {
      step(scripted, transactions, program);
      for (const [transaction, times] of scripted.settlements) {
        if (times !== 1 || !transaction.settled) throw new Error(`a transaction settled ${times} times`);
      }
    }
    scripted.engine.close(new NetlinkError('closed', { code: 'ERR_NETLINK_CLOSED' }));
    if (scripted.engine.waiting !== 0) throw new Error(`${scripted.engine.waiting} wait after the end`);
    if (transactions.some((transaction) => scripted.settlements.get(transaction) !== 1))
      throw new Error('a transaction never settled');
  },
};
