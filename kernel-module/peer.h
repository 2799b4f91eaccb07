/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef NETLINK_TEST_PEER_H
#define NETLINK_TEST_PEER_H

#include <net/netlink.h>

#include "netlink_test.h"

struct genl_info;

/* The test peer: commands that answer as their request says. */

extern const struct nla_policy values_policy[__NETLINK_TEST_A_VALUES_MAX];

int peer_reply_ack(struct sk_buff *skb, struct genl_info *info);
int peer_reply_error(struct sk_buff *skb, struct genl_info *info);
int peer_reply(struct sk_buff *skb, struct genl_info *info);
int peer_dump_start(struct netlink_callback *cb);
int peer_dump(struct sk_buff *skb, struct netlink_callback *cb);
int peer_interrupt_dumps(struct sk_buff *skb, struct genl_info *info);
int peer_get_values(struct sk_buff *skb, struct genl_info *info);
int peer_echo_values(struct sk_buff *skb, struct genl_info *info);

/* Fills in the extended acknowledgement that a request asks for. */
void peer_verdict(const struct nlmsghdr *request,
		  struct netlink_ext_ack *extack);

/* An attribute of a request of the family, or NULL, or its value. */
struct nlattr *peer_attr(const struct nlmsghdr *request, int type);
u32 peer_u32(const struct nlmsghdr *request, int type, u32 otherwise);
u64 peer_u64(const struct nlmsghdr *request, int type, u64 otherwise);

/* DATA attributes of @size bytes together, as few as possible. */
int peer_put_data(struct sk_buff *skb, u32 size);

#endif
