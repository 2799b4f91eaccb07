// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Replies that a client must be able to cope with, right and wrong ones. */
#include <net/genetlink.h>
#include <net/netlink.h>

#include "control.h"
#include "peer.h"

#define TOTAL_MAX (4 * 1024 * 1024)
/* The headers of a message, its INDEX, and of each 32 KiB of its DATA. */
#define OVERHEAD(size) (64 + ((size) / 32768 + 1) * NLA_HDRLEN)

static int put_reply(struct sk_buff *skb, struct genl_info *info, u64 index)
{
	u32 sequence = info->snd_seq +
		       peer_u32(info->nlhdr, NETLINK_TEST_A_SEQUENCE_DELTA, 0);
	struct nlmsghdr *nlh;

	nlh = control_put(skb, info->snd_portid, sequence,
			  peer_u32(info->nlhdr, NETLINK_TEST_A_FLAGS, 0),
			  NETLINK_TEST_CMD_REPLY);
	if (!nlh)
		return -EMSGSIZE;
	if (nla_put_u64_64bit(skb, NETLINK_TEST_A_INDEX, index,
			      NETLINK_TEST_A_PAD) ||
	    peer_put_data(skb, peer_u32(info->nlhdr, NETLINK_TEST_A_SIZE, 0)))
		return -EMSGSIZE;
	nlmsg_end(skb, nlh);
	return 0;
}

/* The last message: without the padding of its last attribute. */
static void unalign(struct sk_buff *skb, struct nlmsghdr *last, u32 size)
{
	u32 padding = NLA_ALIGN(size) - size;

	last->nlmsg_len -= padding;
	skb_trim(skb, skb->len - padding);
}

/* Messages @first to @first + @count - 1 in one datagram. */
static int send_replies(struct genl_info *info, u64 first, u64 count)
{
	u32 size = peer_u32(info->nlhdr, NETLINK_TEST_A_SIZE, 0);
	struct sk_buff *skb = nlmsg_new(count * (size + OVERHEAD(size)),
					GFP_KERNEL | __GFP_NOWARN);
	unsigned int last = 0;
	struct nlmsghdr *nlh;
	u64 index;
	int err;

	if (!skb)
		return -ENOMEM;
	for (index = first; index < first + count; index++) {
		last = skb->len;
		err = put_reply(skb, info, index);
		if (err) {
			nlmsg_free(skb);
			return err;
		}
	}
	nlh = (struct nlmsghdr *)(skb->data + last);
	if (peer_attr(info->nlhdr, NETLINK_TEST_A_UNALIGNED))
		unalign(skb, nlh, size);
	nlh->nlmsg_len += peer_u32(info->nlhdr, NETLINK_TEST_A_LENGTH_DELTA, 0);
	return genlmsg_reply(skb, info);
}

int peer_reply(struct sk_buff *skb, struct genl_info *info)
{
	u64 count = peer_u64(info->nlhdr, NETLINK_TEST_A_COUNT, 1);
	u32 size = peer_u32(info->nlhdr, NETLINK_TEST_A_SIZE, 0);
	u64 index;
	int err;

	if (size > TOTAL_MAX || count > TOTAL_MAX / (size + OVERHEAD(size))) {
		NL_SET_ERR_MSG(info->extack, "more than 4 MiB of replies");
		return -EMSGSIZE;
	}
	if (peer_attr(info->nlhdr, NETLINK_TEST_A_TOGETHER))
		return count ? send_replies(info, 0, count) : 0;
	for (index = 0; index < count; index++) {
		err = send_replies(info, index, 1);
		if (err)
			return err;
	}
	return 0;
}
