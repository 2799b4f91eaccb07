// Routes: dumped, changed, and listened to.
#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "libmnl.h"

struct route {
  uint32_t destination, gateway, link, table, priority;
  uint8_t prefix_length;
  char destination_text[INET_ADDRSTRLEN], gateway_text[INET_ADDRSTRLEN];  // in the variant "strings"
};

static struct {
  struct route* items;
  size_t count, capacity;
  int strings;
} routes;

static int on_route_attribute(const struct nlattr* attribute, void* data) {
  struct route* route = data;
  switch (mnl_attr_get_type(attribute)) {
    case RTA_DST:
      route->destination = mnl_attr_get_u32(attribute);
      break;
    case RTA_GATEWAY:
      route->gateway = mnl_attr_get_u32(attribute);
      break;
    case RTA_OIF:
      route->link = mnl_attr_get_u32(attribute);
      break;
    case RTA_TABLE:
      route->table = mnl_attr_get_u32(attribute);
      break;
    case RTA_PRIORITY:
      route->priority = mnl_attr_get_u32(attribute);
      break;
  }
  return MNL_CB_OK;
}

static int on_route(const struct nlmsghdr* header, void*) {
  if (routes.count == routes.capacity) {
    routes.capacity = routes.capacity ? routes.capacity * 2 : 4096;
    routes.items = realloc(routes.items, routes.capacity * sizeof *routes.items);
    if (!routes.items) fail("realloc");
  }
  const struct rtmsg* message = mnl_nlmsg_get_payload(header);
  struct route* route = &routes.items[routes.count++];
  *route = (struct route){.prefix_length = message->rtm_dst_len};
  int result = mnl_attr_parse(header, sizeof *message, on_route_attribute, route);
  if (routes.strings) {
    inet_ntop(AF_INET, &route->destination, route->destination_text, INET_ADDRSTRLEN);
    inet_ntop(AF_INET, &route->gateway, route->gateway_text, INET_ADDRSTRLEN);
  }
  return result;
}

int mnl_dump(const struct arguments* arguments) {
  int count_only = variant_is(arguments, "count");
  routes.strings = variant_is(arguments, "strings");
  if (!count_only && !routes.strings && !variant_is(arguments, "objects")) return NOT_OFFERED;
  for (int repeat = 0; repeat < arguments->repeats; repeat++) {
    open_socket(NETLINK_ROUTE);
    counted = 0;
    struct sample sample;
    sample_begin(&sample);
    run_dump(RTM_GETROUTE, sizeof(struct rtmsg), AF_INET, count_only ? on_any : on_route);
    sample_end(&sample);
    sample_print(&sample, count_only ? counted : routes.count, NULL, "");
    free(routes.items);
    routes.items = NULL;
    routes.count = routes.capacity = 0;
    mnl_socket_close(nl);
  }
  return 0;
}

static void put_route(void* buffer, uint32_t sequence, int delete, uint32_t index, uint32_t link) {
  struct nlmsghdr* header = mnl_nlmsg_put_header(buffer);
  header->nlmsg_type = delete ? RTM_DELROUTE : RTM_NEWROUTE;
  header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | (delete ? 0 : NLM_F_CREATE | NLM_F_EXCL);
  header->nlmsg_seq = sequence;
  struct rtmsg* message = mnl_nlmsg_put_extra_header(header, sizeof *message);
  *message = (struct rtmsg){.rtm_family = AF_INET,
                            .rtm_dst_len = 24,
                            .rtm_table = RT_TABLE_MAIN,
                            .rtm_protocol = RTPROT_STATIC,
                            .rtm_type = RTN_UNICAST};
  mnl_attr_put_u32(header, RTA_DST, route_destination(index));
  mnl_attr_put_u32(header, RTA_GATEWAY, route_gateway(index));
  mnl_attr_put_u32(header, RTA_OIF, link);
  mnl_attr_put_u32(header, RTA_PRIORITY, route_priority(index));
}

int mnl_routes(const struct arguments* arguments) {
  int one = variant_is(arguments, "one"), batch_size = one ? 1 : BATCH;
  if (!one && !variant_is(arguments, "batch")) return NOT_OFFERED;
  open_socket(NETLINK_ROUTE);
  uint32_t link = if_nametoindex(ROUTE_LINK), sequence = 0;
  for (int step = 0; step < 2 * arguments->repeats; step++) {
    int delete = step % 2;
    struct sample sample;
    sample_begin(&sample);
    for (int i = 0; i < arguments->count;) {
      struct mnl_nlmsg_batch* batch = mnl_nlmsg_batch_start(requests, RECEIVE_BYTES);
      int sent = 0;
      for (; sent < batch_size && i < arguments->count; sent++, i++) {
        put_route(mnl_nlmsg_batch_current(batch), ++sequence, delete, (uint32_t)i, link);
        mnl_nlmsg_batch_next(batch);
      }
      send_bytes(mnl_nlmsg_batch_head(batch), mnl_nlmsg_batch_size(batch));
      mnl_nlmsg_batch_stop(batch);
      for (int j = 0; j < sent; j++) receive(RECEIVE_BYTES, 0, NULL, NULL);
    }
    sample_end(&sample);
    sample_print(&sample, (uint64_t)arguments->count, NULL,
                 delete ? ",\"step\":\"del\"" : ",\"step\":\"add\"");
  }
  return 0;
}

static struct {
  uint64_t added, deleted, overruns;
  int stopped;
} tally;

static int on_event(const struct nlmsghdr* header, void*) {
  struct route route = {0};
  mnl_attr_parse(header, sizeof(struct rtmsg), on_route_attribute, &route);
  if (ntohl(route.destination) == SENTINEL_DESTINATION)
    tally.stopped = 1;
  else if (header->nlmsg_type == RTM_NEWROUTE)
    tally.added++;
  else
    tally.deleted++;
  return MNL_CB_OK;
}

int mnl_events(const struct arguments* arguments) {
  if (!variant_is(arguments, "objects")) return NOT_OFFERED;
  open_socket(NETLINK_ROUTE);
  if (arguments->size) force_receive_buffer(arguments->size);
  int group = RTNLGRP_IPV4_ROUTE;
  if (mnl_socket_setsockopt(nl, NETLINK_ADD_MEMBERSHIP, &group, sizeof group)) fail("membership");
  puts("READY");
  fflush(stdout);
  struct sample sample;
  sample_begin(&sample);
  uint64_t first = 0, last = 0;
  while (!tally.stopped) {
    ssize_t length = mnl_socket_recvfrom(nl, received, 8192);
    if (length < 0 && errno == ENOBUFS) {
      tally.overruns++;
      continue;
    }
    if (length < 0) fail("mnl_socket_recvfrom");
    if (!first) first = now_ns();
    mnl_cb_run(received, (size_t)length, 0, 0, on_event, NULL);
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
