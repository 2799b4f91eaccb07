// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Kernel to kernel: a kernel thread that sends to port id 0, and counts. */
#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <net/netlink.h>
#include <net/sock.h>

#include "endpoint.h"
#include "k2k.h"

#define COMMAND_MAX    64
#define SIZE_MAX_BYTES 32768
#define MESSAGES_MAX   1000000

/* What is asked for, and what is seen; no two run at once. */
struct k2k {
	struct endpoint *endpoint;
	u32 size;
	u32 messages;
	/* The socket buffer has much more room than the message needs. */
	bool oversized;
	bool stopping;
	struct completion done;
	int err;

	/* The message under way, as the sender knows it. */
	const struct sk_buff *skb;
	const void *head;
	const void *data;

	struct task_struct *sender;
	u64 sent;
	u64 received;
	u64 in_sender;
	u64 same_skb;
	u64 same_head;
	u64 same_data;
	u64 copied_bytes;
	u64 queued;
	u64 nanoseconds;
};

static DEFINE_MUTEX(lock);
static struct k2k *running;

void k2k_input(struct sk_buff *datagram)
{
	/* Written before the sender begins, and it alone gets here. */
	struct k2k *run = READ_ONCE(running);

	if (!run || nlmsg_hdr(datagram)->nlmsg_type != NETLINK_TEST_MSG_KERNEL)
		return;
	run->received++;
	run->in_sender += current == run->sender;
	run->same_skb += datagram == run->skb;
	run->same_head += datagram->head == run->head;
	run->same_data += datagram->data == run->data;
	/* A new head has got all that the old one held. */
	if (datagram->head != run->head)
		run->copied_bytes +=
			skb_tail_pointer(datagram) - datagram->head;
	run->queued += skb_queue_len(&datagram->sk->sk_receive_queue);
}

static struct sk_buff *message_make(struct k2k *run)
{
	/* netlink_trim() moves what fills less than about half its room. */
	u32 room = run->oversized ? 4 * run->size + PAGE_SIZE : run->size;
	struct sk_buff *skb = nlmsg_new(room, GFP_KERNEL);
	struct nlmsghdr *nlh;

	if (!skb)
		return NULL;
	nlh = nlmsg_put(skb, 0, run->sent, NETLINK_TEST_MSG_KERNEL, run->size,
			0);
	if (!nlh) {
		nlmsg_free(skb);
		return NULL;
	}
	memset(nlmsg_data(nlh), 0, run->size);
	return skb;
}

static int send_one(struct k2k *run)
{
	struct sk_buff *skb = message_make(run);
	u64 begun;
	int err;

	if (!skb)
		return -ENOMEM;
	run->skb = skb;
	run->head = skb->head;
	run->data = skb->data;
	begun = ktime_get_ns();
	err = nlmsg_unicast(run->endpoint->sock, skb, 0);
	run->nanoseconds += ktime_get_ns() - begun;
	run->sent++;
	return err;
}

static int send_all(void *data)
{
	struct k2k *run = data;

	run->sender = current;
	while (run->sent < run->messages && !run->err &&
	       !READ_ONCE(run->stopping)) {
		run->err = send_one(run);
		cond_resched();
	}
	/* Nothing of the module is executed after this. */
	kthread_complete_and_exit(&run->done, 0);
}

static int run_in_thread(struct k2k *run)
{
	struct task_struct *task;

	init_completion(&run->done);
	task = kthread_create(send_all, run, "netlink_test_k2k");
	if (IS_ERR(task))
		return PTR_ERR(task);
	WRITE_ONCE(running, run);
	wake_up_process(task);
	if (wait_for_completion_killable(&run->done)) {
		WRITE_ONCE(run->stopping, true);
		wait_for_completion(&run->done);
	}
	WRITE_ONCE(running, NULL);
	return run->stopping ? -EINTR : run->err;
}

static char *report_of(const struct k2k *run)
{
	return kasprintf(GFP_KERNEL,
			 "size %u\nsent %llu\nreceived %llu\nin_sender %llu\n"
			 "same_skb %llu\nsame_head %llu\nsame_data %llu\n"
			 "copied_bytes %llu\nqueued %llu\nnanoseconds %llu\n",
			 run->size, run->sent, run->received, run->in_sender,
			 run->same_skb, run->same_head, run->same_data,
			 run->copied_bytes, run->queued, run->nanoseconds);
}

static int parse(struct k2k *run, const char *command)
{
	char kind[COMMAND_MAX + 1] = "";
	int fields =
		sscanf(command, "%u %u %64s", &run->size, &run->messages, kind);

	if (fields < 2 || run->size > SIZE_MAX_BYTES || !run->messages ||
	    run->messages > MESSAGES_MAX)
		return -EINVAL;
	run->oversized = !strcmp(kind, "oversized");
	return fields == 3 && !run->oversized ? -EINVAL : 0;
}

/* Each open file has the report of its own last run; NULL before that. */
struct k2k_file {
	struct mutex lock;
	char *report;
};

static int k2k_open(struct inode *inode, struct file *file)
{
	struct k2k_file *own = kzalloc(sizeof(*own), GFP_KERNEL);

	if (!own)
		return -ENOMEM;
	mutex_init(&own->lock);
	file->private_data = own;
	return nonseekable_open(inode, file);
}

static int k2k_release(struct inode *inode, struct file *file)
{
	struct k2k_file *own = file->private_data;

	kfree(own->report);
	kfree(own);
	return 0;
}

static int k2k_run(struct k2k *run, char **report)
{
	int err = mutex_lock_killable(&lock);

	if (err)
		return err;
	err = run_in_thread(run);
	mutex_unlock(&lock);
	if (err)
		return err;
	*report = report_of(run);
	return *report ? 0 : -ENOMEM;
}

static ssize_t k2k_write(struct file *file, const char __user *from,
			 size_t length, loff_t *offset)
{
	struct k2k_file *own = file->private_data;
	struct k2k run = {
		.endpoint = endpoint_of(current->nsproxy->net_ns),
	};
	char command[COMMAND_MAX + 1] = "";
	char *report;
	int err;

	if (length > COMMAND_MAX)
		return -EMSGSIZE;
	if (copy_from_user(command, from, length))
		return -EFAULT;
	err = parse(&run, command) ?: k2k_run(&run, &report);
	if (err)
		return err;
	mutex_lock(&own->lock);
	swap(own->report, report);
	*offset = 0;
	mutex_unlock(&own->lock);
	kfree(report);
	return length;
}

static ssize_t k2k_read(struct file *file, char __user *to, size_t length,
			loff_t *offset)
{
	struct k2k_file *own = file->private_data;
	ssize_t got = 0;

	mutex_lock(&own->lock);
	if (own->report)
		got = simple_read_from_buffer(to, length, offset, own->report,
					      strlen(own->report));
	mutex_unlock(&own->lock);
	return got;
}

static const struct file_operations k2k_fops = {
	.owner = THIS_MODULE,
	.open = k2k_open,
	.release = k2k_release,
	.write = k2k_write,
	.read = k2k_read,
};

void k2k_create(struct dentry *folder)
{
	debugfs_create_file("kernel_to_kernel", 0600, folder, NULL, &k2k_fops);
}
