// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The kernel begins: messages that no request asked for. */
#include <linux/jiffies.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/string.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#include "begin.h"
#include "endpoint.h"
#include "message.h"

static void forget(struct begin *begin, unsigned int index)
{
	begin->registered_count--;
	memmove(&begin->registered[index], &begin->registered[index + 1],
		(begin->registered_count - index) * sizeof(u32));
}

static int find(const struct begin *begin, u32 portid)
{
	unsigned int index;

	for (index = 0; index < begin->registered_count; index++)
		if (begin->registered[index] == portid)
			return index;
	return -1;
}

static void say_to_registered(struct endpoint *endpoint, u32 sequence, u16 type,
			      const char *text, int length)
{
	struct begin *begin = &endpoint->begin;
	unsigned int index = 0;
	int err;

	/* Held while sending, so that a closed socket is not sent to. */
	mutex_lock(&begin->lock);
	while (index < begin->registered_count) {
		err = message_unicast(endpoint, begin->registered[index],
				      sequence, type, text, length);
		if (err == -ECONNREFUSED) {
			forget(begin, index);
			continue;
		}
		count(&endpoint->counters, err ? NETLINK_TEST_A_COUNTERS_DROPPED
					       : NETLINK_TEST_A_COUNTERS_BEGUN);
		index++;
	}
	mutex_unlock(&begin->lock);
}

void begin_say(struct endpoint *endpoint, u32 sequence, u16 type,
	       const char *text)
{
	int length = strlen(text) + 1;

	say_to_registered(endpoint, sequence, type, text, length);
	message_announce(endpoint, 0, sequence, type, text, length);
}

int begin_register(struct sk_buff *skb, struct genl_info *info)
{
	struct begin *begin = &endpoint_of(genl_info_net(info))->begin;
	struct nlattr *attr = info->attrs[NETLINK_TEST_A_PORT_ID];
	int err = 0;

	if (GENL_REQ_ATTR_CHECK(info, NETLINK_TEST_A_PORT_ID))
		return -EINVAL;
	mutex_lock(&begin->lock);
	if (find(begin, nla_get_u32(attr)) >= 0) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "this port id is registered already");
		err = -EEXIST;
	} else if (begin->registered_count == BEGIN_REGISTERED_MAX) {
		NL_SET_ERR_MSG(info->extack,
			       "no more port ids can be registered here");
		err = -ENOSPC;
	} else {
		begin->registered[begin->registered_count++] =
			nla_get_u32(attr);
	}
	mutex_unlock(&begin->lock);
	return err;
}

int begin_unregister(struct sk_buff *skb, struct genl_info *info)
{
	struct begin *begin = &endpoint_of(genl_info_net(info))->begin;
	struct nlattr *attr = info->attrs[NETLINK_TEST_A_PORT_ID];
	int index;

	if (GENL_REQ_ATTR_CHECK(info, NETLINK_TEST_A_PORT_ID))
		return -EINVAL;
	mutex_lock(&begin->lock);
	index = find(begin, nla_get_u32(attr));
	if (index >= 0)
		forget(begin, index);
	mutex_unlock(&begin->lock);
	if (index >= 0)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    "this port id is not registered");
	return -ENOENT;
}

static void tick(struct work_struct *work)
{
	struct begin *begin =
		container_of(to_delayed_work(work), struct begin, timer);
	struct endpoint *endpoint = container_of(begin, struct endpoint, begin);
	char text[sizeof("tick 4294967295")];

	begin->ticks++;
	snprintf(text, sizeof(text), "tick %u", begin->ticks);
	begin_say(endpoint, begin->ticks, NETLINK_TEST_MSG_TICK, text);
	schedule_delayed_work(&begin->timer, READ_ONCE(begin->period));
}

int begin_start_timer(struct sk_buff *skb, struct genl_info *info)
{
	struct begin *begin = &endpoint_of(genl_info_net(info))->begin;
	unsigned long period;

	if (GENL_REQ_ATTR_CHECK(info, NETLINK_TEST_A_PERIOD))
		return -EINVAL;
	period = msecs_to_jiffies(
		nla_get_u32(info->attrs[NETLINK_TEST_A_PERIOD]));
	WRITE_ONCE(begin->period, period);
	mod_delayed_work(system_wq, &begin->timer, period);
	return 0;
}

int begin_stop_timer(struct sk_buff *skb, struct genl_info *info)
{
	struct begin *begin = &endpoint_of(genl_info_net(info))->begin;

	cancel_delayed_work_sync(&begin->timer);
	return 0;
}

void begin_init(struct begin *begin)
{
	mutex_init(&begin->lock);
	INIT_DELAYED_WORK(&begin->timer, tick);
}

void begin_stop(struct begin *begin)
{
	cancel_delayed_work_sync(&begin->timer);
}

static int on_socket_event(struct notifier_block *block, unsigned long event,
			   void *data)
{
	const struct netlink_notify *socket = data;
	struct begin *begin;
	int index;

	if (event != NETLINK_URELEASE || socket->protocol != protocol)
		return NOTIFY_DONE;
	begin = &endpoint_of(socket->net)->begin;
	mutex_lock(&begin->lock);
	index = find(begin, socket->portid);
	if (index >= 0)
		forget(begin, index);
	mutex_unlock(&begin->lock);
	return NOTIFY_DONE;
}

static struct notifier_block socket_events = {
	.notifier_call = on_socket_event,
};

int begin_watch_sockets(void)
{
	return netlink_register_notifier(&socket_events);
}

void begin_unwatch_sockets(void)
{
	netlink_unregister_notifier(&socket_events);
}
