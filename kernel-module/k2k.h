/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef NETLINK_TEST_K2K_H
#define NETLINK_TEST_K2K_H

struct dentry;
struct sk_buff;

/* The input function's, for what has come from port id 0. */
void k2k_input(struct sk_buff *datagram);

/* Adds the file kernel_to_kernel. */
void k2k_create(struct dentry *folder);

#endif
