// A listener to route events, until the route that says stop.
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "raw.h"

struct tally {
  uint64_t added, deleted, overruns;
  uint32_t gateways;
  int stopped;
};

static void take(struct tally* tally, struct nlmsghdr* header) {
  uint32_t destination = 0, gateway = 0;
  struct rtmsg* message = NLMSG_DATA(header);
  int left = (int)RTM_PAYLOAD(header);
  for (struct rtattr* a = RTM_RTA(message); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
    if (a->rta_type == RTA_DST) memcpy(&destination, RTA_DATA(a), sizeof destination);
    if (a->rta_type == RTA_GATEWAY) memcpy(&gateway, RTA_DATA(a), sizeof gateway);
  }
  if (ntohl(destination) == SENTINEL_DESTINATION) {
    tally->stopped = 1;
    return;
  }
  tally->gateways ^= gateway;
  if (header->nlmsg_type == RTM_NEWROUTE)
    tally->added++;
  else
    tally->deleted++;
}

int raw_events(const struct arguments* arguments) {
  if (!variant_is(arguments, "objects")) return NOT_OFFERED;
  int fd = raw_open(NETLINK_ROUTE), group = RTNLGRP_IPV4_ROUTE;
  if (arguments->size) raw_force_receive_buffer(fd, arguments->size);
  if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group)) fail("membership");
  struct slots* slots = slots_allocate(4096);
  puts("READY");
  fflush(stdout);
  struct tally tally = {0};
  struct sample sample;
  sample_begin(&sample);
  uint64_t first = 0, last = 0;
  while (!tally.stopped) {
    int received = slots_receive(fd, slots, SLOTS);
    if (received < 0 && errno == ENOBUFS) {
      tally.overruns++;
      // recvmmsg took the error before netlink saw the call: with an empty queue the socket would stay
      // congested, and the kernel would drop all that follows. One plain receive clears it.
      recv(fd, NULL, 0, MSG_DONTWAIT | MSG_PEEK);
      continue;
    }
    if (received < 0) fail("recvmmsg");
    if (!first) first = now_ns();
    for (int i = 0; i < received; i++) {
      struct nlmsghdr* header = slots->vectors[i].iov_base;
      unsigned int left = slots->messages[i].msg_len;
      for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) take(&tally, header);
    }
    if (!tally.stopped) last = now_ns();
  }
  sample_end(&sample);
  sample.begin_ns = first;
  sample.end_ns = last;
  char extra[96];
  snprintf(extra, sizeof extra, ",\"added\":%lu,\"deleted\":%lu,\"overruns\":%lu", (unsigned long)tally.added,
           (unsigned long)tally.deleted, (unsigned long)tally.overruns);
  sample_print(&sample, tally.added + tally.deleted, NULL, extra);
  return 0;
}
