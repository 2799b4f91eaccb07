// libnl-3, libnl-genl-3 and libnl-route-3 through their public APIs.
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/cache.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

enum { MESSAGE_BYTES = 32768 };

static struct nl_sock* sk;
static int family_id, replies;

static void check(int result, const char* what) {
  if (result >= 0) return;
  fprintf(stderr, "%s: %s\n", what, nl_geterror(result));
  exit(1);
}

static void open_socket(int protocol) {
  sk = nl_socket_alloc();
  if (!sk) fail("nl_socket_alloc");
  check(nl_connect(sk, protocol), "nl_connect");
  nl_socket_set_msg_buf_size(sk, MESSAGE_BYTES);
}

static void force_receive_buffer(int bytes) {
  if (setsockopt(nl_socket_get_fd(sk), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes))
    fail("SO_RCVBUFFORCE");
}

static void on_valid(nl_recvmsg_msg_cb_t callback) {
  nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, callback, NULL);
}

static void send_message(struct nl_msg* message) {
  check(nl_send_auto(sk, message), "nl_send_auto");
  nlmsg_free(message);
}

static int on_family(struct nl_msg* message, void*) {
  struct nlattr* attributes[CTRL_ATTR_MAX + 1];
  if (!genlmsg_parse(nlmsg_hdr(message), 0, attributes, CTRL_ATTR_MAX, NULL) &&
      attributes[CTRL_ATTR_FAMILY_ID])
    family_id = nla_get_u16(attributes[CTRL_ATTR_FAMILY_ID]);
  replies++;
  return NL_OK;
}

static struct nl_msg* getfamily(void) {
  struct nl_msg* message = nlmsg_alloc();
  genlmsg_put(message, NL_AUTO_PORT, NL_AUTO_SEQ, GENL_ID_CTRL, 0, 0, CTRL_CMD_GETFAMILY, 1);
  nla_put_string(message, CTRL_ATTR_FAMILY_NAME, "nlctrl");
  return message;
}

static void open_controller(void) {
  open_socket(NETLINK_GENERIC);
  nl_socket_disable_auto_ack(sk);
  on_valid(on_family);
}

static void ask(void) {
  send_message(getfamily());
  check(nl_recvmsgs_default(sk), "nl_recvmsgs_default");
  if (family_id != GENL_ID_CTRL) fail("reply");
}

static int request(const struct arguments* arguments) {
  if (!variant_is(arguments, "sync")) return NOT_OFFERED;
  open_controller();
  uint32_t* latencies = allocate((size_t)arguments->count, sizeof *latencies);
  for (int repeat = WARM_UP; repeat < arguments->repeats; repeat++) {
    int count = repeat_count(arguments, repeat);
    struct sample sample;
    sample_begin(&sample);
    uint64_t before = sample.begin_ns;
    for (int i = 0; i < count; i++) {
      ask();
      uint64_t now = now_ns();
      latencies[i] = (uint32_t)(now - before);
      before = now;
    }
    sample_end(&sample);
    if (repeat != WARM_UP) sample_print(&sample, (uint64_t)count, latencies, "");
  }
  return 0;
}

static int start(const struct arguments* arguments) {
  if (!variant_is(arguments, "request")) return NOT_OFFERED;
  open_controller();
  ask();
  return write(STDOUT_FILENO, "x", 1) == 1 ? 0 : 1;
}

// The library cannot put several messages into one sendmsg: each is sent on its own, then all are received.
static int inflight(const struct arguments* arguments) {
  if (!variant_is(arguments, "separate")) return NOT_OFFERED;
  open_controller();
  nl_socket_disable_seq_check(sk);
  force_receive_buffer(FORCED_BUFFER);
  for (int repeat = WARM_UP; repeat < arguments->repeats; repeat++) {
    int count = repeat_count(arguments, repeat), done = 0;
    struct sample sample;
    sample_begin(&sample);
    for (; done < count; done += arguments->size) {
      for (int i = 0; i < arguments->size; i++) send_message(getfamily());
      for (replies = 0; replies < arguments->size;) check(nl_recvmsgs_default(sk), "nl_recvmsgs_default");
    }
    sample_end(&sample);
    if (repeat != WARM_UP) sample_print(&sample, (uint64_t)done, NULL, "");
  }
  return 0;
}

static int finished;

static int on_count(struct nl_msg*, void*) {
  replies++;
  return NL_OK;
}

