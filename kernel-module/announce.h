/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef NETLINK_TEST_ANNOUNCE_H
#define NETLINK_TEST_ANNOUNCE_H

struct nlmsghdr;
struct sk_buff;

/* Tells the listeners of the announcement group about a message. */
void announce(struct sk_buff *request, const struct nlmsghdr *nlh);

#endif
