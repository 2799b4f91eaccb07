import type { FamilyDoOptions } from '../spec/runtime/client.js';
import { NLM_F_APPEND, NLM_F_CREATE, NLM_F_ECHO, NLM_F_EXCL, NLM_F_REPLACE } from '../wire/constants.js';

/** The NLM_F_* bits that a request's options mean. */
export function doFlags(options: FamilyDoOptions): number {
  const { create, exclusive, replace, append, echo, flags = 0 } = options;
  return (
    flags |
    (create === true ? NLM_F_CREATE : 0) |
    (exclusive === true ? NLM_F_EXCL : 0) |
    (replace === true ? NLM_F_REPLACE : 0) |
    (append === true ? NLM_F_APPEND : 0) |
    (echo === true ? NLM_F_ECHO : 0)
  );
}
