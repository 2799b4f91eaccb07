export { Address } from './addresses/address.js';
export type { AddressInput, AddressOptions } from './addresses/address-input.js';
export type { Addresses, AddressFilter, AddressKey } from './addresses/addresses.js';
export type { AddressFlag } from './addresses/flags.js';
export type { ItemResult } from './changes.js';
export type { Family, IpFamily } from './ip.js';
export type { LinkReference } from './link-directory.js';
export { Link, type LinkState } from './links/link.js';
export type { LinkChange, LinkChangeOptions, LinkInput, LinkOptions, PeerInput } from './links/link-input.js';
export type { LinkFilter, Links } from './links/links.js';
export type * from './links/kinds/options.js';
export type { Counter, LinkStatistics, TrafficCounters } from './links/statistics.js';
export type { DefaultRoute } from './default-route.js';
export type { InterfaceAddress, NetworkInterface } from './interfaces.js';
export {
  type DefaultRouteOptions,
  type Network,
  type NetworkFamilies,
  type NetworkOptions,
  openNetwork,
} from './open.js';
export { type NextHop, Route, type RouteType } from './routes/route.js';
export type { NextHopInput, RouteInput } from './routes/route-input.js';
export type { RouteFilter, Routes } from './routes/routes.js';
