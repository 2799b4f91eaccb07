/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef NETLINK_TEST_BEGIN_H
#define NETLINK_TEST_BEGIN_H

#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct endpoint;
struct genl_info;
struct sk_buff;

#define BEGIN_REGISTERED_MAX 64

/* Whom a namespace's endpoint speaks to without being asked, and when. */
struct begin {
	struct mutex lock;
	u32 registered[BEGIN_REGISTERED_MAX];
	unsigned int registered_count;
	struct delayed_work timer;
	unsigned long period; /* jiffies */
	u32 ticks;
};

void begin_init(struct begin *begin);
void begin_stop(struct begin *begin);

/* Speaks to every registered port id, and to the announcement group. */
void begin_say(struct endpoint *endpoint, u32 sequence, u16 type,
	       const char *text);

int begin_register(struct sk_buff *skb, struct genl_info *info);
int begin_unregister(struct sk_buff *skb, struct genl_info *info);
int begin_start_timer(struct sk_buff *skb, struct genl_info *info);
int begin_stop_timer(struct sk_buff *skb, struct genl_info *info);

/* Drops the registration of every socket that is closed. */
int begin_watch_sockets(void);
void begin_unwatch_sockets(void);

#endif
