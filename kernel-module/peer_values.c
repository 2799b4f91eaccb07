// SPDX-License-Identifier: GPL-2.0 OR MIT
/* An attribute of every kind: with known values, or as the client says. */
#include <linux/etherdevice.h>
#include <linux/string.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#include "control.h"
#include "peer.h"

#define V(name) NETLINK_TEST_A_VALUES_##name

const struct nla_policy values_policy[] = {
	[V(U8)] = {.type = NLA_U8},
	[V(U16)] = {.type = NLA_U16},
	[V(U32)] = {.type = NLA_U32},
	[V(U64)] = {.type = NLA_U64},
	[V(S8)] = {.type = NLA_S8},
	[V(S16)] = {.type = NLA_S16},
	[V(S32)] = {.type = NLA_S32},
	[V(S64)] = {.type = NLA_S64},
	[V(U16_BE)] = {.type = NLA_U16},
	[V(U32_BE)] = {.type = NLA_U32},
	[V(U64_BE)] = {.type = NLA_U64},
	/* Linux 6.1 has no type for these. */
	[V(UINT)] = NLA_POLICY_MIN_LEN(sizeof(u32)),
	[V(SINT)] = NLA_POLICY_MIN_LEN(sizeof(s32)),
	[V(FLAG)] = {.type = NLA_FLAG},
	[V(STRING)] = {.type = NLA_STRING},
	[V(NUL_STRING)] = {.type = NLA_NUL_STRING, .len = 15},
	[V(BINARY)] = {.type = NLA_BINARY, .len = 64},
	[V(MAC)] = NLA_POLICY_EXACT_LEN(ETH_ALEN),
	[V(BITFIELD32)] = NLA_POLICY_BITFIELD32(0xff),
	[V(NEST)] = NLA_POLICY_NESTED(values_policy),
	[V(ARRAY)] = {.type = NLA_NESTED},
	[V(MULTI)] = {.type = NLA_U32},
	[V(RANGE)] = NLA_POLICY_RANGE(NLA_U32, 68, 1500),
	[V(SIGNED_RANGE)] = NLA_POLICY_RANGE(NLA_S8, -5, 5),
	[V(MASK)] = NLA_POLICY_MASK(NLA_U32, 0xff),
};

static int put_integers(struct sk_buff *skb)
{
	return nla_put_u8(skb, V(U8), 0xfe) ?:
	       nla_put_u16(skb, V(U16), 0xfedc) ?:
	       nla_put_u32(skb, V(U32), 0xfedcba98) ?:
	       nla_put_u64_64bit(skb, V(U64), 0xfedcba9876543210, V(PAD)) ?:
	       nla_put_s8(skb, V(S8), -2) ?:
	       nla_put_s16(skb, V(S16), -300) ?:
	       nla_put_s32(skb, V(S32), -70000) ?:
	       nla_put_s64(skb, V(S64), -5000000000, V(PAD)) ?:
	       nla_put_be16(skb, V(U16_BE), cpu_to_be16(0x1234)) ?:
	       nla_put_be32(skb, V(U32_BE), cpu_to_be32(0x12345678)) ?:
	       nla_put_be64(skb, V(U64_BE), cpu_to_be64(0x123456789abcdef0),
			    V(PAD)) ?:
	       nla_put_u32(skb, V(UINT), 4294967295) ?:
	       nla_put_s64(skb, V(SINT), -5000000000, V(PAD));
}

static int put_bytes(struct sk_buff *skb)
{
	static const u8 bytes[] = {0x00, 0x01, 0xfe, 0xff, 0x00};
	static const u8 mac[] = {0x02, 0x00, 0x5e, 0x10, 0x20, 0x30};
	static const char text[] = "unterminated";

	return nla_put_flag(skb, V(FLAG)) ?:
	       nla_put(skb, V(STRING), strlen(text), text) ?:
	       nla_put_string(skb, V(NUL_STRING), "terminated") ?:
	       nla_put(skb, V(BINARY), sizeof(bytes), bytes) ?:
	       nla_put(skb, V(MAC), sizeof(mac), mac) ?:
	       nla_put_bitfield32(skb, V(BITFIELD32), 0x05, 0x0f);
}

static int put_nest(struct sk_buff *skb)
{
	struct nlattr *nest = nla_nest_start(skb, V(NEST));
	struct nlattr *inner;

	if (!nest || nla_put_u32(skb, V(U32), 1))
		return -EMSGSIZE;
	inner = nla_nest_start(skb, V(NEST));
	if (!inner || nla_put_u32(skb, V(U32), 2))
		return -EMSGSIZE;
	nla_nest_end(skb, inner);
	nla_nest_end(skb, nest);
	return 0;
}

static int put_array(struct sk_buff *skb)
{
	struct nlattr *nest = nla_nest_start(skb, V(ARRAY));
	u32 index;

	if (!nest)
		return -EMSGSIZE;
	for (index = 1; index <= 3; index++)
		if (nla_put_u32(skb, index, index * 100))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int peer_get_values(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply = control_reply(info);
	struct nlattr *nest;
	int err;

	if (!reply)
		return -ENOMEM;
	nest = nla_nest_start(reply, NETLINK_TEST_A_VALUES);
	err = nest ? 0 : -EMSGSIZE;
	err = err ?: put_integers(reply);
	err = err ?: put_bytes(reply);
	err = err ?: put_nest(reply);
	err = err ?: put_array(reply);
	err = err ?: nla_put_u32(reply, V(MULTI), 7);
	err = err ?: nla_put_u32(reply, V(MULTI), 8);
	err = err ?: nla_put_u32(reply, V(RANGE), 1500);
	err = err ?: nla_put_s8(reply, V(SIGNED_RANGE), -5);
	err = err ?: nla_put_u32(reply, V(MASK), 0xff);
	if (!err)
		nla_nest_end(reply, nest);
	return control_reply_send(reply, err, info);
}

/* What was sent, if the policy lets it pass. */
int peer_echo_values(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *values = info->attrs[NETLINK_TEST_A_VALUES];
	struct sk_buff *reply;

	if (GENL_REQ_ATTR_CHECK(info, NETLINK_TEST_A_VALUES))
		return -EINVAL;
	reply = control_reply(info);
	if (!reply)
		return -ENOMEM;
	return control_reply_send(reply,
				  nla_put(reply,
					  NETLINK_TEST_A_VALUES | NLA_F_NESTED,
					  nla_len(values), nla_data(values)),
				  info);
}
