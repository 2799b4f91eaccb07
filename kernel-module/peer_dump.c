// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Dumps of any length: slow, interrupted, or ending in an error. */
#include <linux/delay.h>
#include <net/genetlink.h>
#include <net/netlink.h>
#include <net/sock.h>

#include "control.h"
#include "endpoint.h"
#include "peer.h"

/* In the kernel's space for a dump's progress. */
struct progress {
	u64 next;
	u64 count;
	bool interrupted;
};

static struct progress *progress_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct progress) > sizeof(cb->ctx));
	return (struct progress *)cb->ctx;
}

int peer_interrupt_dumps(struct sk_buff *skb, struct genl_info *info)
{
	struct endpoint *endpoint = endpoint_of(genl_info_net(info));

	atomic64_set(&endpoint->interruptions,
		     peer_u64(info->nlhdr, NETLINK_TEST_A_COUNT, 1));
	return 0;
}

int peer_dump_start(struct netlink_callback *cb)
{
	struct endpoint *endpoint = endpoint_of(sock_net(cb->skb->sk));
	struct progress *progress = progress_of(cb);

	progress->next = 0;
	progress->count = peer_u64(cb->nlh, NETLINK_TEST_A_COUNT, 1);
	progress->interrupted =
		atomic64_dec_if_positive(&endpoint->interruptions) >= 0;
	return 0;
}

static int put_entry(struct sk_buff *skb, struct netlink_callback *cb,
		     u64 index)
{
	struct nlattr *no_multi = peer_attr(cb->nlh, NETLINK_TEST_A_NO_MULTI);
	unsigned int start = skb->len;
	struct nlmsghdr *nlh;

	nlh = control_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  no_multi ? 0 : NLM_F_MULTI, NETLINK_TEST_CMD_DUMP);
	if (!nlh)
		return -EMSGSIZE;
	if (nla_put_u64_64bit(skb, NETLINK_TEST_A_INDEX, index,
			      NETLINK_TEST_A_PAD) ||
	    peer_put_data(skb, peer_u32(cb->nlh, NETLINK_TEST_A_SIZE, 0))) {
		skb_trim(skb, start);
		return -EMSGSIZE;
	}
	nl_dump_check_consistent(cb, nlh);
	nlmsg_end(skb, nlh);
	return 0;
}

static int end(struct netlink_callback *cb)
{
	peer_verdict(cb->nlh, cb->extack);
	return -(int)peer_u32(cb->nlh, NETLINK_TEST_A_ERRNO, 0);
}

int peer_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	u32 room = peer_u32(cb->nlh, NETLINK_TEST_A_PER_DATAGRAM, U32_MAX);
	struct progress *progress = progress_of(cb);

	msleep_interruptible(peer_u32(cb->nlh, NETLINK_TEST_A_SLEEP, 0));
	for (; progress->next < progress->count; progress->next++) {
		/* Another number than before is what marks a dump as torn. */
		cb->seq = progress->interrupted &&
					  progress->next > progress->count / 2
				  ? 2
				  : 1;
		if (!room-- || put_entry(skb, cb, progress->next))
			return skb->len;
	}
	if (progress->interrupted)
		cb->seq = 2;
	/* The end and its verdict in a datagram of their own: there is room. */
	return skb->len ? skb->len : end(cb);
}
