/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef NETLINK_TEST_ECHO_H
#define NETLINK_TEST_ECHO_H

#include <linux/types.h>

struct endpoint;
struct sk_buff;

/* The input function of the endpoint, in the context of the sender. */
void echo_input(struct sk_buff *datagram);

/*
 * Answers every message of a datagram. @privileged: the sender has
 * CAP_NET_ADMIN, which can only be asked in its own context.
 */
void echo_datagram(struct endpoint *endpoint, struct sk_buff *datagram,
		   bool privileged);

#endif
