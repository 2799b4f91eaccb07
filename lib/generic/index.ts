export type { GenericController } from './controller.js';
export type { GenericFamily, GenericOperation } from './family.js';
export { openGeneric, type OpenGenericOptions } from './open-generic.js';
export type { FamilyPolicy, PolicyAttribute, PolicySet } from './policy.js';
