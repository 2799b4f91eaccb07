// The numbers of kernel-module/netlink_test.h that a mapped ring needs.

/** Slots in each direction (NETLINK_TEST_RING_SLOTS). */
export const RING_SLOTS = 16;
/** Bytes of a slot, struct nlmsghdr included (NETLINK_TEST_RING_SLOT_SIZE). */
export const RING_SLOT_SIZE = 4096;
/** Pages of a ring (NETLINK_TEST_RING_PAGES): the indexes, the slots to the kernel, the slots to user space. */
export const RING_PAGES = 1 + 2 * RING_SLOTS;

/** Where the indexes of struct netlink_test_ring_head are, in 32-bit words. */
export const TO_KERNEL_FILLED = 0;
export const TO_KERNEL_EMPTIED = 16;
export const TO_USER_FILLED = 32;
export const TO_USER_EMPTIED = 48;

/** The module's answer to a message: payload as {@link readReceipt} reads it. */
export const NETLINK_TEST_MSG_RING_RECEIPT = 0x13;
/** A message that the module produced: payload as {@link readData} reads it. */
export const NETLINK_TEST_MSG_RING_DATA = 0x14;
