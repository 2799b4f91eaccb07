/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef NETLINK_TEST_ECHO_H
#define NETLINK_TEST_ECHO_H

struct sk_buff;

/* The input function of the endpoint: answers every message of a datagram. */
void echo_input(struct sk_buff *skb);

#endif
