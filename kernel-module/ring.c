// SPDX-License-Identifier: GPL-2.0 OR MIT
/* A character device whose every open file is a ring of pages to map. */
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>

#include "ring.h"

static_assert(PAGE_SIZE >= NETLINK_TEST_RING_SLOT_SIZE);

static siphash_key_t frame_key;

u64 ring_frame(struct page *page)
{
	return siphash_1u64(page_to_pfn(page), &frame_key);
}

struct netlink_test_ring_head *ring_head(struct ring *ring)
{
	return page_address(ring->pages[0]);
}

struct page *ring_slot_to_kernel(struct ring *ring, u32 index)
{
	return ring->pages[1 + index % NETLINK_TEST_RING_SLOTS];
}

struct page *ring_slot_to_user(struct ring *ring, u32 index)
{
	return ring->pages[1 + NETLINK_TEST_RING_SLOTS +
			   index % NETLINK_TEST_RING_SLOTS];
}

static void ring_free(struct ring *ring)
{
	int i;

	/* A mapping, or an skb on its way, keeps the pages that it has. */
	for (i = 0; i < NETLINK_TEST_RING_PAGES; i++)
		if (ring->pages[i])
			put_page(ring->pages[i]);
	kfree(ring);
}

static int ring_open(struct inode *inode, struct file *file)
{
	struct ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL_ACCOUNT);
	int i;

	if (!ring)
		return -ENOMEM;
	mutex_init(&ring->lock);
	for (i = 0; i < NETLINK_TEST_RING_PAGES; i++) {
		ring->pages[i] = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);
		if (!ring->pages[i]) {
			ring_free(ring);
			return -ENOMEM;
		}
	}
	file->private_data = ring;
	return nonseekable_open(inode, file);
}

static int ring_release(struct inode *inode, struct file *file)
{
	ring_free(file->private_data);
	return 0;
}

static int ring_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct ring *ring = file->private_data;
	int err;

	/* A private mapping would have pages of its own after a write. */
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	/* Refuses whatever lies outside of the ring. */
	err = vm_map_pages(vma, ring->pages, NETLINK_TEST_RING_PAGES);
	if (!err && !vma->vm_pgoff)
		WRITE_ONCE(ring->address, vma->vm_start);
	return err;
}

static long ring_ioctl(struct file *file, unsigned int request,
		       unsigned long argument)
{
	return request == NETLINK_TEST_IOC_RING ? NETLINK_TEST_RING_PAGES
						: -ENOTTY;
}

static const struct file_operations ring_fops = {
	.owner = THIS_MODULE,
	.open = ring_open,
	.release = ring_release,
	.mmap = ring_mmap,
	.unlocked_ioctl = ring_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

struct ring *ring_of(struct file *file)
{
	return file->f_op == &ring_fops ? file->private_data : NULL;
}

static struct miscdevice ring_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "netlink_test",
	.fops = &ring_fops,
	.mode = 0600,
};

int ring_register(void)
{
	get_random_bytes(&frame_key, sizeof(frame_key));
	return misc_register(&ring_device);
}

void ring_unregister(void)
{
	misc_deregister(&ring_device);
}
