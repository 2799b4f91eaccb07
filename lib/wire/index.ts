export * from './addresses.js';
export { AttributeReader } from './attributes.js';
export { align4, LITTLE_ENDIAN_HOST } from './byte-order.js';
export * from './constants.js';
export {
  nestedSet,
  type AttributeDescription,
  type AttributeKind,
  type AttributeSet,
} from './description.js';
export * from './messages.js';
export { type Bitfield32, WireView } from './view.js';
export { WireWriter } from './writer.js';
