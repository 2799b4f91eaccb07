/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef NETLINK_TEST_RING_H
#define NETLINK_TEST_RING_H

#include <linux/mutex.h>
#include <linux/netlink.h>

#include "netlink_test.h"

struct file;
struct genl_info;
struct page;
struct sk_buff;

/* The most bytes of a struct netlink_test_ring_data. */
#define RING_DATA_MAX                                                          \
	(NETLINK_TEST_RING_SLOT_SIZE - NLMSG_HDRLEN -                          \
	 sizeof(struct netlink_test_ring_data))

/* The ring of one open file: pages that it shares with the programs that map
 * them. */
struct ring {
	struct mutex lock;
	struct page *pages[NETLINK_TEST_RING_PAGES];
	/* Where it was mapped last; only to show which pages lie there. */
	unsigned long address;
	/*
	 * The indexes that are the kernel's to write. Those in the first page
	 * are copies, which user space may overwrite as it likes.
	 */
	u32 emptied;
	u32 filled;
};

/* The ring of an open file; NULL for a file of another kind. */
struct ring *ring_of(struct file *file);

/* The number of a page frame, hashed with a key that never leaves. */
u64 ring_frame(struct page *page);

struct netlink_test_ring_head *ring_head(struct ring *ring);

/* The page of a slot by its index, which keeps counting. */
struct page *ring_slot_to_kernel(struct ring *ring, u32 index);
struct page *ring_slot_to_user(struct ring *ring, u32 index);

/* Answers a message of a ring with a receipt in the same ring. */
void ring_answer(struct sk_buff *datagram);

int ring_submit(struct sk_buff *skb, struct genl_info *info);
int ring_produce(struct sk_buff *skb, struct genl_info *info);
int ring_get_frames(struct sk_buff *skb, struct genl_info *info);

int ring_register(void);
void ring_unregister(void);

#endif
