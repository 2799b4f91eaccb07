/*
 * The client that people have written since Linux 2.6: a message of type 0
 * without flags, its text padded with NULs to 1,024 bytes, bound to the
 * process id. Exits 0 when the module's answer carries the text.
 */
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAYLOAD_MAX 1024

static void die(const char *what)
{
	perror(what);
	exit(1);
}

int main(int argc, char **argv)
{
	const char *text = argc > 1 ? argv[1] : "Hello you!";
	struct sockaddr_nl own = { .nl_family = AF_NETLINK };
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	union {
		struct nlmsghdr header;
		char bytes[NLMSG_SPACE(PAYLOAD_MAX)];
	} message = { .header = { .nlmsg_len = NLMSG_SPACE(PAYLOAD_MAX) } };
	struct iovec iov = { .iov_base = &message,
			     .iov_len = sizeof(message) };
	struct msghdr msg = { .msg_name = &kernel,
			      .msg_namelen = sizeof(kernel),
			      .msg_iov = &iov,
			      .msg_iovlen = 1 };
	char *payload = NLMSG_DATA(&message.header);
	int sock;

	sock = socket(PF_NETLINK, SOCK_RAW, 17);
	if (sock < 0)
		die("socket");
	own.nl_pid = getpid();
	if (bind(sock, (struct sockaddr *)&own, sizeof(own)))
		die("bind");

	message.header.nlmsg_pid = getpid();
	snprintf(payload, PAYLOAD_MAX, "%s", text);
	printf("Send to kernel: %s\n", payload);
	if (sendmsg(sock, &msg, 0) < 0)
		die("sendmsg");

	memset(&message, 0, sizeof(message));
	if (recvmsg(sock, &msg, 0) < 0)
		die("recvmsg");
	printf("Received from kernel: %s\n", payload);
	close(sock);
	return strcmp(payload, text) != 0;
}
