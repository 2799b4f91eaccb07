// What the system calls alone cost, with no netlink protocol behind them.
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "raw.h"

static int netlink_fd, unix_fds[2];
static char request[NLMSG_HDRLEN], reply[8192];

static void call_getppid(void) { syscall(SYS_getppid); }
static void receive_nothing(void) { recv(netlink_fd, reply, sizeof reply, MSG_DONTWAIT); }
static void poll_nothing(void) { poll(&(struct pollfd){netlink_fd, POLLIN, 0}, 1, 0); }
static void send_noop(void) {
  if (send(netlink_fd, request, sizeof request, 0) < 0) fail("send");
}
static void send_and_receive(void) {
  send_noop();
  if (recv(netlink_fd, reply, sizeof reply, 0) < 0) fail("recv");
}
static void unix_send_and_receive(void) {
  if (send(unix_fds[0], request, sizeof request, 0) < 0 || recv(unix_fds[1], reply, sizeof reply, 0) < 0)
    fail("unix");
}

static const struct {
  const char* name;
  void (*call)(void);
  uint16_t flags;
} floors[] = {
    {"getppid", call_getppid, 0},
    {"recv of nothing", receive_nothing, 0},
    {"poll of nothing", poll_nothing, 0},
    {"send of NLMSG_NOOP", send_noop, 0},
    {"send of NLMSG_NOOP, its acknowledgement received", send_and_receive, NLM_F_REQUEST | NLM_F_ACK},
    {"AF_UNIX datagram sent and received", unix_send_and_receive, 0},
};

int raw_floor(const struct arguments* arguments) {
  netlink_fd = raw_open(NETLINK_GENERIC);
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, unix_fds)) fail("socketpair");
  struct nlmsghdr* header = (void*)request;
  *header = (struct nlmsghdr){.nlmsg_len = sizeof request, .nlmsg_type = NLMSG_NOOP};
  for (size_t i = 0; i < sizeof floors / sizeof *floors; i++) {
    header->nlmsg_flags = floors[i].flags;
    struct sample sample;
    sample_begin(&sample);
    for (int n = 0; n < arguments->count; n++) floors[i].call();
    sample_end(&sample);
    char extra[96];
    snprintf(extra, sizeof extra, ",\"step\":\"%s\"", floors[i].name);
    sample_print(&sample, (uint64_t)arguments->count, NULL, extra);
  }
  return 0;
}
