// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The control channel: the commands of the Generic Netlink family. */
#include <linux/err.h>
#include <linux/module.h>
#include <net/genetlink.h>

#include "begin.h"
#include "control.h"
#include "counters.h"
#include "flood.h"
#include "mode.h"
#include "netlink_test.h"
#include "peer.h"
#include "ring.h"

#define PERIOD_MAX (30 * 1000)

static const struct nla_policy port_id_policy[] = {
	[NETLINK_TEST_A_PORT_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

static const struct nla_policy timer_policy[] = {
	[NETLINK_TEST_A_PERIOD] = NLA_POLICY_RANGE(NLA_U32, 1, PERIOD_MAX),
};

/* More than the 16 bits of NLA_POLICY_MAX. */
static const struct netlink_range_validation flood_size = {.max = 32768};

static const struct nla_policy flood_policy[] = {
	[NETLINK_TEST_A_PORT_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[NETLINK_TEST_A_COUNT] = {.type = NLA_U64},
	[NETLINK_TEST_A_SIZE] = NLA_POLICY_FULL_RANGE(NLA_U32, &flood_size),
};

static const struct nla_policy mode_policy[] = {
	[NETLINK_TEST_A_MODE] = NLA_POLICY_MAX(NLA_U32, NETLINK_TEST_MODE_MAX),
	[NETLINK_TEST_A_SLEEP] = NLA_POLICY_MAX(NLA_U32, 10 * 1000),
	[NETLINK_TEST_A_QUEUE_LIMIT] = NLA_POLICY_RANGE(NLA_U32, 1, 30000),
};

/* What the test peer's commands say about an acknowledgement or an error. */
#define VERDICT_POLICY                                                         \
	[NETLINK_TEST_A_ERRNO] = NLA_POLICY_RANGE(NLA_U32, 1, MAX_ERRNO),      \
	[NETLINK_TEST_A_MESSAGE] = {.type = NLA_NUL_STRING, .len = 200},       \
	[NETLINK_TEST_A_AT] = {.type = NLA_U32},                               \
	[NETLINK_TEST_A_AT_NESTED] = {.type = NLA_U32},                        \
	[NETLINK_TEST_A_POLICY] =                                              \
		NLA_POLICY_MAX(NLA_U32, NETLINK_TEST_A_VALUES_MAX),            \
	[NETLINK_TEST_A_MISSING] = {.type = NLA_U32},                          \
	[NETLINK_TEST_A_MISSING_NEST] = {.type = NLA_U32},                     \
	[NETLINK_TEST_A_VALUES] = {.type = NLA_NESTED}

static const struct nla_policy verdict_policy[] = {
	[NETLINK_TEST_A_COOKIE] = {.type = NLA_BINARY,
				   .len = NETLINK_MAX_COOKIE_LEN},
	VERDICT_POLICY,
};

static const struct nla_policy reply_policy[] = {
	[NETLINK_TEST_A_COUNT] = {.type = NLA_U64},
	[NETLINK_TEST_A_SIZE] = {.type = NLA_U32},
	[NETLINK_TEST_A_FLAGS] = {.type = NLA_U32},
	[NETLINK_TEST_A_SEQUENCE_DELTA] = {.type = NLA_S32},
	[NETLINK_TEST_A_LENGTH_DELTA] = {.type = NLA_S32},
	[NETLINK_TEST_A_UNALIGNED] = {.type = NLA_FLAG},
	[NETLINK_TEST_A_TOGETHER] = {.type = NLA_FLAG},
};

static const struct nla_policy dump_policy[] = {
	[NETLINK_TEST_A_COUNT] = {.type = NLA_U64},
	[NETLINK_TEST_A_SIZE] = NLA_POLICY_MAX(NLA_U32, 3000),
	[NETLINK_TEST_A_SLEEP] = NLA_POLICY_MAX(NLA_U32, 10 * 1000),
	[NETLINK_TEST_A_PER_DATAGRAM] = NLA_POLICY_MIN(NLA_U32, 1),
	[NETLINK_TEST_A_NO_MULTI] = {.type = NLA_FLAG},
	VERDICT_POLICY,
};

static const struct nla_policy interrupt_policy[] = {
	[NETLINK_TEST_A_COUNT] = {.type = NLA_U64},
};

static const struct nla_policy echo_values_policy[] = {
	[NETLINK_TEST_A_VALUES] = NLA_POLICY_NESTED(values_policy),
};

static const struct nla_policy ring_policy[] = {
	[NETLINK_TEST_A_FD] = NLA_POLICY_MIN(NLA_S32, 0),
	[NETLINK_TEST_A_COUNT] = {.type = NLA_U64},
	[NETLINK_TEST_A_SIZE] = NLA_POLICY_MAX(NLA_U32, RING_DATA_MAX),
};

#define POLICY(name) .policy = name, .maxattr = ARRAY_SIZE(name) - 1

static const struct genl_ops control_ops[] = {
	{
		.cmd = NETLINK_TEST_CMD_GET_COUNTERS,
		.doit = counters_get,
	},
	{
		.cmd = NETLINK_TEST_CMD_REGISTER,
		.doit = begin_register,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(port_id_policy),
	},
	{
		.cmd = NETLINK_TEST_CMD_UNREGISTER,
		.doit = begin_unregister,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(port_id_policy),
	},
	{
		.cmd = NETLINK_TEST_CMD_START_TIMER,
		.doit = begin_start_timer,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(timer_policy),
	},
	{
		.cmd = NETLINK_TEST_CMD_STOP_TIMER,
		.doit = begin_stop_timer,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = NETLINK_TEST_CMD_START_FLOOD,
		.doit = flood_start,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(flood_policy),
	},
	{
		.cmd = NETLINK_TEST_CMD_STOP_FLOOD,
		.doit = flood_end,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = NETLINK_TEST_CMD_GET_FLOOD,
		.doit = flood_get,
	},
	{
		.cmd = NETLINK_TEST_CMD_SET_MODE,
		.doit = mode_set,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(mode_policy),
	},
	{
		.cmd = NETLINK_TEST_CMD_GET_MODE,
		.doit = mode_get,
	},
	{
		.cmd = NETLINK_TEST_CMD_REPLY_ACK,
		.doit = peer_reply_ack,
		POLICY(verdict_policy),
	},
	{
		.cmd = NETLINK_TEST_CMD_REPLY_ERROR,
		.doit = peer_reply_error,
		POLICY(verdict_policy),
	},
	{
		.cmd = NETLINK_TEST_CMD_REPLY,
		.doit = peer_reply,
		POLICY(reply_policy),
	},
	{
		.cmd = NETLINK_TEST_CMD_DUMP,
		.start = peer_dump_start,
		.dumpit = peer_dump,
		POLICY(dump_policy),
	},
	{
		.cmd = NETLINK_TEST_CMD_INTERRUPT_DUMPS,
		.doit = peer_interrupt_dumps,
		.flags = GENL_UNS_ADMIN_PERM,
		POLICY(interrupt_policy),
	},
	{
		.cmd = NETLINK_TEST_CMD_GET_VALUES,
		.doit = peer_get_values,
	},
	{
		.cmd = NETLINK_TEST_CMD_ECHO_VALUES,
		.doit = peer_echo_values,
		POLICY(echo_values_policy),
	},
	{
		.cmd = NETLINK_TEST_CMD_RING_SUBMIT,
		.doit = ring_submit,
		POLICY(ring_policy),
	},
	{
		.cmd = NETLINK_TEST_CMD_RING_PRODUCE,
		.doit = ring_produce,
		POLICY(ring_policy),
	},
	{
		.cmd = NETLINK_TEST_CMD_RING_GET_FRAMES,
		.doit = ring_get_frames,
		POLICY(ring_policy),
	},
};

static const struct genl_multicast_group control_groups[] = {
	{.name = NETLINK_TEST_GENL_GROUP_EVENTS},
};

static struct genl_family control_family = {
	.name = NETLINK_TEST_GENL_NAME,
	.version = NETLINK_TEST_GENL_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	/* A command that takes long holds up no other family's. */
	.parallel_ops = true,
	.ops = control_ops,
	.n_ops = ARRAY_SIZE(control_ops),
	.mcgrps = control_groups,
	.n_mcgrps = ARRAY_SIZE(control_groups),
};

struct nlmsghdr *control_put(struct sk_buff *skb, u32 portid, u32 sequence,
			     int flags, u8 command)
{
	void *payload = genlmsg_put(skb, portid, sequence, &control_family,
				    flags, command);

	return payload ? payload - GENL_HDRLEN - NLMSG_HDRLEN : NULL;
}

static struct sk_buff *control_message(u32 portid, u32 sequence, u8 command)
{
	struct sk_buff *skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb)
		return NULL;
	if (!control_put(skb, portid, sequence, 0, command)) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

struct sk_buff *control_reply(struct genl_info *info)
{
	return control_message(info->snd_portid, info->snd_seq,
			       info->genlhdr->cmd);
}

int control_reply_send(struct sk_buff *reply, int err, struct genl_info *info)
{
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	nlmsg_end(reply, nlmsg_hdr(reply));
	return genlmsg_reply(reply, info);
}

struct sk_buff *control_event(u8 command)
{
	return control_message(0, 0, command);
}

void control_event_send(struct sk_buff *event, int err, struct net *net)
{
	if (err) {
		nlmsg_free(event);
		return;
	}
	nlmsg_end(event, nlmsg_hdr(event));
	genlmsg_multicast_netns(&control_family, net, event, 0, 0, GFP_KERNEL);
}

int control_register(void)
{
	return genl_register_family(&control_family);
}

void control_unregister(void)
{
	genl_unregister_family(&control_family);
}
