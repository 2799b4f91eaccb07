export { NetlinkError, type LibraryErrorCode, type NetlinkErrorOptions } from './errors.js';
export * from './wire/index.js';
