/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef NETLINK_TEST_MESSAGE_H
#define NETLINK_TEST_MESSAGE_H

#include <linux/types.h>

struct endpoint;

/*
 * Both send a message of the protocol, with a copy of the payload and without
 * flags, and never wait.
 */
int message_unicast(struct endpoint *endpoint, u32 portid, u32 sequence,
		    u16 type, const void *payload, int length);

/* To the announcement group, if anyone listens; @portid is the header's. */
void message_announce(struct endpoint *endpoint, u32 portid, u32 sequence,
		      u16 type, const void *payload, int length);

#endif
