// What only generated modules import: public as `afnetlink/generated-runtime`. A change that breaks them needs a new ABI.

export { invalidArgument } from '../../errors.js';
export { LITTLE_ENDIAN_HOST } from '../../wire/byte-order.js';
export { bytesOf, type Bytes } from '../../wire/bytes.js';
export type { AttributeScope, AttributeSet } from '../../wire/description.js';
export type { Bitfield32, WireView } from '../../wire/view.js';
export { s64At, u64At } from '../../wire/wide.js';
export type { WireWriter } from '../../wire/writer.js';
export type { NarrowMethod, WideMethod } from '../integer-method.js';
export { requireAbi } from './abi.js';
export * from './addresses.js';
export type * from './client.js';
export * from './enumeration.js';
export * from './extra.js';
export * from './family.js';
export * from './input.js';
export * from './reading.js';
export * from './writing.js';
