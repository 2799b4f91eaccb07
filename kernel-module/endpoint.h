/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef NETLINK_TEST_ENDPOINT_H
#define NETLINK_TEST_ENDPOINT_H

#include <linux/atomic.h>

#include "begin.h"
#include "counters.h"
#include "flood.h"
#include "mode.h"

struct net;
struct sock;

/* What the module keeps for each network namespace. */
struct endpoint {
	/* Port id 0 of the protocol there. */
	struct sock *sock;
	struct counters counters;
	struct begin begin;
	struct flood flood;
	struct mode mode;
	/* How many dumps of the test peer are still to be torn. */
	atomic64_t interruptions;
};

/* The number of the protocol, a parameter of the module. */
extern int protocol;

struct endpoint *endpoint_of(const struct net *net);

int endpoints_register(void);
void endpoints_unregister(void);

#endif
