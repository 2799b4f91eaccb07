// Dumps: routes counted and kept as structs, links counted.
#include <string.h>
#include <unistd.h>

#include "raw.h"

struct route {
  uint32_t destination, gateway, link, table, priority;
  uint8_t prefix_length;
};

struct routes {
  struct route* items;
  size_t count, capacity;
};

static struct route* append(struct routes* routes) {
  if (routes->count == routes->capacity) {
    routes->capacity = routes->capacity ? routes->capacity * 2 : 4096;
    routes->items = realloc(routes->items, routes->capacity * sizeof *routes->items);
    if (!routes->items) fail("realloc");
  }
  return &routes->items[routes->count++];
}

static uint32_t u32(const struct rtattr* attribute) {
  uint32_t value;
  memcpy(&value, RTA_DATA(attribute), sizeof value);
  return value;
}

static void decode(struct nlmsghdr* header, struct route* route) {
  struct rtmsg* message = NLMSG_DATA(header);
  *route = (struct route){.prefix_length = message->rtm_dst_len, .table = message->rtm_table};
  int left = (int)RTM_PAYLOAD(header);
  for (struct rtattr* a = RTM_RTA(message); RTA_OK(a, left); a = RTA_NEXT(a, left)) switch (a->rta_type) {
      case RTA_DST:
        route->destination = u32(a);
        break;
      case RTA_GATEWAY:
        route->gateway = u32(a);
        break;
      case RTA_OIF:
        route->link = u32(a);
        break;
      case RTA_TABLE:
        route->table = u32(a);
        break;
      case RTA_PRIORITY:
        route->priority = u32(a);
        break;
    }
}

struct tally {
  size_t count;
  uint64_t longest_call_ns;
};

// The dump goes on inside this call: how long it takes is how long a program with an event loop is held.
static int receive(int fd, struct slots* slots, struct tally* tally) {
  uint64_t before = now_ns();
  int received = slots_receive(fd, slots, 16);
  if (received < 0) fail("recvmmsg");
  uint64_t taken = now_ns() - before;
  if (taken > tally->longest_call_ns) tally->longest_call_ns = taken;
  return received;
}

// Runs one dump. routes: where to keep them, or NULL to count only.
static struct tally dump(int fd, struct slots* slots, const struct nlmsghdr* request, struct routes* routes) {
  if (send(fd, request, request->nlmsg_len, 0) < 0) fail("send");
  struct tally tally = {0};
  for (;;) {
    int received = receive(fd, slots, &tally);
    for (int i = 0; i < received; i++) {
      struct nlmsghdr* header = slots->vectors[i].iov_base;
      unsigned int left = slots->messages[i].msg_len;
      for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
        if (header->nlmsg_type == NLMSG_DONE) return tally;
        if (routes) decode(header, append(routes));
        tally.count++;
      }
    }
  }
}

static void measure(const struct arguments* arguments, const struct nlmsghdr* request, int keep) {
  struct slots* slots = slots_allocate(32768);
  for (int repeat = 0; repeat < arguments->repeats; repeat++) {
    int fd = raw_open(NETLINK_ROUTE), strict = 1;
    if (setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &strict, sizeof strict)) fail("strict checks");
    struct routes routes = {0};
    struct sample sample;
    sample_begin(&sample);
    struct tally tally = dump(fd, slots, request, keep ? &routes : NULL);
    sample_end(&sample);
    uint32_t sum = 0;  // uses the structs, so that no compiler drops them
    for (size_t i = 0; i < routes.count; i++) sum ^= routes.items[i].destination ^ routes.items[i].gateway;
    char extra[64];
    snprintf(extra, sizeof extra, ",\"sum\":%u,\"longestCallMs\":%.3f", sum & 0xffff,
             (double)tally.longest_call_ns / 1e6);
    sample_print(&sample, tally.count, NULL, extra);
    free(routes.items);
    close(fd);
  }
}

int raw_dump(const struct arguments* arguments) {
  int keep = variant_is(arguments, "objects"), one_table = variant_is(arguments, "count-main");
  if (!keep && !one_table && !variant_is(arguments, "count")) return NOT_OFFERED;
  struct {
    struct nlmsghdr header;
    struct rtmsg message;
  } request = {{.nlmsg_len = sizeof request,
                .nlmsg_type = RTM_GETROUTE,
                .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
                .nlmsg_seq = 1},
               {.rtm_family = AF_INET, .rtm_table = one_table ? RT_TABLE_MAIN : RT_TABLE_UNSPEC}};
  measure(arguments, &request.header, keep);
  return 0;
}

int raw_links(const struct arguments* arguments) {
  if (!variant_is(arguments, "count")) return NOT_OFFERED;
  struct {
    struct nlmsghdr header;
    struct ifinfomsg message;
  } request = {{.nlmsg_len = sizeof request,
                .nlmsg_type = RTM_GETLINK,
                .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
                .nlmsg_seq = 1},
               {.ifi_family = AF_UNSPEC}};
  measure(arguments, &request.header, 0);
  return 0;
}
