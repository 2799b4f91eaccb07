// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Announcements: what one process tells the module, all listeners hear. */
#include <linux/netlink.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/netlink.h>

#include "announce.h"
#include "netlink_test.h"

void announce(struct sk_buff *request, const struct nlmsghdr *nlh)
{
	const u32 group = NETLINK_TEST_GROUP_ANNOUNCE;
	struct nlmsghdr *copy;
	struct sk_buff *skb;

	/* The group's members have this one from its sender already. */
	if (NETLINK_CB(request).dst_group == group)
		return;
	if (!netlink_has_listeners(request->sk, group))
		return;
	skb = nlmsg_new(nlmsg_len(nlh), GFP_KERNEL | __GFP_NOWARN);
	if (!skb)
		return;
	copy = nlmsg_put(skb, NETLINK_CB(request).portid, nlh->nlmsg_seq,
			 nlh->nlmsg_type, nlmsg_len(nlh), 0);
	if (!copy) {
		nlmsg_free(skb);
		return;
	}
	memcpy(nlmsg_data(copy), nlmsg_data(nlh), nlmsg_len(nlh));
	/* Never waits: a listener whose queue is full sees an overrun. */
	nlmsg_multicast(request->sk, skb, 0, group, GFP_ATOMIC);
}
