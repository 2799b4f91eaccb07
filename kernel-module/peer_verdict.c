// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Acknowledgements and errors, with everything that can accompany them. */
#include <linux/string.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#include "peer.h"

/* The attribute of the request that the number in @which stands for. */
static struct nlattr *named_attr(const struct nlmsghdr *request, int which)
{
	struct nlattr *number = peer_attr(request, which);

	return number ? peer_attr(request, nla_get_u32(number)) : NULL;
}

static struct nlattr *bad_attr(const struct nlmsghdr *request)
{
	struct nlattr *nested = peer_attr(request, NETLINK_TEST_A_AT_NESTED);
	struct nlattr *attr = named_attr(request, NETLINK_TEST_A_AT);

	if (!attr || !nested)
		return attr;
	return nla_find_nested(attr, nla_get_u32(nested));
}

void peer_verdict(const struct nlmsghdr *request,
		  struct netlink_ext_ack *extack)
{
	struct nlattr *message = peer_attr(request, NETLINK_TEST_A_MESSAGE);
	struct nlattr *missing = peer_attr(request, NETLINK_TEST_A_MISSING);
	struct nlattr *policy = peer_attr(request, NETLINK_TEST_A_POLICY);
	struct nlattr *cookie = peer_attr(request, NETLINK_TEST_A_COOKIE);

	/* Not NL_SET_ERR_MSG(): the text lies in the request, which stays. */
	if (message)
		extack->_msg = nla_data(message);
	NL_SET_BAD_ATTR_POLICY(extack, bad_attr(request),
			       policy ? &values_policy[nla_get_u32(policy)]
				      : NULL);
	if (missing)
		NL_SET_ERR_ATTR_MISS(
			extack,
			named_attr(request, NETLINK_TEST_A_MISSING_NEST),
			nla_get_u32(missing));
	if (cookie)
		extack->cookie_len = nla_memcpy(extack->cookie, cookie,
						sizeof(extack->cookie));
}

int peer_reply_ack(struct sk_buff *skb, struct genl_info *info)
{
	peer_verdict(info->nlhdr, info->extack);
	return 0;
}

int peer_reply_error(struct sk_buff *skb, struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, NETLINK_TEST_A_ERRNO))
		return -EINVAL;
	peer_verdict(info->nlhdr, info->extack);
	return -(int)nla_get_u32(info->attrs[NETLINK_TEST_A_ERRNO]);
}
