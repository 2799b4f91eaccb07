import { invalidArgument, NetlinkError } from '../errors.js';
import { checkOptions, suggestion } from '../known-names.js';
import { shown } from '../shown-value.js';
import type { NetlinkSocket } from '../socket/netlink-socket.js';
import type {
  ColumnsOf,
  FamilyDoOptions,
  FamilyDumpOptions,
  FamilyBatchOptions,
  FamilySubscribeOptions,
} from '../spec/runtime/client.js';
import { ColumnReader } from '../spec/runtime/columns.js';
import type { Family, ModeCodec } from '../spec/runtime/family.js';
import { rejected } from '../socket/rejected.js';
import { NLM_F_ECHO } from '../wire/constants.js';
import type { Operation } from '../wire/operation.js';
import { OpenBatch } from './batch.js';
import { doFlags } from './flags.js';
import { familyOperation, genericLength, operationName } from './operation.js';
import { BATCH_OPTIONS, DO_OPTIONS, DUMP_OPTIONS } from './option-names.js';
import { OperationVariants } from './operation-variants.js';
import type { NumberSource } from './numbers.js';
import { type FamilyEvent, subscribeTo } from './subscribe.js';

interface Selecting {
  readonly select?: readonly string[];
}
type DoCallOptions = FamilyDoOptions & Selecting;
type DumpCallOptions = FamilyDumpOptions & Selecting & { readonly columns?: readonly string[] };
type Call = (request?: object, options?: DoCallOptions) => unknown;
type DumpCall = (request?: object, options?: DumpCallOptions) => unknown;

const NOTHING = {};

