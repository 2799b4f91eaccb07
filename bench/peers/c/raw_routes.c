// Routes added and deleted: each with its acknowledgement, in acknowledged batches, and in batches whose last
// message alone asks for one (the kernel still reports each message that fails). "fill" adds them and leaves
// them.
#include <errno.h>
#include <net/if.h>

#include "raw.h"

enum { BATCH = 128, ROUTE_BYTES = 128 };

static void check(const struct nlmsghdr* header) {
  const struct nlmsgerr* error = NLMSG_DATA(header);
  if (header->nlmsg_type == NLMSG_ERROR && error->error == 0) return;
  errno = -error->error;
  fail("acknowledgement");
}

static void receive_acks(int fd, struct slots* slots, int wanted) {
  for (int got = 0; got < wanted;) {
    int received = wanted == 1
                       ? (recv(fd, slots->vectors[0].iov_base, slots->vectors[0].iov_len, 0) > 0 ? 1 : -1)
                       : slots_receive(fd, slots, SLOTS);
    if (received < 0) fail("receiving acknowledgements");
    for (int i = 0; i < received; i++) check(slots->vectors[i].iov_base);
    got += received;
  }
}

struct changes {
  int fd, batch, last_only, count;
  uint32_t link, sequence;
  struct slots* slots;
  char* requests;
};

static void change_all(struct changes* changes, int delete) {
  struct sample sample;
  sample_begin(&sample);
  for (int i = 0; i < changes->count;) {
    int end = i + changes->batch < changes->count ? i + changes->batch : changes->count;
    int wanted = changes->last_only ? 1 : end - i;
    size_t length = 0;
    for (; i < end; i++) {
      int ack = !changes->last_only || i == end - 1 ? NLM_F_ACK : 0;
      int type = delete ? RTM_DELROUTE : RTM_NEWROUTE, flags = delete ? 0 : NLM_F_CREATE | NLM_F_EXCL;
      length += raw_route(changes->requests + length, ++changes->sequence, type, ack | flags, (uint32_t)i,
                          changes->link);
    }
    if (send(changes->fd, changes->requests, length, 0) < 0) fail("send");
    receive_acks(changes->fd, changes->slots, wanted);
  }
  sample_end(&sample);
  sample_print(&sample, (uint64_t)changes->count, NULL, delete ? ",\"step\":\"del\"" : ",\"step\":\"add\"");
}

int raw_routes(const struct arguments* arguments) {
  int one = variant_is(arguments, "one"), fill = variant_is(arguments, "fill");
  int last_only = fill || variant_is(arguments, "batch-lastack");
  if (!one && !last_only && !variant_is(arguments, "batch")) return NOT_OFFERED;
  struct changes changes = {.fd = raw_open(NETLINK_ROUTE),
                            .batch = one ? 1 : BATCH,
                            .last_only = last_only,
                            .count = arguments->count,
                            .link = if_nametoindex(ROUTE_LINK),
                            .slots = slots_allocate(4096),
                            .requests = allocate(BATCH, ROUTE_BYTES)};
  for (int repeat = 0; repeat < arguments->repeats; repeat++) {
    change_all(&changes, 0);
    if (!fill) change_all(&changes, 1);
  }
  return 0;
}
