// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Modes: answering late, and in a work item instead of the sender's call. */
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/netlink.h>
#include <net/sock.h>

#include "control.h"
#include "echo.h"
#include "endpoint.h"
#include "mode.h"

#define QUEUE_LIMIT_DEFAULT 1024

/* A datagram that waits, and what only its sender's call could tell. */
struct held {
	struct list_head list;
	struct sk_buff *datagram;
	struct sock *sender;
	bool privileged;
};

static bool enqueue(struct mode *mode, struct held *held)
{
	bool fits;

	spin_lock(&mode->lock);
	fits = mode->queued < mode->queue_limit;
	if (fits) {
		list_add_tail(&held->list, &mode->queue);
		mode->queued++;
	}
	spin_unlock(&mode->lock);
	return fits;
}

static struct held *dequeue(struct mode *mode)
{
	struct held *held;

	spin_lock(&mode->lock);
	held = list_first_entry_or_null(&mode->queue, struct held, list);
	if (held) {
		list_del(&held->list);
		mode->queued--;
	}
	spin_unlock(&mode->lock);
	return held;
}

int mode_defer(struct endpoint *endpoint, struct sk_buff *datagram,
	       bool privileged)
{
	struct held *held = kmalloc(sizeof(*held), GFP_KERNEL);

	if (!held)
		return -ENOMEM;
	held->datagram = skb_get(datagram);
	/* netlink_ack() looks into the sender's socket, open or not. */
	held->sender = NETLINK_CB(datagram).sk;
	sock_hold(held->sender);
	held->privileged = privileged;
	if (!enqueue(&endpoint->mode, held)) {
		sock_put(held->sender);
		kfree_skb(held->datagram);
		kfree(held);
		return -ENOBUFS;
	}
	queue_work(system_unbound_wq, &endpoint->mode.work);
	return 0;
}

static void answer_held(struct work_struct *work)
{
	struct mode *mode = container_of(work, struct mode, work);
	struct endpoint *endpoint = container_of(mode, struct endpoint, mode);
	struct held *held;

	while ((held = dequeue(mode))) {
		echo_datagram(endpoint, held->datagram, held->privileged);
		consume_skb(held->datagram);
		sock_put(held->sender);
		kfree(held);
		cond_resched();
	}
}

static u32 value_or(struct genl_info *info, int attribute, u32 value)
{
	struct nlattr *attr = info->attrs[attribute];

	return attr ? nla_get_u32(attr) : value;
}

int mode_set(struct sk_buff *skb, struct genl_info *info)
{
	struct mode *mode = &endpoint_of(genl_info_net(info))->mode;
	u32 limit =
		value_or(info, NETLINK_TEST_A_QUEUE_LIMIT, QUEUE_LIMIT_DEFAULT);

	if (GENL_REQ_ATTR_CHECK(info, NETLINK_TEST_A_MODE))
		return -EINVAL;
	WRITE_ONCE(mode->sleep, value_or(info, NETLINK_TEST_A_SLEEP, 0));
	spin_lock(&mode->lock);
	mode->queue_limit = limit;
	spin_unlock(&mode->lock);
	WRITE_ONCE(mode->kind, nla_get_u32(info->attrs[NETLINK_TEST_A_MODE]));
	/* What came before is answered before what comes after. */
	flush_work(&mode->work);
	return 0;
}

int mode_get(struct sk_buff *skb, struct genl_info *info)
{
	struct mode *mode = &endpoint_of(genl_info_net(info))->mode;
	struct sk_buff *reply = control_reply(info);
	int err = 0;

	if (!reply)
		return -ENOMEM;
	if (nla_put_u32(reply, NETLINK_TEST_A_MODE, READ_ONCE(mode->kind)) ||
	    nla_put_u32(reply, NETLINK_TEST_A_SLEEP, READ_ONCE(mode->sleep)) ||
	    nla_put_u32(reply, NETLINK_TEST_A_QUEUE_LIMIT,
			READ_ONCE(mode->queue_limit)) ||
	    nla_put_u32(reply, NETLINK_TEST_A_QUEUED, READ_ONCE(mode->queued)))
		err = -EMSGSIZE;
	return control_reply_send(reply, err, info);
}

void mode_init(struct mode *mode)
{
	mode->queue_limit = QUEUE_LIMIT_DEFAULT;
	spin_lock_init(&mode->lock);
	INIT_LIST_HEAD(&mode->queue);
	INIT_WORK(&mode->work, answer_held);
}

void mode_stop(struct mode *mode)
{
	WRITE_ONCE(mode->sleep, 0);
	flush_work(&mode->work);
}
