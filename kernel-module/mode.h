/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef NETLINK_TEST_MODE_H
#define NETLINK_TEST_MODE_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct endpoint;
struct genl_info;
struct nlmsghdr;
struct sk_buff;

/* Where and how slowly a namespace's messages are answered. */
struct mode {
	u32 kind;	 /* NETLINK_TEST_MODE_* */
	u32 sleep;	 /* milliseconds before each answer */
	spinlock_t lock; /* of the queue */
	struct list_head queue;
	u32 queued;
	u32 queue_limit;
	struct work_struct work;
};

void mode_init(struct mode *mode);
void mode_stop(struct mode *mode);

/* Has the datagram answered later; -ENOBUFS where too many wait already. */
int mode_defer(struct endpoint *endpoint, struct sk_buff *datagram,
	       bool privileged);

int mode_set(struct sk_buff *skb, struct genl_info *info);
int mode_get(struct sk_buff *skb, struct genl_info *info);

#endif
