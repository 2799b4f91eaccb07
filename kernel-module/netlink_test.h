/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
/* What netlink_test and its user-space programs must agree on. */
#ifndef NETLINK_TEST_H
#define NETLINK_TEST_H

#define NETLINK_TEST_PROTOCOL 17

/* Multicast groups of the protocol. */
enum {
	/* A copy of every message that user space sends to the module. */
	NETLINK_TEST_GROUP_ANNOUNCE = 1,
};

#endif
