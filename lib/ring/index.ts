export { echoByIoctl } from './ioctl-echo.js';
export { NETLINK_TEST_MSG_RING_DATA, NETLINK_TEST_MSG_RING_RECEIPT } from './layout.js';
export {
  type MappedRing,
  openMappedRing,
  type OpenMappedRingOptions,
  type RingMessage,
  type RingMessageOptions,
  type Taken,
} from './mapped-ring.js';
export { readData, readReceipt, type RingData, type RingReceipt } from './payloads.js';
