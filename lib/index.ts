export { NetlinkError, type LibraryErrorCode, type NetlinkErrorOptions } from './errors.js';
