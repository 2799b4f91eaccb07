# First process of the guest once it stands on the host's root: completes the system, loads modules, runs the command.
# The host's settings for this run are next to this file: settings.sh, host.sh, command.sh.
cd /run/afnetlink
export PATH=/run/afnetlink/bin
. ./settings.sh

fail() {
	echo "<0>afnetlink: $1" >/dev/kmsg
	[ -e /proc/self/fd/3 ] && echo "failed $1" >&3
	sleep 5
	poweroff -f
}

# port NAME: the device of a virtio-serial port, which appears a moment after its driver.
port() {
	for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		for device in /sys/class/virtio-ports/*; do
			[ "$(cat "$device/name")" = "$1" ] && echo "/dev/${device##*/}" && return
		done
		sleep 0.1
	done
	fail "the port $1 is missing"
}

complete_system() {
	# Kernels without a driver for the real-time clock start in 1970.
	[ "$(date +%s)" -lt "$clock" ] && date -s "@$clock" >/dev/null
	hostname guest
	mkdir -p /dev/pts /dev/shm /run/lock
	mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
	mount -t tmpfs -o mode=1777 shm /dev/shm
	chmod 1777 /run/lock
	ln -s /proc/self/fd /dev/fd
	ln -s /proc/self/fd/0 /dev/stdin
	ln -s /proc/self/fd/1 /dev/stdout
	ln -s /proc/self/fd/2 /dev/stderr
	mount -t debugfs debugfs /sys/kernel/debug
	mount -t tracefs tracefs /sys/kernel/tracing
	mount -t cgroup2 cgroup2 /sys/fs/cgroup
	ip link set lo up
	ulimit -c 0
	[ -n "$modprobe" ] && echo "$modprobe" >/proc/sys/kernel/modprobe
	if [ -n "$modules" ]; then
		mkdir -p "/lib/modules/$release"
		mount --bind "$modules" "/lib/modules/$release"
	fi
}

# load FILE [PARAMETER=VALUE...]: inserts a kernel module.
load() {
	insmod "$@" || fail "cannot load the module $1; the kernel log says why"
}

# share TAG FOLDER: a folder of the host that the guest may write, where it is on the host.
share() {
	mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=none "$1" "$2" || fail "cannot share the folder $2"
}

# What the host says while the command runs: the size of its terminal.
obey() {
	while read -r order rows columns; do
		[ "$order" = size ] && stty -F "$terminal" rows "$rows" cols "$columns"
	done
}

complete_system
exec 3<>"$(port control)"
. ./host.sh

mkfifo output error
cat output >"$(port output)" &
cat error >"$(port error)" &
exec 4<>output 5<>error
echo ready >&3

# In the foreground, since a shell has what it starts in the background ignore interrupts. And with /bin/sh, since a shell of
# busybox would prefer its own applets to the programs of the host.
if [ -n "$terminal" ]; then
	obey <&3 4>&- 5>&- &
	setsid -c env -i /bin/sh ./command.sh <"$terminal" >"$terminal" 2>&1 3>&- 4>&- 5>&-
else
	setsid env -i /bin/sh ./command.sh </dev/null >&4 2>&5 3>&- 4>&- 5>&-
fi
status=$?

sync
echo "<0>afnetlink: the command ended with status $status" >/dev/kmsg
echo "status $status $(cat /proc/sys/kernel/tainted)" >&3
printf %s "$trailer" >&4
printf %s "$trailer" >&5
# The host ends the guest once it has everything.
while :; do sleep 60; done
