// SPDX-License-Identifier: GPL-2.0 OR MIT
/* What the test peer's commands share: their requests, and their payload. */
#include <net/genetlink.h>
#include <net/netlink.h>

#include "peer.h"

/* A nla_len is 16 bits, with the header, and a message's end is aligned. */
#define DATA_MAX 32768

struct nlattr *peer_attr(const struct nlmsghdr *request, int type)
{
	return nlmsg_find_attr(request, GENL_HDRLEN, type);
}

u32 peer_u32(const struct nlmsghdr *request, int type, u32 otherwise)
{
	struct nlattr *attr = peer_attr(request, type);

	return attr ? nla_get_u32(attr) : otherwise;
}

u64 peer_u64(const struct nlmsghdr *request, int type, u64 otherwise)
{
	struct nlattr *attr = peer_attr(request, type);

	return attr ? nla_get_u64(attr) : otherwise;
}

int peer_put_data(struct sk_buff *skb, u32 size)
{
	do {
		u32 length = min_t(u32, size, DATA_MAX);
		struct nlattr *attr =
			nla_reserve(skb, NETLINK_TEST_A_DATA, length);
		u8 *data;
		u32 index;

		if (!attr)
			return -EMSGSIZE;
		data = nla_data(attr);
		for (index = 0; index < length; index++)
			data[index] = index;
		size -= length;
	} while (size > 0);
	return 0;
}
