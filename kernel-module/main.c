// SPDX-License-Identifier: GPL-2.0 OR MIT
/* netlink_test: an endpoint that echoes, in every network namespace. */
#define pr_fmt(fmt) "netlink_test: " fmt

#include <linux/module.h>
#include <linux/netlink.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "echo.h"
#include "netlink_test.h"

static int protocol = NETLINK_TEST_PROTOCOL;
module_param(protocol, int, 0444);
MODULE_PARM_DESC(protocol, "netlink protocol number, 0 to 31 (17)");

struct endpoint {
	struct sock *sock;
};

static unsigned int endpoint_id;

static int __net_init endpoint_open(struct net *net)
{
	struct endpoint *endpoint = net_generic(net, endpoint_id);
	struct netlink_kernel_cfg cfg = {
		.input = echo_input,
		.flags = NL_CFG_F_NONROOT_RECV,
	};

	endpoint->sock = netlink_kernel_create(net, protocol, &cfg);
	return endpoint->sock ? 0 : -ENOMEM;
}

static void __net_exit endpoint_close(struct net *net)
{
	struct endpoint *endpoint = net_generic(net, endpoint_id);

	netlink_kernel_release(endpoint->sock);
}

static struct pernet_operations endpoint_ops = {
	.init = endpoint_open,
	.exit = endpoint_close,
	.id = &endpoint_id,
	.size = sizeof(struct endpoint),
};

static int __init netlink_test_init(void)
{
	int err;

	if (protocol < 0 || protocol >= MAX_LINKS) {
		pr_err("protocol %d is not one of 0 to %d\n", protocol,
		       MAX_LINKS - 1);
		return -EINVAL;
	}
	err = register_pernet_subsys(&endpoint_ops);
	if (err) {
		pr_err("protocol %d cannot be registered: error %d\n", protocol,
		       err);
		return err;
	}
	pr_info("loaded, protocol %d\n", protocol);
	return 0;
}

static void __exit netlink_test_exit(void)
{
	unregister_pernet_subsys(&endpoint_ops);
	pr_info("unloaded\n");
}

module_init(netlink_test_init);
module_exit(netlink_test_exit);

MODULE_DESCRIPTION("Echoes netlink messages, for demos and tests");
MODULE_AUTHOR("The afnetlink authors");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION("0.1.0");
