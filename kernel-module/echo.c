// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The echo: every well-formed message goes back to its sender as it came. */
#define pr_fmt(fmt) "netlink_test: " fmt

#include <linux/netlink.h>
#include <linux/ratelimit.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/netlink.h>

#include "announce.h"
#include "echo.h"

#define LOGGED_TEXT_MAX 64

static DEFINE_RATELIMIT_STATE(log_limit, 5 * HZ, 200);

static int send_echo(struct sk_buff *request, const struct nlmsghdr *nlh)
{
	u32 portid = NETLINK_CB(request).portid;
	struct nlmsghdr *answer;
	struct sk_buff *skb;

	skb = nlmsg_new(nlmsg_len(nlh), GFP_KERNEL | __GFP_NOWARN);
	if (!skb)
		return -ENOMEM;
	answer = nlmsg_put(skb, portid, nlh->nlmsg_seq, nlh->nlmsg_type,
			   nlmsg_len(nlh), 0);
	if (!answer) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	memcpy(nlmsg_data(answer), nlmsg_data(nlh), nlmsg_len(nlh));
	return nlmsg_unicast(request->sk, skb, portid);
}

static void answer(struct sk_buff *request, struct nlmsghdr *nlh)
{
	const char *text = nlmsg_data(nlh);
	int length = strnlen(text, min(nlmsg_len(nlh), LOGGED_TEXT_MAX));
	bool logged = __ratelimit(&log_limit);
	int err;

	if (logged)
		pr_info("Received from pid %u: %*pE\n",
			NETLINK_CB(request).portid, length, text);
	/* First, so that whoever has the echo knows that all have heard. */
	announce(request, nlh);
	err = send_echo(request, nlh);
	if (logged && !err)
		pr_info("Send %*pE\n", length, text);
	if (err || nlh->nlmsg_flags & NLM_F_ACK)
		netlink_ack(request, nlh, err, NULL);
}

void echo_input(struct sk_buff *skb)
{
	struct nlmsghdr *nlh = nlmsg_hdr(skb);
	int left = skb->len;

	/* Port id 0 is the kernel, this function included: no end to that. */
	if (!NETLINK_CB(skb).portid)
		return;
	/*
	 * Not netlink_rcv_skb(): it passes over messages without
	 * NLM_F_REQUEST, and over all types below NLMSG_MIN_TYPE. A header
	 * that lies about its length ends the datagram unanswered.
	 */
	for (; nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left))
		answer(skb, nlh);
}
