/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef NETLINK_TEST_COUNTERS_H
#define NETLINK_TEST_COUNTERS_H

#include <linux/atomic.h>

#include "netlink_test.h"

struct genl_info;
struct sk_buff;

/* Indexed by NETLINK_TEST_A_COUNTERS_*. */
struct counters {
	atomic64_t values[__NETLINK_TEST_A_COUNTERS_MAX];
};

static inline void count(struct counters *counters, int which)
{
	atomic64_inc(&counters->values[which]);
}

static inline void count_more(struct counters *counters, int which, s64 amount)
{
	atomic64_add(amount, &counters->values[which]);
}

int counters_get(struct sk_buff *skb, struct genl_info *info);

#endif
