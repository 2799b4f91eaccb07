// SPDX-License-Identifier: GPL-2.0 OR MIT
/* A netlink protocol of your own: every message is sent back. */
#include <linux/module.h>
#include <linux/netlink.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#define NETLINK_OWN 31 /* any unused number below 32 */

static struct sock *endpoint;

static int echo(struct sk_buff *request, struct nlmsghdr *header,
		struct netlink_ext_ack *extack)
{
	int length = nlmsg_len(header);
	struct nlmsghdr *answer;
	struct sk_buff *skb;

	if (!length) {
		NL_SET_ERR_MSG(extack, "there is nothing to send back");
		return -EINVAL;
	}
	skb = nlmsg_new(length, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	/* Cannot fail: the buffer was made for it. */
	answer = nlmsg_put(skb, NETLINK_CB(request).portid, header->nlmsg_seq,
			   header->nlmsg_type, length, 0);
	memcpy(nlmsg_data(answer), nlmsg_data(header), length);
	return nlmsg_unicast(endpoint, skb, NETLINK_CB(request).portid);
}

/* Called inside the sender's sendmsg(), with one datagram. */
static void input(struct sk_buff *skb)
{
	netlink_rcv_skb(skb, echo);
}

static int __init own_protocol_init(void)
{
	struct netlink_kernel_cfg cfg = { .input = input };

	endpoint = netlink_kernel_create(&init_net, NETLINK_OWN, &cfg);
	return endpoint ? 0 : -ENOMEM;
}

static void __exit own_protocol_exit(void)
{
	netlink_kernel_release(endpoint);
}

module_init(own_protocol_init);
module_exit(own_protocol_exit);

MODULE_DESCRIPTION("A netlink protocol of your own");
MODULE_LICENSE("Dual MIT/GPL");
