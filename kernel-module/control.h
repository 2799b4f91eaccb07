/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef NETLINK_TEST_CONTROL_H
#define NETLINK_TEST_CONTROL_H

#include <linux/types.h>

struct genl_info;
struct net;
struct sk_buff;

/* Puts the headers of a message of the family; NULL where they do not fit. */
struct nlmsghdr *control_put(struct sk_buff *skb, u32 portid, u32 sequence,
			     int flags, u8 command);

/* A reply with the command of its request; NULL where there is no memory. */
struct sk_buff *control_reply(struct genl_info *info);

/* Sends the reply, or frees it and returns @err where that is not 0. */
int control_reply_send(struct sk_buff *reply, int err, struct genl_info *info);

/* A notification with this command; NULL where there is no memory. */
struct sk_buff *control_event(u8 command);

/* Sends it to the listeners of a namespace, or frees it where @err is set. */
void control_event_send(struct sk_buff *event, int err, struct net *net);

int control_register(void);
void control_unregister(void);

#endif
