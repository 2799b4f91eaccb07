export type { Endpoint, EndpointDestination, EndpointMemory, EndpointProcess } from './endpoint.js';
export { type EndpointOptions, listEndpoints } from './list.js';
export { type EndpointChange, type WatchEndpointsOptions, watchEndpoints } from './watch.js';
