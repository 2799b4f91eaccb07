// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The mapped ring's traffic: a command is its wake-up, the reply the other. */
#include <linux/crc32.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/genetlink.h>
#include <net/netlink.h>
#include <net/sock.h>

#include "control.h"
#include "echo.h"
#include "endpoint.h"
#include "ring.h"

/* The file that the request names, held and its ring locked. */
static struct file *ring_hold(struct genl_info *info)
{
	struct nlattr *attr = info->attrs[NETLINK_TEST_A_FD];
	struct file *file;

	if (GENL_REQ_ATTR_CHECK(info, NETLINK_TEST_A_FD))
		return ERR_PTR(-EINVAL);
	file = fget(nla_get_s32(attr));
	if (!file) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr, "no open descriptor");
		return ERR_PTR(-EBADF);
	}
	if (!ring_of(file)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "not a descriptor of /dev/netlink_test");
		fput(file);
		return ERR_PTR(-EINVAL);
	}
	mutex_lock(&ring_of(file)->lock);
	return file;
}

static void ring_drop(struct file *file)
{
	mutex_unlock(&ring_of(file)->lock);
	fput(file);
}

/* Slots to user space that are free; -EINVAL where its index cannot be. */
static int room_to_user(struct ring *ring, struct genl_info *info)
{
	u32 emptied = smp_load_acquire(&ring_head(ring)->to_user.emptied);
	u32 used = ring->filled - emptied;

	if (used > NETLINK_TEST_RING_SLOTS) {
		NL_SET_ERR_MSG(info->extack,
			       "to_user.emptied is ahead or too far behind");
		return -EINVAL;
	}
	return NETLINK_TEST_RING_SLOTS - used;
}

/* Slots to the kernel that are filled; -EINVAL where their index cannot be. */
static int filled_to_kernel(struct ring *ring, struct genl_info *info)
{
	u32 filled = smp_load_acquire(&ring_head(ring)->to_kernel.filled);

	if (filled - ring->emptied > NETLINK_TEST_RING_SLOTS) {
		NL_SET_ERR_MSG(info->extack,
			       "to_kernel.filled is behind or too far ahead");
		return -EINVAL;
	}
	return filled - ring->emptied;
}

/* Fills the header of the next message to user space; returns its payload. */
static void *next_message(struct ring *ring, u16 type, u32 sequence, u32 length)
{
	struct page *page = ring_slot_to_user(ring, ring->filled);
	struct nlmsghdr *nlh = page_address(page);

	nlh->nlmsg_len = nlmsg_msg_size(length);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = 0;
	nlh->nlmsg_seq = sequence;
	nlh->nlmsg_pid = 0;
	return nlmsg_data(nlh);
}

static void publish_message(struct endpoint *endpoint, struct ring *ring)
{
	ring->filled++;
	smp_store_release(&ring_head(ring)->to_user.filled, ring->filled);
	count(&endpoint->counters, NETLINK_TEST_A_COUNTERS_RING_PRODUCED);
}

void ring_answer(struct sk_buff *datagram)
{
	struct endpoint *endpoint = endpoint_of(sock_net(datagram->sk));
	struct ring *ring = skb_shinfo(datagram)->destructor_arg;
	const skb_frag_t *frag = &skb_shinfo(datagram)->frags[0];
	struct netlink_test_ring_receipt *receipt;

	count(&endpoint->counters, NETLINK_TEST_A_COUNTERS_RING_RECEIVED);
	receipt =
		next_message(ring, NETLINK_TEST_MSG_RING_RECEIPT,
			     nlmsg_hdr(datagram)->nlmsg_seq, sizeof(*receipt));
	receipt->frame = ring_frame(skb_frag_page(frag));
	receipt->length = skb_frag_size(frag);
	receipt->checksum =
		~crc32_le(~0, skb_frag_address(frag), skb_frag_size(frag));
	publish_message(endpoint, ring);
}

/* A copy of the slot's header, with its payload as a fragment where it is. */
static struct sk_buff *wrap_slot(struct page *page, struct sk_buff *request,
				 struct endpoint *endpoint)
{
	struct sk_buff *skb = alloc_skb(NLMSG_HDRLEN, GFP_KERNEL);
	u32 length;

	if (!skb)
		return ERR_PTR(-ENOMEM);
	skb_put_data(skb, page_address(page), NLMSG_HDRLEN);
	/* From here on only the copy is looked at: the page may change. */
	barrier();
	length = nlmsg_hdr(skb)->nlmsg_len;
	if (length <= NLMSG_HDRLEN || length > NETLINK_TEST_RING_SLOT_SIZE) {
		kfree_skb(skb);
		return ERR_PTR(-EBADMSG);
	}
	get_page(page);
	skb_add_rx_frag(skb, 0, page, NLMSG_HDRLEN, length - NLMSG_HDRLEN,
			PAGE_SIZE);
	NETLINK_CB(skb) = NETLINK_CB(request);
	skb->sk = endpoint->sock;
	return skb;
}

/* Hands a slot to the protocol's input; -EBADMSG where it has no message. */
static int take_slot(struct ring *ring, struct sk_buff *request,
		     struct endpoint *endpoint)
{
	struct page *page = ring_slot_to_kernel(ring, ring->emptied);
	struct sk_buff *skb = wrap_slot(page, request, endpoint);

