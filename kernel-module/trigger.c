// SPDX-License-Identifier: GPL-2.0 OR MIT
/* A file in debugfs: the module sends what is written to it to its listeners.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <net/net_namespace.h>

#include "begin.h"
#include "endpoint.h"
#include "k2k.h"
#include "trigger.h"

#define TEXT_MAX 4096

static struct dentry *folder;

static ssize_t trigger_write(struct file *file, const char __user *from,
			     size_t length, loff_t *offset)
{
	char *text;

	if (length > TEXT_MAX)
		return -EMSGSIZE;
	text = memdup_user_nul(from, length);
	if (IS_ERR(text))
		return PTR_ERR(text);
	/* As echo(1) writes it. */
	if (length > 0 && text[length - 1] == '\n')
		text[length - 1] = '\0';
	begin_say(endpoint_of(current->nsproxy->net_ns), 0,
		  NETLINK_TEST_MSG_TRIGGER, text);
	kfree(text);
	return length;
}

static const struct file_operations trigger_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.write = trigger_write,
};

/* Without debugfs there is no file, but the module still loads. */
void trigger_create(void)
{
	folder = debugfs_create_dir("netlink_test", NULL);
	debugfs_create_file("trigger", 0200, folder, NULL, &trigger_fops);
	k2k_create(folder);
}

void trigger_remove(void)
{
	debugfs_remove_recursive(folder);
}
