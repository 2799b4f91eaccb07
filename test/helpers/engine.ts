import { type BatchOptions, BatchTransaction } from '#lib/socket/engine/batch-transaction';
import { type DumpListener, DumpTransaction } from '#lib/socket/engine/dump-transaction';
import { TransactionEngine } from '#lib/socket/engine/engine';
import { copyReply } from '#lib/socket/requests/message-request';
import type { RequestDescription } from '#lib/socket/engine/refusal';
import { RequestTransaction } from '#lib/socket/engine/request-transaction';
import { SequenceTable } from '#lib/socket/engine/sequence-table';
import type { Transaction } from '#lib/socket/engine/transaction';
import { datagram } from '#lib/testing/builders';
import {
  decodeMessages,
  type NetlinkMessage,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  type RequestEnd,
  WireView,
  WireWriter,
} from '#lib/wire/index';

export const PORT = 4711;

/** Counts how often each transaction settles: once, or the engine is broken. */
export class Scripted {
  readonly unclaimed: NetlinkMessage[] = [];
  readonly settlements = new Map<Transaction, number>();
  readonly engine: TransactionEngine;

  constructor({ firstSequence, anyPort }: { firstSequence?: number; anyPort?: boolean } = {}) {
    const onUnclaimed = (view: WireView, at: number, end: number) => {
      this.unclaimed.push(...decodeMessages(view, at, end));
    };
    this.engine = new TransactionEngine(
      PORT,
      { onUnclaimed },
      { sequences: new SequenceTable(firstSequence), ...(anyPort === undefined ? {} : { anyPort }) },
    );
  }

  /** A request whose replies are their first byte, sent. */
  request(end: RequestEnd = 'acknowledgement', description: RequestDescription = { name: 'RTM_TEST' }) {
    const bytes = requestBytes(16, NLM_F_REQUEST | NLM_F_ACK);
    const operation = { ...description, decode: firstByte, end };
    const asked = { operation, flags: 0 };
    const transaction = new RequestTransaction(asked, bytes, 0, bytes.length);
    transaction.listener = { onSettled: () => this.#count(transaction) };
    this.engine.begin(transaction);
    return transaction;
  }

  /** A dump that waits for its turn. */
  dump(options: { restartLimit?: number; acceptRestart?: () => boolean; onRestart?: () => void } = {}) {
    const listener: DumpListener = {
      wantsItems: true,
      hasRoom: true,
      onProgress: () => {
        if (dump.settled) this.#count(dump);
      },
      onRestart: options.acceptRestart ?? (() => true),
    };
    const bytes = requestBytes(18, NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP);
    const dump: DumpTransaction<number> = new DumpTransaction(
      { name: 'RTM_GETTEST' },
      bytes,
      firstByte,
      listener,
      { limit: options.restartLimit ?? 3, onRestart: options.onRestart },
    );
    this.engine.enqueueDump(dump);
    return dump;
  }

  batch(count: number, acknowledged: BatchOptions['acknowledged'] = 'each', firstAlone = false) {
    const writer = new WireWriter();
    const messages = Array.from({ length: count }, (_, index) => {
      const start = writer.length;
      writer.append(requestBytes(20, NLM_F_REQUEST | NLM_F_ACK));
      return { operation: { name: `message ${index}`, decode: copyReply }, start };
    });
    const transaction = new BatchTransaction(
      { writer, messages, end: writer.length },
      { acknowledged, firstAlone },
    );
    transaction.listener = { onSettled: () => this.#count(transaction) };
    this.engine.begin(transaction);
    transaction.prepare();
    return transaction;
  }

  /** Hands in one datagram made of these messages. */
  receive(...messages: readonly Uint8Array[]): void {
    this.receiveBytes(datagram(...messages));
  }

  /** The bytes lie inside a larger buffer, as in a receive ring. */
  receiveBytes(bytes: Uint8Array, group = 0): void {
    const ring = new Uint8Array(64 + bytes.length + 64).fill(0xa5);
    ring.set(bytes, 64);
    this.engine.receive(new WireView(ring), 64, 64 + bytes.length, group, undefined, 0);
  }

  #count(transaction: Transaction): void {
    this.settlements.set(transaction, (this.settlements.get(transaction) ?? 0) + 1);
  }
}

/** What a kernel would see of a transaction's message with this sequence number. */
export function asked(transaction: Transaction, index = 0): NetlinkMessage {
  return {
    type: 18,
    flags: NLM_F_REQUEST,
    sequence: transaction.sequence + index,
    portId: PORT,
    payload: new Uint8Array(4),
  };
}

function requestBytes(type: number, flags: number): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter();
  writer.messageStart(type, flags);
  writer.space(4);
  writer.messageEnd();
  return writer.finish();
}

export function firstByte(view: WireView, offset: number, end: number): number {
  return view.u8(offset, end);
}