static int on_finish(struct nl_msg*, void*) {
  finished = 1;
  return NL_STOP;
}

static int dump(const struct arguments* arguments) {
  int objects = variant_is(arguments, "objects");
  if (!objects && !variant_is(arguments, "count")) return NOT_OFFERED;
  for (int repeat = 0; repeat < arguments->repeats; repeat++) {
    open_socket(NETLINK_ROUTE);
    struct nl_cache* cache = NULL;
    replies = finished = 0;
    struct sample sample;
    sample_begin(&sample);
    if (objects) {
      check(rtnl_route_alloc_cache(sk, AF_INET, 0, &cache), "rtnl_route_alloc_cache");
      replies = nl_cache_nitems(cache);
    } else {
      struct rtmsg message = {.rtm_family = AF_INET};
      on_valid(on_count);
      nl_socket_modify_cb(sk, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, NULL);
      check(nl_send_simple(sk, RTM_GETROUTE, NLM_F_DUMP, &message, sizeof message), "nl_send_simple");
      while (!finished) check(nl_recvmsgs_default(sk), "nl_recvmsgs_default");
    }
    sample_end(&sample);
    sample_print(&sample, (uint64_t)replies, NULL, "");
    if (cache) nl_cache_free(cache);
    nl_socket_free(sk);
  }
  return 0;
}

static int links(const struct arguments* arguments) {
  if (!variant_is(arguments, "objects")) return NOT_OFFERED;
  open_socket(NETLINK_ROUTE);
  for (int repeat = WARM_UP; repeat < arguments->repeats; repeat++) {
    struct nl_cache* cache = NULL;
    struct sample sample;
    sample_begin(&sample);
    check(rtnl_link_alloc_cache(sk, AF_UNSPEC, &cache), "rtnl_link_alloc_cache");
    sample_end(&sample);
    if (repeat != WARM_UP) sample_print(&sample, (uint64_t)nl_cache_nitems(cache), NULL, "");
    nl_cache_free(cache);
  }
  return 0;
}

static struct rtnl_route* make_route(uint32_t index, int link) {
  uint32_t destination = route_destination(index), gateway = route_gateway(index);
  struct nl_addr* to = nl_addr_build(AF_INET, &destination, sizeof destination);
  struct nl_addr* via = nl_addr_build(AF_INET, &gateway, sizeof gateway);
  nl_addr_set_prefixlen(to, 24);
  struct rtnl_route* route = rtnl_route_alloc();
  rtnl_route_set_family(route, AF_INET);
  rtnl_route_set_table(route, RT_TABLE_MAIN);
  rtnl_route_set_scope(route, RT_SCOPE_UNIVERSE);
  rtnl_route_set_type(route, RTN_UNICAST);
  rtnl_route_set_protocol(route, RTPROT_STATIC);
  rtnl_route_set_dst(route, to);
  rtnl_route_set_priority(route, route_priority(index));
  struct rtnl_nexthop* hop = rtnl_route_nh_alloc();
  rtnl_route_nh_set_ifindex(hop, link);
  rtnl_route_nh_set_gateway(hop, via);
  rtnl_route_add_nexthop(route, hop);
  nl_addr_put(to);
  nl_addr_put(via);
  return route;
}

static int routes(const struct arguments* arguments) {
  if (!variant_is(arguments, "one")) return NOT_OFFERED;
  open_socket(NETLINK_ROUTE);
  int link = (int)if_nametoindex(ROUTE_LINK);
  for (int step = 0; step < 2 * arguments->repeats; step++) {
    int delete = step % 2;
    struct sample sample;
    sample_begin(&sample);
    for (int i = 0; i < arguments->count; i++) {
      struct rtnl_route* route = make_route((uint32_t)i, link);
      if (delete)
        check(rtnl_route_delete(sk, route, 0), "rtnl_route_delete");
      else
        check(rtnl_route_add(sk, route, NLM_F_CREATE | NLM_F_EXCL), "rtnl_route_add");
      rtnl_route_put(route);
    }
    sample_end(&sample);
    sample_print(&sample, (uint64_t)arguments->count, NULL,
                 delete ? ",\"step\":\"del\"" : ",\"step\":\"add\"");
  }
  return 0;
}

static struct {
  uint64_t added, deleted, overruns, first, last;
  int stopped;
} tally;

