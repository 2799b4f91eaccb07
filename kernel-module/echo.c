// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The echo: every well-formed message goes back to its sender as it came. */
#define pr_fmt(fmt) "netlink_test: " fmt

#include <linux/capability.h>
#include <linux/delay.h>
#include <linux/netlink.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/netlink.h>
#include <net/sock.h>

#include "echo.h"
#include "endpoint.h"
#include "k2k.h"
#include "message.h"
#include "ring.h"

#define LOGGED_TEXT_MAX 64

static DEFINE_RATELIMIT_STATE(log_limit, 5 * HZ, 200);

static bool is_sender(struct task_struct *task, struct sk_buff *request)
{
	return !(task->flags & PF_KTHREAD) &&
	       task_tgid_vnr(task) == NETLINK_CREDS(request)->pid;
}

static void count_request(struct counters *counters, struct sk_buff *request,
			  bool privileged)
{
	count(counters, NETLINK_TEST_A_COUNTERS_RECEIVED);
	if (privileged)
		count(counters, NETLINK_TEST_A_COUNTERS_PRIVILEGED);
	count(counters, is_sender(current, request)
				? NETLINK_TEST_A_COUNTERS_HANDLED_IN_CALL
				: NETLINK_TEST_A_COUNTERS_HANDLED_LATER);
}

static void answer(struct endpoint *endpoint, struct sk_buff *request,
		   struct nlmsghdr *nlh)
{
	const char *text = nlmsg_data(nlh);
	int length = strnlen(text, min(nlmsg_len(nlh), LOGGED_TEXT_MAX));
	u32 portid = NETLINK_CB(request).portid;
	bool logged = __ratelimit(&log_limit);
	int err;

	if (logged)
		pr_info("Received from pid %u: %*pE\n", portid, length, text);
	/* A signal ends the sleep, so that its sender can be killed. */
	if (READ_ONCE(endpoint->mode.sleep))
		msleep_interruptible(endpoint->mode.sleep);
	/*
	 * First, so that a program with the echo knows that all have it. A
	 * message to the group has come to its members from its sender.
	 */
	if (NETLINK_CB(request).dst_group != NETLINK_TEST_GROUP_ANNOUNCE)
		message_announce(endpoint, portid, nlh->nlmsg_seq,
				 nlh->nlmsg_type, text, nlmsg_len(nlh));
	err = message_unicast(endpoint, portid, nlh->nlmsg_seq, nlh->nlmsg_type,
			      text, nlmsg_len(nlh));
	count(&endpoint->counters, err ? NETLINK_TEST_A_COUNTERS_DROPPED
				       : NETLINK_TEST_A_COUNTERS_ECHOED);
	if (logged && !err)
		pr_info("Send %*pE\n", length, text);
	if (err || nlh->nlmsg_flags & NLM_F_ACK)
		netlink_ack(request, nlh, err, NULL);
}

void echo_datagram(struct endpoint *endpoint, struct sk_buff *datagram,
		   bool privileged)
{
	struct nlmsghdr *nlh = nlmsg_hdr(datagram);
	int left = datagram->len;

	/*
	 * Not netlink_rcv_skb(): it passes over messages without
	 * NLM_F_REQUEST, and over all types below NLMSG_MIN_TYPE. A header
	 * that lies about its length ends the datagram unanswered.
	 */
	for (; nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left)) {
		count_request(&endpoint->counters, datagram, privileged);
		answer(endpoint, datagram, nlh);
	}
	if (left > 0)
		count(&endpoint->counters, NETLINK_TEST_A_COUNTERS_MALFORMED);
}

static void refuse(struct endpoint *endpoint, struct sk_buff *datagram, int err)
{
	struct nlmsghdr *nlh = nlmsg_hdr(datagram);
	int left = datagram->len;

	for (; nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left)) {
		count(&endpoint->counters, NETLINK_TEST_A_COUNTERS_DROPPED);
		netlink_ack(datagram, nlh, err, NULL);
	}
}

void echo_input(struct sk_buff *datagram)
{
	struct endpoint *endpoint = endpoint_of(sock_net(datagram->sk));
	bool privileged;
	int err;

	/* Port id 0 is the kernel, this function included: no end to that. */
	if (!NETLINK_CB(datagram).portid) {
		k2k_input(datagram);
		return;
	}
	privileged = netlink_capable(datagram, CAP_NET_ADMIN);
	/* Only a mapped ring's have their payload outside the socket buffer. */
	if (skb_is_nonlinear(datagram)) {
		count_request(&endpoint->counters, datagram, privileged);
		ring_answer(datagram);
		return;
	}
	if (READ_ONCE(endpoint->mode.kind) == NETLINK_TEST_MODE_DIRECT) {
		echo_datagram(endpoint, datagram, privileged);
		return;
	}
	err = mode_defer(endpoint, datagram, privileged);
	if (err)
		refuse(endpoint, datagram, err);
}
