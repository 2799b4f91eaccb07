// Requests to the Generic Netlink controller: one at a time, many in one sendmsg, and a fresh process's
// first.
#include <linux/genetlink.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "raw.h"

static void ask(int fd, uint32_t sequence) {
  char request[64], reply[16384];
  size_t length = raw_getfamily(request, sequence);
  if (send(fd, request, length, 0) < 0) fail("send");
  if (recv(fd, reply, sizeof reply, 0) < 20) fail("recv");
  const struct nlmsghdr* header = (const void*)reply;
  if (header->nlmsg_seq != sequence || header->nlmsg_type != GENL_ID_CTRL) fail("reply");
}

static void* idle(void* nothing) {
  for (;;) pause();
  return nothing;
}

// As Node has some: files are shared then, and each system call takes a reference of its own.
static void start_idle_threads(void) {
  enum { THREADS = 4 };
  pthread_t thread;
  for (int i = 0; i < THREADS; i++) {
    if (pthread_create(&thread, NULL, idle, NULL) != 0) fail("pthread_create");
  }
}

int raw_request(const struct arguments* arguments) {
  int has_threads = variant_is(arguments, "sync-threads");
  if (!has_threads && !variant_is(arguments, "sync")) return NOT_OFFERED;
  if (has_threads) start_idle_threads();
  int fd = raw_open(NETLINK_GENERIC);
  uint32_t *latencies = allocate((size_t)arguments->count, sizeof *latencies), sequence = 0;
  for (int repeat = WARM_UP; repeat < arguments->repeats; repeat++) {
    int count = repeat_count(arguments, repeat);
    struct sample sample;
    sample_begin(&sample);
    uint64_t before = sample.begin_ns;
    for (int i = 0; i < count; i++) {
      ask(fd, ++sequence);
      uint64_t now = now_ns();
      latencies[i] = (uint32_t)(now - before);
      before = now;
    }
    sample_end(&sample);
    if (repeat != WARM_UP) sample_print(&sample, (uint64_t)count, latencies, "");
  }
  return 0;
}

int raw_inflight(const struct arguments* arguments) {
  if (!variant_is(arguments, "batch")) return NOT_OFFERED;
  int fd = raw_open(NETLINK_GENERIC), size = arguments->size;
  raw_force_receive_buffer(fd, FORCED_BUFFER);
  struct slots* slots = slots_allocate(8192);
  char* requests = allocate((size_t)size, 64);
  uint32_t sequence = 0;
  for (int repeat = WARM_UP; repeat < arguments->repeats; repeat++) {
    int count = repeat_count(arguments, repeat), done = 0;
    struct sample sample;
    sample_begin(&sample);
    for (; done < count; done += size) {
      size_t length = 0;
      for (int i = 0; i < size; i++) length += raw_getfamily(requests + length, ++sequence);
      if (send(fd, requests, length, 0) < 0) fail("send");
      for (int got = 0; got < size;) {
        int received = slots_receive(fd, slots, SLOTS);
        if (received < 0) fail("recvmmsg");
        for (int i = 0; i < received; i++) {
          const struct nlmsghdr* header = slots->vectors[i].iov_base;
          if (header->nlmsg_type != GENL_ID_CTRL) fail("reply");
        }
        got += received;
      }
    }
    sample_end(&sample);
    if (repeat != WARM_UP) sample_print(&sample, (uint64_t)done, NULL, "");
  }
  return 0;
}

int raw_start(const struct arguments* arguments) {
  if (!variant_is(arguments, "request")) return NOT_OFFERED;
  ask(raw_open(NETLINK_GENERIC), 1);
  return write(STDOUT_FILENO, "x", 1) == 1 ? 0 : 1;
}
