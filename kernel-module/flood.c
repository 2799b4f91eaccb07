// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The flooder: messages as fast as the kernel can, every one accounted for. */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <net/genetlink.h>
#include <net/netlink.h>
#include <net/sock.h>

#include "control.h"
#include "endpoint.h"
#include "flood.h"

static int send_one(struct endpoint *endpoint, u32 number)
{
	struct flood *flood = &endpoint->flood;
	struct nlmsghdr *nlh;
	struct sk_buff *skb;

	skb = nlmsg_new(flood->size, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	nlh = nlmsg_put(skb, flood->portid, number, NETLINK_TEST_MSG_FLOOD,
			flood->size, 0);
	if (!nlh) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	memset(nlmsg_data(nlh), 0, flood->size);
	return nlmsg_unicast(endpoint->sock, skb, flood->portid);
}

static int put_flood(struct sk_buff *skb, struct flood *flood)
{
	if (nla_put_u32(skb, NETLINK_TEST_A_PORT_ID, flood->portid) ||
	    nla_put_u32(skb, NETLINK_TEST_A_SIZE, flood->size) ||
	    nla_put_u64_64bit(skb, NETLINK_TEST_A_COUNT, flood->count,
			      NETLINK_TEST_A_PAD) ||
	    nla_put_u64_64bit(skb, NETLINK_TEST_A_SENT,
			      atomic64_read(&flood->sent),
			      NETLINK_TEST_A_PAD) ||
	    nla_put_u64_64bit(skb, NETLINK_TEST_A_DROPPED,
			      atomic64_read(&flood->dropped),
			      NETLINK_TEST_A_PAD) ||
	    (flood->running && nla_put_flag(skb, NETLINK_TEST_A_RUNNING)))
		return -EMSGSIZE;
	return 0;
}

static void report_end(struct endpoint *endpoint)
{
	struct sk_buff *event = control_event(NETLINK_TEST_CMD_FLOOD_DONE);
	int err;

	if (!event)
		return;
	err = put_flood(event, &endpoint->flood);
	control_event_send(event, err, sock_net(endpoint->sock));
}

static void run(struct work_struct *work)
{
	struct flood *flood = container_of(work, struct flood, work);
	struct endpoint *endpoint = container_of(flood, struct endpoint, flood);
	u64 number;
	int err;

	for (number = 0; number < flood->count; number++) {
		if (READ_ONCE(flood->stopping))
			break;
		err = send_one(endpoint, number);
		/* The socket was closed: there is no receiver to count for. */
		if (err == -ECONNREFUSED)
			break;
		atomic64_inc(err ? &flood->dropped : &flood->sent);
		cond_resched();
	}
	mutex_lock(&flood->lock);
	flood->running = false;
	report_end(endpoint);
	mutex_unlock(&flood->lock);
	/* The namespace's end, and with it the module's, waits for the work. */
	module_put(THIS_MODULE);
}

int flood_start(struct sk_buff *skb, struct genl_info *info)
{
	struct flood *flood = &endpoint_of(genl_info_net(info))->flood;
	int err = 0;

	if (GENL_REQ_ATTR_CHECK(info, NETLINK_TEST_A_PORT_ID) ||
	    GENL_REQ_ATTR_CHECK(info, NETLINK_TEST_A_COUNT) ||
	    GENL_REQ_ATTR_CHECK(info, NETLINK_TEST_A_SIZE))
		return -EINVAL;
	mutex_lock(&flood->lock);
	if (flood->running) {
		NL_SET_ERR_MSG(info->extack, "a flood is running");
		err = -EBUSY;
	} else if (!try_module_get(THIS_MODULE)) {
		err = -ENODEV;
	} else {
		flood->portid =
			nla_get_u32(info->attrs[NETLINK_TEST_A_PORT_ID]);
		flood->count = nla_get_u64(info->attrs[NETLINK_TEST_A_COUNT]);
		flood->size = nla_get_u32(info->attrs[NETLINK_TEST_A_SIZE]);
		atomic64_set(&flood->sent, 0);
		atomic64_set(&flood->dropped, 0);
		flood->stopping = false;
		flood->running = true;
		queue_work(system_unbound_wq, &flood->work);
	}
	mutex_unlock(&flood->lock);
	return err;
}

int flood_end(struct sk_buff *skb, struct genl_info *info)
{
	flood_stop(&endpoint_of(genl_info_net(info))->flood);
	return 0;
}

int flood_get(struct sk_buff *skb, struct genl_info *info)
{
	struct flood *flood = &endpoint_of(genl_info_net(info))->flood;
	struct sk_buff *reply = control_reply(info);
	int err;

	if (!reply)
		return -ENOMEM;
	mutex_lock(&flood->lock);
	err = put_flood(reply, flood);
	mutex_unlock(&flood->lock);
	return control_reply_send(reply, err, info);
}

void flood_init(struct flood *flood)
{
	mutex_init(&flood->lock);
	INIT_WORK(&flood->work, run);
}

/* Not cancelled: the work gives back the module that it holds. */
void flood_stop(struct flood *flood)
{
	WRITE_ONCE(flood->stopping, true);
	flush_work(&flood->work);
}
