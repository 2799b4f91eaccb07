/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/* What netlink_test and its user-space programs must agree on. */
#ifndef NETLINK_TEST_H
#define NETLINK_TEST_H

#define NETLINK_TEST_PROTOCOL 17

/* Multicast groups of the protocol. */
enum {
	/* A copy of what user space tells the module, and what it begins. */
	NETLINK_TEST_GROUP_ANNOUNCE = 1,
};

/* Types of the protocol's messages that the module begins. */
enum {
	/* The text written to the trigger file, with its NUL. */
	NETLINK_TEST_MSG_TRIGGER = 0x10,
	/* The timer's "tick N"; the sequence number is N as well. */
	NETLINK_TEST_MSG_TICK = 0x11,
};

/* The control channel: a Generic Netlink family. */
#define NETLINK_TEST_GENL_NAME	  "netlink_test"
#define NETLINK_TEST_GENL_VERSION 1

enum {
	NETLINK_TEST_CMD_UNSPEC,
	NETLINK_TEST_CMD_GET_COUNTERS,
	NETLINK_TEST_CMD_REGISTER,
	NETLINK_TEST_CMD_UNREGISTER,
	NETLINK_TEST_CMD_START_TIMER,
	NETLINK_TEST_CMD_STOP_TIMER,

	__NETLINK_TEST_CMD_MAX,
	NETLINK_TEST_CMD_MAX = __NETLINK_TEST_CMD_MAX - 1,
};

enum {
	NETLINK_TEST_A_UNSPEC,
	NETLINK_TEST_A_COUNTERS, /* nest of NETLINK_TEST_A_COUNTERS_* */
	NETLINK_TEST_A_PORT_ID,	 /* u32, of a socket of the protocol */
	NETLINK_TEST_A_PERIOD,	 /* u32, milliseconds */

	__NETLINK_TEST_A_MAX,
	NETLINK_TEST_A_MAX = __NETLINK_TEST_A_MAX - 1,
};

/* Counters of one network namespace, all u64. */
enum {
	NETLINK_TEST_A_COUNTERS_UNSPEC,
	NETLINK_TEST_A_COUNTERS_PAD,
	NETLINK_TEST_A_COUNTERS_RECEIVED,
	NETLINK_TEST_A_COUNTERS_ECHOED,
	NETLINK_TEST_A_COUNTERS_DROPPED,
	NETLINK_TEST_A_COUNTERS_MALFORMED,
	NETLINK_TEST_A_COUNTERS_ANNOUNCED,
	NETLINK_TEST_A_COUNTERS_BEGUN,
	NETLINK_TEST_A_COUNTERS_COPIED_BYTES,

	__NETLINK_TEST_A_COUNTERS_MAX,
	NETLINK_TEST_A_COUNTERS_MAX = __NETLINK_TEST_A_COUNTERS_MAX - 1,
};

#endif
