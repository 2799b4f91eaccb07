export { Address } from './addresses/address.js';
export type { AddressInput, AddressOptions } from './addresses/address-input.js';
export type { Addresses, AddressFilter, AddressKey } from './addresses/addresses.js';
export type { AddressFlag } from './addresses/flags.js';
export type { ItemResult } from './changes.js';
export type { Family, IpFamily } from './ip.js';
export type { LinkReference } from './link-directory.js';
export { type Network, type NetworkFamilies, type NetworkOptions, openNetwork } from './open.js';