static void on_route(struct nl_object* object, void*) {
  struct nl_addr* to = rtnl_route_get_dst((struct rtnl_route*)object);
  uint32_t destination = 0;
  if (to && nl_addr_get_len(to) == sizeof destination)
    memcpy(&destination, nl_addr_get_binary_addr(to), sizeof destination);
  if (ntohl(destination) == SENTINEL_DESTINATION) {
    tally.stopped = 1;
    return;
  }
  tally.last = now_ns();
  if (!tally.first) tally.first = tally.last;
  if (nl_object_get_msgtype(object) == RTM_NEWROUTE)
    tally.added++;
  else
    tally.deleted++;
}

static int on_event(struct nl_msg* message, void*) {
  nl_msg_parse(message, on_route, NULL);
  return NL_OK;
}

static int events(const struct arguments* arguments) {
  if (!variant_is(arguments, "objects")) return NOT_OFFERED;
  open_socket(NETLINK_ROUTE);
  nl_socket_disable_seq_check(sk);
  // nl_connect chose a small buffer of its own: without a size asked for, the kernel's default is put back.
  int kernel_default = 212992 / 2;
  if (arguments->size)
    force_receive_buffer(arguments->size);
  else if (setsockopt(nl_socket_get_fd(sk), SOL_SOCKET, SO_RCVBUF, &kernel_default, sizeof kernel_default))
    fail("SO_RCVBUF");
  on_valid(on_event);
  check(nl_socket_add_memberships(sk, RTNLGRP_IPV4_ROUTE, 0), "nl_socket_add_memberships");
  puts("READY");
  fflush(stdout);
  struct sample sample;
  sample_begin(&sample);
  while (!tally.stopped) {
    int result = nl_recvmsgs_default(sk);
    if (result == -NLE_NOMEM)
      tally.overruns++;
    else
      check(result, "nl_recvmsgs_default");
  }
  sample_end(&sample);
  sample.begin_ns = tally.first;
  sample.end_ns = tally.last;
  char extra[96];
  snprintf(extra, sizeof extra, ",\"added\":%lu,\"deleted\":%lu,\"overruns\":%lu", (unsigned long)tally.added,
           (unsigned long)tally.deleted, (unsigned long)tally.overruns);
  sample_print(&sample, tally.added + tally.deleted, NULL, extra);
  return 0;
}

static int echo(const struct arguments* arguments) {
  if (!variant_is(arguments, "sync")) return NOT_OFFERED;
  open_socket(arguments->protocol);
  nl_socket_disable_seq_check(sk);
  nl_socket_disable_auto_ack(sk);
  nl_socket_set_peer_port(sk, arguments->port);
  nl_socket_set_msg_buf_size(sk, (size_t)arguments->size + 4096);
  on_valid(on_count);
  uint32_t* latencies = allocate((size_t)arguments->count, sizeof *latencies);
  for (int repeat = WARM_UP; repeat < arguments->repeats; repeat++) {
    int count = repeat_count(arguments, repeat);
    struct sample sample;
    sample_begin(&sample);
    uint64_t before = sample.begin_ns;
    for (int i = 0; i < count; i++) {
      struct nl_msg* message = nlmsg_alloc_size((size_t)arguments->size + 64);
      nlmsg_put(message, NL_AUTO_PORT, NL_AUTO_SEQ, NLMSG_MIN_TYPE, arguments->size, 0);
      char* text = nlmsg_data(nlmsg_hdr(message));
      memset(text, 'x', (size_t)arguments->size - 1);
      text[arguments->size - 1] = 0;
      send_message(message);
      for (replies = 0; !replies;) check(nl_recvmsgs_default(sk), "nl_recvmsgs_default");
      uint64_t now = now_ns();
      latencies[i] = (uint32_t)(now - before);
      before = now;
    }
    sample_end(&sample);
    if (repeat != WARM_UP) sample_print(&sample, (uint64_t)count, latencies, "");
  }
  return 0;
}

static const struct {
  const char* workload;
  int (*run)(const struct arguments*);
} workloads[] = {
    {"request", request}, {"inflight", inflight}, {"dump", dump}, {"links", links},
    {"routes", routes},   {"events", events},     {"echo", echo}, {"start", start},
};

int main(int argc, char** argv) {
  struct arguments arguments = parse_arguments(argc, argv);
  for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++)
    if (!strcmp(arguments.workload, workloads[i].workload)) return workloads[i].run(&arguments);
  return NOT_OFFERED;
}
