// SPDX-License-Identifier: GPL-2.0 OR MIT
/* An endpoint of the protocol in every network namespace. */
#include <linux/netlink.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "echo.h"
#include "endpoint.h"

static unsigned int endpoint_id;

struct endpoint *endpoint_of(const struct net *net)
{
	return net_generic(net, endpoint_id);
}

static int __net_init endpoint_open(struct net *net)
{
	struct endpoint *endpoint = endpoint_of(net);
	struct netlink_kernel_cfg cfg = {
		.input = echo_input,
		.flags = NL_CFG_F_NONROOT_RECV,
	};

	begin_init(&endpoint->begin);
	flood_init(&endpoint->flood);
	mode_init(&endpoint->mode);
	endpoint->sock = netlink_kernel_create(net, protocol, &cfg);
	return endpoint->sock ? 0 : -ENOMEM;
}

static void __net_exit endpoint_close(struct net *net)
{
	struct endpoint *endpoint = endpoint_of(net);

	/* Nothing of the module uses the socket after this. */
	begin_stop(&endpoint->begin);
	flood_stop(&endpoint->flood);
	mode_stop(&endpoint->mode);
	netlink_kernel_release(endpoint->sock);
}

static struct pernet_operations endpoint_ops = {
	.init = endpoint_open,
	.exit = endpoint_close,
	.id = &endpoint_id,
	.size = sizeof(struct endpoint),
};

int endpoints_register(void)
{
	return register_pernet_subsys(&endpoint_ops);
}

void endpoints_unregister(void)
{
	unregister_pernet_subsys(&endpoint_ops);
}