	if (IS_ERR(skb))
		return PTR_ERR(skb);
	skb_shinfo(skb)->destructor_arg = ring;
	echo_input(skb);
	skb->sk = NULL;
	consume_skb(skb);
	return 0;
}

struct taken {
	u64 slots;
	u64 malformed;
};

static int take_slots(struct ring *ring, struct genl_info *info,
		      struct sk_buff *request, struct taken *taken)
{
	struct endpoint *endpoint = endpoint_of(genl_info_net(info));
	int left = filled_to_kernel(ring, info);
	int room;
	int err;

	for (; left > 0; left--) {
		/* Every message has a receipt, so it waits for room for it. */
		room = room_to_user(ring, info);
		if (room <= 0)
			return room;
		err = take_slot(ring, request, endpoint);
		if (err == -EBADMSG) {
			taken->malformed++;
			count(&endpoint->counters,
			      NETLINK_TEST_A_COUNTERS_RING_MALFORMED);
		} else if (err) {
			return err;
		}
		taken->slots++;
		ring->emptied++;
		smp_store_release(&ring_head(ring)->to_kernel.emptied,
				  ring->emptied);
	}
	return left;
}

static int reply_with(struct genl_info *info, u64 count, int attribute,
		      u64 value)
{
	struct sk_buff *reply = control_reply(info);
	int err = 0;

	if (!reply)
		return -ENOMEM;
	if (nla_put_u64_64bit(reply, NETLINK_TEST_A_COUNT, count,
			      NETLINK_TEST_A_PAD) ||
	    nla_put_u64_64bit(reply, attribute, value, NETLINK_TEST_A_PAD))
		err = -EMSGSIZE;
	return control_reply_send(reply, err, info);
}

int ring_submit(struct sk_buff *skb, struct genl_info *info)
{
	struct file *file = ring_hold(info);
	struct taken taken = {};
	int err;

	if (IS_ERR(file))
		return PTR_ERR(file);
	err = take_slots(ring_of(file), info, skb, &taken);
	ring_drop(file);
	if (err)
		return err;
	return reply_with(info, taken.slots, NETLINK_TEST_A_DROPPED,
			  taken.malformed);
}

static void produce(struct ring *ring, struct endpoint *endpoint, u32 size)
{
	struct netlink_test_ring_data *data;
	u32 sequence = ring->filled;
	u32 i;

	data = next_message(ring, NETLINK_TEST_MSG_RING_DATA, sequence,
			    sizeof(*data) + size);
	data->frame = ring_frame(virt_to_page(data));
	for (i = 0; i < size; i++)
		data->bytes[i] = sequence + i;
	publish_message(endpoint, ring);
}

int ring_produce(struct sk_buff *skb, struct genl_info *info)
{
	struct endpoint *endpoint = endpoint_of(genl_info_net(info));
	struct file *file;
	u64 wanted;
	u32 size;
	int room;
	int i;

	if (GENL_REQ_ATTR_CHECK(info, NETLINK_TEST_A_COUNT) ||
	    GENL_REQ_ATTR_CHECK(info, NETLINK_TEST_A_SIZE))
		return -EINVAL;
	wanted = nla_get_u64(info->attrs[NETLINK_TEST_A_COUNT]);
	size = nla_get_u32(info->attrs[NETLINK_TEST_A_SIZE]);
	file = ring_hold(info);
	if (IS_ERR(file))
		return PTR_ERR(file);
	room = room_to_user(ring_of(file), info);
	for (i = 0; i < room && i < wanted; i++)
		produce(ring_of(file), endpoint, size);
	ring_drop(file);
	if (room < 0)
		return room;
	return reply_with(info, wanted, NETLINK_TEST_A_SENT, i);
}

/* What really lies where the ring is mapped, by the caller's page tables. */
static int mapped_frames(struct ring *ring, u64 *frames)
{
	struct page *pages[NETLINK_TEST_RING_PAGES];
	unsigned long address = READ_ONCE(ring->address);
	int found;
	int i;

	found = get_user_pages_fast(address, NETLINK_TEST_RING_PAGES, 0, pages);
	for (i = 0; i < found; i++) {
		frames[i] = ring_frame(pages[i]);
		put_page(pages[i]);
	}
	return found == NETLINK_TEST_RING_PAGES ? 0 : -EFAULT;
}

int ring_get_frames(struct sk_buff *skb, struct genl_info *info)
{
	u64 frames[NETLINK_TEST_RING_PAGES];
	struct file *file = ring_hold(info);
	struct sk_buff *reply;
	int err;

	if (IS_ERR(file))
		return PTR_ERR(file);
	err = mapped_frames(ring_of(file), frames);
	ring_drop(file);
	if (err) {
		NL_SET_ERR_MSG(info->extack, "the ring is not mapped");
		return err;
	}
	reply = control_reply(info);
	if (!reply)
		return -ENOMEM;
	err = nla_put(reply, NETLINK_TEST_A_FRAMES, sizeof(frames), frames);
	return control_reply_send(reply, err, info);
}
