export { errnoName, errnoNumber } from '../errno.js';
export * from './addresses.js';
export {
  attributeScope,
  joinPath,
  locateAttribute,
  nestedSet,
  type LocatedAttribute,
} from './attribute-path.js';
export { AttributeReader } from './attributes.js';
export { align4, LITTLE_ENDIAN_HOST } from './byte-order.js';
export { cString } from './c-string.js';
export * from './constants.js';
export type { AttributeDescription, AttributeKind, AttributeScope, AttributeSet } from './description.js';
export * from './extended-ack.js';
export * from './messages.js';
export type { Operation, RequestEnd } from './operation.js';
export { type Bitfield32, WireView } from './view.js';
export { WireWriter } from './writer.js';
