import type { NetlinkMessage } from '../../wire/messages.js';
import type { Operation } from '../../wire/operation.js';
import { Batch, type BatchOptions } from './batch.js';
import type { DatagramPort } from '../port/datagram-port.js';
import { Dump, type DumpOptions, encodeDump } from './dump.js';
import { giveReply } from '../engine/request-transaction.js';
import { type CallOptions, Transport, type TransportOwner } from './transport.js';
import {
  checkMessage,
  makeReply,
  MessageOperation,
  type Reply,
  type RequestMessage,
} from './message-request.js';
import { rejected } from '../rejected.js';
import { checkTimeout, Requests } from './requests.js';

export interface TransactionSettings {
  readonly protocol: number;
  readonly firstSequence: number;
  /** Whether replies may carry any port id: those of processes. */
  readonly anyPort: boolean;
  /** SO_RCVBUF: how many answers may wait there. */
  readonly receiveBufferSize: number;
}

const NO_OPTIONS: CallOptions = {};

/** What a socket does beyond single datagrams: requests, dumps and batches. */
export class Transactions {
  readonly transport: Transport;
  readonly #requests: Requests;
  readonly #settings: TransactionSettings;

  constructor(port: DatagramPort, owner: TransportOwner, settings: TransactionSettings) {
    this.#settings = settings;
    this.transport = new Transport(port, owner, settings);
    this.#requests = new Requests(this.transport, settings.receiveBufferSize);
  }

  get timeout(): number {
    return this.transport.timeout;
  }

  set timeout(timeout: number) {
    checkTimeout(timeout);
    this.transport.timeout = timeout;
  }

  request(message: RequestMessage, options: CallOptions = NO_OPTIONS): Promise<Reply> {
    try {
      checkMessage('request', message);
    } catch (error) {
      return rejected(error);
    }
    return this.#requests.perform(this.#question(message), options) as Promise<Reply>;
  }

  requestSync(message: RequestMessage, options: CallOptions = NO_OPTIONS): Reply {
    checkMessage('requestSync', message);
    return this.#requests.performSync(this.#question(message), options) as Reply;
  }

  execute<Input, Output>(
    operation: Operation<Input, Output>,
    type: number,
    flags: number,
    input: Input,
    options: CallOptions = NO_OPTIONS,
  ): Promise<Output | undefined> {
    return this.#requests.perform(
      { operation, type, flags, input, makeResult: giveReply },
      options,
    ) as Promise<Output | undefined>;
  }

  executeSync<Input, Output>(
    operation: Operation<Input, Output>,
    type: number,
    flags: number,
    input: Input,
    options: CallOptions = NO_OPTIONS,
  ): Output | undefined {
    return this.#requests.performSync({ operation, type, flags, input, makeResult: giveReply }, options) as
      Output | undefined;
  }

  dump(message: RequestMessage, options: DumpOptions): Dump<NetlinkMessage> {
    checkMessage('dump', message);
    const call = this.#question(message);
    return new Dump(this.transport, encodeDump(call), call.operation, options);
  }

  executeDump<Input, Output>(
    operation: Operation<Input, Output>,
    type: number,
    flags: number,
    input: Input,
    options: DumpOptions,
  ): Dump<Output> {
    return new Dump(this.transport, encodeDump({ operation, type, flags, input }), operation, options);
  }

  batch<Reply>(options: BatchOptions): Batch<Reply> {
    const { protocol, receiveBufferSize } = this.#settings;
    return new Batch<Reply>(this.transport, protocol, receiveBufferSize, options);
  }

  close(): void {
    this.#requests.close();
    this.transport.close();
  }

  #question(message: RequestMessage) {
    const { type, flags = 0, payload } = message;
    const operation = new MessageOperation(message, this.#settings.protocol);
    return { operation, type, flags, input: payload, makeResult: makeReply };
  }
}