/** A family on a socket: its operations by name, as functions. */
export class OpenFamily {
  readonly do: unknown;
  readonly doSync: unknown;
  readonly dump: unknown;
  readonly #family: Family;
  readonly #socket: NetlinkSocket;
  readonly #numbers: NumberSource;
  readonly #ownsSocket: boolean;
  readonly #subscriptions = new Set<{ readonly closed: boolean; close(): void }>();
  readonly #prepared = {
    do: new Map<string, OperationVariants>(),
    dump: new Map<string, OperationVariants>(),
  };
  #closed = false;

  constructor(family: Family, socket: NetlinkSocket, numbers: NumberSource, ownsSocket: boolean) {
    this.#family = family;
    this.#socket = socket;
    this.#numbers = numbers;
    this.#ownsSocket = ownsSocket;
    this.do = this.#callables(
      'do',
      (prepared) => (request, options) => this.#call(prepared, request, options),
    );
    this.doSync = this.#callables(
      'do',
      (prepared) => (request, options) => this.#callSync(prepared, request, options),
    );
    this.dump = this.#callables(
      'dump',
      (prepared) => (request, options) => this.#dump(prepared, request, options),
    );
  }

  get closed(): boolean {
    return this.#closed || this.#socket.closed;
  }

  batch(options: FamilyBatchOptions & Selecting = {}): OpenBatch {
    checkOptions('batch', options, BATCH_OPTIONS);
    const { select, ...batchOptions } = options;
    return new OpenBatch(this.#socket.batch<object>(batchOptions), (name) => {
      const prepared = this.#prepare(name, 'do');
      const { mode } = prepared;
      return {
        operation: prepared.operation(mode.reply === undefined ? NOTHING : { select }),
        type: this.#type(mode),
        flags: echoFlag(mode),
      };
    });
  }

  subscribe(options: FamilySubscribeOptions<FamilyEvent, string> & { select?: readonly string[] } = {}) {
    if (this.closed) throw new NetlinkError('the family is closed', { code: 'ERR_NETLINK_CLOSED' });
    const subscription = subscribeTo(this.#family, this.#socket, this.#numbers, options);
    for (const earlier of this.#subscriptions) if (earlier.closed) this.#subscriptions.delete(earlier);
    this.#subscriptions.add(subscription);
    return subscription;
  }

  close(): void {
    this.#closed = true;
    for (const subscription of this.#subscriptions) subscription.close();
    if (this.#ownsSocket) this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** A function that calls operations by their names, with one for each as property. */
  #callables(mode: 'do' | 'dump', make: (prepared: OperationVariants) => Call & DumpCall): unknown {
    const byName = new Map<string, Call>();
    const call = (name: string, request?: object, options?: FamilyDoOptions): unknown => {
      const operation = byName.get(name);
      if (operation !== undefined) return operation(request, options);
      throw this.#unknownOperation(name, mode);
    };
    for (const key of this.#operationNames(mode)) {
      const operation = make(this.#prepare(key, mode));
      byName.set(key, operation);
      Object.defineProperty(call, key, { value: operation, enumerable: true });
    }
    return call;
  }

  #operationNames(mode: 'do' | 'dump'): string[] {
    const { operations } = this.#family;
    return Object.keys(operations).filter((key) => operations[key]?.[mode] !== undefined);
  }

  #unknownOperation(name: string, mode: 'do' | 'dump'): NetlinkError {
    const known = suggestion(name, this.#operationNames(mode));
    return invalidArgument(`'${this.#family.name}' has no '${mode}' operation named ${shown(name)}${known}`);
  }

  #prepare(key: string, mode: 'do' | 'dump'): OperationVariants {
    const known = this.#prepared[mode].get(key);
    if (known !== undefined) return known;
    const codec = this.#family.operations[key];
    const numbers = codec?.[mode];
    if (codec === undefined || numbers === undefined) throw this.#unknownOperation(key, mode);
    const prepared = new OperationVariants(this.#family, codec, numbers);
    this.#prepared[mode].set(key, prepared);
    return prepared;
  }

  /** The message type of a request; looks it up again if the family's module was reloaded. */
  #type(mode: ModeCodec): number {
    const { id } = this.#numbers.known() ?? this.#numbers.askSync();
    return id ?? mode.request;
  }

  #call(
    prepared: OperationVariants,
    request: object = NOTHING,
    options: DoCallOptions = NOTHING,
  ): Promise<unknown> {
    if (options !== NOTHING) {
      try {
        checkOptions(prepared.codec.name, options, DO_OPTIONS);
      } catch (error) {
        return rejected(error);
      }
    }
    const numbers = this.#numbers.known();
    if (numbers !== undefined) return this.#execute(prepared, numbers.id, request, options);
    return this.#numbers
      .ask({ signal: options.signal, timeout: options.timeout })
      .then(({ id }) => this.#execute(prepared, id, request, options));
  }

  #execute(
    prepared: OperationVariants,
    familyId: number | undefined,
    request: object,
    options: DoCallOptions,
  ): Promise<unknown> {
    let operation;
    try {
      operation = prepared.operation(options);
    } catch (error) {
      return rejected(error);
    }
    const flags = doFlags(options) | echoFlag(prepared.mode);
    const reply = this.#socket.perform(
      { operation, type: familyId ?? prepared.mode.request, flags, input: request },
      options,
    );
    // A request that ends with its reply has one.
    return operation.end === 'reply' ? reply : reply.then((given) => this.#checked(prepared, given, options));
  }

  #callSync(
    prepared: OperationVariants,
    request: object = NOTHING,
    options: DoCallOptions = NOTHING,
  ): unknown {
    if (options !== NOTHING) checkOptions(prepared.codec.name, options, DO_OPTIONS);
    const operation = prepared.operation(options);
    const flags = doFlags(options) | echoFlag(prepared.mode);
    const reply = this.#socket.performSync(
      { operation, type: this.#type(prepared.mode), flags, input: request },
      options,
    );
    return this.#checked(prepared, reply, options);
  }

  #checked(
    { codec, mode }: OperationVariants,
    reply: object | undefined,
    { echo }: FamilyDoOptions,
  ): object | undefined {
    if (mode.reply === undefined) return echo === true ? reply : undefined;
    if (reply !== undefined || mode.optionalReply === true) return reply;
    throw new NetlinkError(
      `${operationName(this.#family, codec)}: the kernel acknowledged the request and sent no reply`,
      { code: 'ERR_NETLINK_NO_REPLY', operation: operationName(this.#family, codec) },
    );
  }

  #dump(prepared: OperationVariants, request: object = NOTHING, options: DumpCallOptions = {}): unknown {
    checkOptions(prepared.codec.name, options, DUMP_OPTIONS);
    const { columns, flags = 0 } = options;
    if (columns !== undefined) return this.#dumpColumns(prepared, request, options, columns);
    const operation = prepared.operation(options);
    return this.#socket.performDump(
      { operation, type: this.#type(prepared.mode), flags, input: request },
      options,
    );
  }

  async #dumpColumns(
    { codec, mode }: OperationVariants,
    request: object,
    options: FamilyDumpOptions,
    keys: readonly string[],
  ): Promise<ColumnsOf<object, never>> {
    const reader = new ColumnReader(codec.body, keys);
    const skipped = genericLength(this.#family);
    const operation: Operation<object, undefined> = {
      ...familyOperation(this.#family, codec, mode, { strict: false }),
      restart: () => reader.reset(),
      decode: (view, offset, end) => {
        reader.add(view, offset + skipped, end);
        return undefined;
      },
    };
    const dump = this.#socket.performDump(
      { operation, type: this.#type(mode), flags: options.flags ?? 0, input: request },
      options,
    );
    // The reader keeps every message, so the only thing that the dump itself yields is its end.
    await dump.batches().next();
    return reader.finish();
  }
}

/** Some answers come only to requests that ask for an echo. */
function echoFlag({ echo }: ModeCodec): number {
  return echo === true ? NLM_F_ECHO : 0;
}
