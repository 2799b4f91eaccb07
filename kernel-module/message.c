// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Messages of the protocol, with a copy of the payload. */
#include <linux/netlink.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/netlink.h>

#include "endpoint.h"
#include "message.h"

static struct sk_buff *message_new(struct endpoint *endpoint, u32 portid,
				   u32 sequence, u16 type, const void *payload,
				   int length)
{
	struct nlmsghdr *nlh;
	struct sk_buff *skb;

	skb = nlmsg_new(length, GFP_KERNEL | __GFP_NOWARN);
	if (!skb)
		return NULL;
	nlh = nlmsg_put(skb, portid, sequence, type, length, 0);
	if (!nlh) {
		nlmsg_free(skb);
		return NULL;
	}
	memcpy(nlmsg_data(nlh), payload, length);
	count_more(&endpoint->counters, NETLINK_TEST_A_COUNTERS_COPIED_BYTES,
		   length);
	return skb;
}

int message_unicast(struct endpoint *endpoint, u32 portid, u32 sequence,
		    u16 type, const void *payload, int length)
{
	struct sk_buff *skb =
		message_new(endpoint, portid, sequence, type, payload, length);

	return skb ? nlmsg_unicast(endpoint->sock, skb, portid) : -ENOMEM;
}

void message_announce(struct endpoint *endpoint, u32 portid, u32 sequence,
		      u16 type, const void *payload, int length)
{
	const u32 group = NETLINK_TEST_GROUP_ANNOUNCE;
	struct sk_buff *skb;

	if (!netlink_has_listeners(endpoint->sock, group))
		return;
	skb = message_new(endpoint, portid, sequence, type, payload, length);
	/* Atomic: a listener whose queue is full is not waited for. */
	if (skb && !nlmsg_multicast(endpoint->sock, skb, 0, group, GFP_ATOMIC))
		count(&endpoint->counters, NETLINK_TEST_A_COUNTERS_ANNOUNCED);
}
