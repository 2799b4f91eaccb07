// SPDX-License-Identifier: GPL-2.0 OR MIT
/* What happened in a network namespace, in numbers. */
#include <net/genetlink.h>
#include <net/netlink.h>

#include "control.h"
#include "counters.h"
#include "endpoint.h"

static int put_counters(struct sk_buff *skb, struct counters *counters)
{
	struct nlattr *nest = nla_nest_start(skb, NETLINK_TEST_A_COUNTERS);
	int which;

	if (!nest)
		return -EMSGSIZE;
	for (which = NETLINK_TEST_A_COUNTERS_PAD + 1;
	     which <= NETLINK_TEST_A_COUNTERS_MAX; which++) {
		if (nla_put_u64_64bit(skb, which,
				      atomic64_read(&counters->values[which]),
				      NETLINK_TEST_A_COUNTERS_PAD))
			return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

int counters_get(struct sk_buff *skb, struct genl_info *info)
{
	struct endpoint *endpoint = endpoint_of(genl_info_net(info));
	struct sk_buff *reply;
	int err;

	reply = control_reply(info);
	if (!reply)
		return -ENOMEM;
	err = put_counters(reply, &endpoint->counters);
	return control_reply_send(reply, err, info);
}
