/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef NETLINK_TEST_FLOOD_H
#define NETLINK_TEST_FLOOD_H

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct genl_info;
struct sk_buff;

/* A burst of numbered messages to one port id; one at a time. */
struct flood {
	struct mutex lock;
	struct work_struct work;
	bool running;
	bool stopping;
	u32 portid;
	u32 size;
	u64 count;
	atomic64_t sent;
	atomic64_t dropped;
};

void flood_init(struct flood *flood);
void flood_stop(struct flood *flood);

int flood_start(struct sk_buff *skb, struct genl_info *info);
int flood_end(struct sk_buff *skb, struct genl_info *info);
int flood_get(struct sk_buff *skb, struct genl_info *info);

#endif
