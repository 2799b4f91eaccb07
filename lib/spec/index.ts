export { generateModule, type GenerateOptions } from './generator/module.js';
export { type LoadOptions, loadFamily, readSpec } from './load.js';
export type * from './model.js';
export { normalise } from './normalise/index.js';
export type { Family } from './runtime/family.js';
