import type { Family, ModeCodec, OperationCodec } from '../spec/runtime/family.js';
import type { Operation } from '../wire/operation.js';
import { familyOperation } from './operation.js';

type ReadOperation = Operation<object, object>;

/** How replies are read. */
export interface ReadOptions {
  readonly strict?: boolean | undefined;
  /** Only these properties. */
  readonly select?: readonly string[] | undefined;
}

/** An operation in one of its modes. The engine's description of it is created once for each way of reading. */
export class OperationVariants {
  readonly codec: OperationCodec;
  readonly mode: ModeCodec;
  readonly #family: Family;
  readonly #tolerant: ReadOperation;
  readonly #strict: ReadOperation;
  /** The previous call's selection, which is nearly always the next call's as well. */
  #selected:
    | { readonly keys: readonly string[]; readonly strict: boolean; readonly operation: ReadOperation }
    | undefined;

  constructor(family: Family, codec: OperationCodec, mode: ModeCodec) {
    this.#family = family;
    this.codec = codec;
    this.mode = mode;
    this.#tolerant = familyOperation(family, codec, mode, { strict: false });
    this.#strict = familyOperation(family, codec, mode, { strict: true });
  }

  /** Throws ERR_NETLINK_INVALID_ARGUMENT for a property that cannot be selected. */
  operation({ strict = false, select }: ReadOptions): ReadOperation {
    if (select === undefined) return strict ? this.#strict : this.#tolerant;
    const last = this.#selected;
    if (last?.strict === strict && isSame(last.keys, select)) return last.operation;
    const decode = this.codec.body.project(select as never[]);
    const operation = familyOperation(this.#family, this.codec, this.mode, { strict, decode });
    this.#selected = { keys: [...select], strict, operation };
    return operation;
  }
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}
