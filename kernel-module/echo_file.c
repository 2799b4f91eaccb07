// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The echo without netlink: by ioctl(2), or by write(2) and then read(2). */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "echo_file.h"
#include "netlink_test.h"

#define NAME "netlink_test_echo"

/* What was last written to an open file. */
struct echo_file {
	struct mutex lock;
	void *bytes;
	size_t length;
};

static int echo_open(struct inode *inode, struct file *file)
{
	struct echo_file *own = kzalloc(sizeof(*own), GFP_KERNEL);

	if (!own)
		return -ENOMEM;
	mutex_init(&own->lock);
	file->private_data = own;
	return nonseekable_open(inode, file);
}

static int echo_release(struct inode *inode, struct file *file)
{
	struct echo_file *own = file->private_data;

	kfree(own->bytes);
	kfree(own);
	return 0;
}

static ssize_t echo_write(struct file *file, const char __user *from,
			  size_t length, loff_t *offset)
{
	struct echo_file *own = file->private_data;
	void *bytes;

	if (length > NETLINK_TEST_ECHO_MAX)
		return -EMSGSIZE;
	bytes = memdup_user(from, length);
	if (IS_ERR(bytes))
		return PTR_ERR(bytes);
	mutex_lock(&own->lock);
	swap(own->bytes, bytes);
	own->length = length;
	*offset = 0;
	mutex_unlock(&own->lock);
	kfree(bytes);
	return length;
}

static ssize_t echo_read(struct file *file, char __user *to, size_t length,
			 loff_t *offset)
{
	struct echo_file *own = file->private_data;
	ssize_t got;

	mutex_lock(&own->lock);
	got = simple_read_from_buffer(to, length, offset, own->bytes,
				      own->length);
	mutex_unlock(&own->lock);
	return got;
}

/* Not inlined, so that a probe can count what is copied. */
static noinline int echo_copy_back(void __user *to, const void *bytes,
				   size_t length)
{
	return copy_to_user(to, bytes, length) ? -EFAULT : 0;
}

static long echo_ioctl(struct file *file, unsigned int request,
		       unsigned long argument)
{
	struct netlink_test_echo echo;
	void __user *place;
	void *bytes;
	long err;

	if (request != NETLINK_TEST_IOC_ECHO)
		return -ENOTTY;
	if (copy_from_user(&echo, (void __user *)argument, sizeof(echo)))
		return -EFAULT;
	if (memchr_inv(echo.reserved, 0, sizeof(echo.reserved)))
		return -EINVAL;
	if (echo.length > NETLINK_TEST_ECHO_MAX)
		return -EMSGSIZE;
	place = u64_to_user_ptr(echo.bytes);
	bytes = memdup_user(place, echo.length);
	if (IS_ERR(bytes))
		return PTR_ERR(bytes);
	err = echo_copy_back(place, bytes, echo.length);
	kfree(bytes);
	return err;
}

static const struct file_operations echo_fops = {
	.owner = THIS_MODULE,
	.open = echo_open,
	.release = echo_release,
	.write = echo_write,
	.read = echo_read,
	.unlocked_ioctl = echo_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/* A file in /proc has an owner by itself: its removal waits for callers. */
static const struct proc_ops echo_proc_ops = {
	.proc_open = echo_open,
	.proc_release = echo_release,
	.proc_write = echo_write,
	.proc_read = echo_read,
};

static struct miscdevice echo_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = NAME,
	.fops = &echo_fops,
	.mode = 0600,
};

int echo_files_register(void)
{
	int err = misc_register(&echo_device);

	if (err)
		return err;
	if (!proc_create(NAME, 0600, NULL, &echo_proc_ops)) {
		misc_deregister(&echo_device);
		return -ENOMEM;
	}
	return 0;
}

void echo_files_unregister(void)
{
	remove_proc_entry(NAME, NULL);
	misc_deregister(&echo_device);
}
