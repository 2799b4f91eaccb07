// SPDX-License-Identifier: GPL-2.0 OR MIT
/* netlink_test: the other end of a netlink conversation. */
#define pr_fmt(fmt) "netlink_test: " fmt

#include <linux/module.h>
#include <linux/netlink.h>

#include "begin.h"
#include "control.h"
#include "echo_file.h"
#include "endpoint.h"
#include "netlink_test.h"
#include "ring.h"
#include "trigger.h"

int protocol = NETLINK_TEST_PROTOCOL;
module_param(protocol, int, 0444);
MODULE_PARM_DESC(protocol, "netlink protocol number, 0 to 31 (17)");

static int __init netlink_test_init(void)
{
	int err;

	if (protocol < 0 || protocol >= MAX_LINKS) {
		pr_err("protocol %d is not one of 0 to %d\n", protocol,
		       MAX_LINKS - 1);
		return -EINVAL;
	}
	err = endpoints_register();
	if (err) {
		pr_err("protocol %d cannot be registered: error %d\n", protocol,
		       err);
		return err;
	}
	err = begin_watch_sockets();
	if (err)
		goto unregister_endpoints;
	err = ring_register();
	if (err) {
		pr_err("the device /dev/netlink_test cannot be registered: "
		       "error %d\n",
		       err);
		goto unwatch_sockets;
	}
	err = echo_files_register();
	if (err) {
		pr_err("the files netlink_test_echo in /dev and /proc cannot "
		       "be "
		       "registered: error %d\n",
		       err);
		goto unregister_ring;
	}
	err = control_register();
	if (err) {
		pr_err("the family " NETLINK_TEST_GENL_NAME
		       " cannot be registered: error %d\n",
		       err);
		goto unregister_echo_files;
	}
	trigger_create();
	pr_info("loaded, protocol %d\n", protocol);
	return 0;

unregister_echo_files:
	echo_files_unregister();
unregister_ring:
	ring_unregister();
unwatch_sockets:
	begin_unwatch_sockets();
unregister_endpoints:
	endpoints_unregister();
	return err;
}

static void __exit netlink_test_exit(void)
{
	trigger_remove();
	control_unregister();
	echo_files_unregister();
	ring_unregister();
	begin_unwatch_sockets();
	endpoints_unregister();
	pr_info("unloaded\n");
}

module_init(netlink_test_init);
module_exit(netlink_test_exit);

MODULE_DESCRIPTION("The other end of netlink, for demos and tests");
MODULE_AUTHOR("The afnetlink authors");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION("0.1.0");
