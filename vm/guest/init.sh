#!/bin/busybox sh
# First process of the guest, in the initramfs: mounts the host's root read-only with a tmpfs over it, and goes there.
export PATH=/bin
mkdir -p /proc /sys /lower /changes /root
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev

fail() {
	echo "<0>afnetlink: $1" >/dev/kmsg
	poweroff -f
}

while read -r module; do
	insmod "/modules/$module" || fail "cannot load $module"
done </modules/order

mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose root /lower ||
	fail 'cannot mount the root file system of the host'
mount -t tmpfs -o mode=755 changes /changes
mkdir /changes/upper /changes/work
mount -t overlay -o redirect_dir=on,lowerdir=/lower,upperdir=/changes/upper,workdir=/changes/work overlay /root ||
	fail 'cannot lay a writable file system over the root of the host'

mkdir -p /root/proc /root/sys /root/dev /root/run /root/tmp
mount -t tmpfs -o mode=755 run /root/run
mkdir /root/run/afnetlink
cp -a /bin /session/* /root/run/afnetlink/
mount --move /proc /root/proc
mount --move /sys /root/sys
mount --move /dev /root/dev
exec switch_root /root /run/afnetlink/bin/sh /run/afnetlink/session.sh
