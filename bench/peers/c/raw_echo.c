// Echo: a client against another process (by its port id) or against a kernel module (port 0), and the
// server.
#include <string.h>
#include <unistd.h>

#include "raw.h"

int raw_echo_server(const struct arguments* arguments) {
  int fd = raw_open(arguments->protocol);
  struct sockaddr_nl address;
  socklen_t length = sizeof address;
  if (getsockname(fd, (struct sockaddr*)&address, &length)) fail("getsockname");
  printf("READY %u\n", address.nl_pid);
  fflush(stdout);
  enum { CAPACITY = 1 << 17 };
  char* buffer = allocate(CAPACITY, 1);
  for (;;) {
    struct sockaddr_nl sender;
    socklen_t sender_length = sizeof sender;
    ssize_t received = recvfrom(fd, buffer, CAPACITY, 0, (struct sockaddr*)&sender, &sender_length);
    if (received < 0) fail("recvfrom");
    if (sendto(fd, buffer, (size_t)received, 0, (struct sockaddr*)&sender, sender_length) < 0) fail("sendto");
  }
}

int raw_echo(const struct arguments* arguments) {
  if (!variant_is(arguments, "sync")) return NOT_OFFERED;
  int fd = raw_open(arguments->protocol);
  struct sockaddr_nl peer = {.nl_family = AF_NETLINK, .nl_pid = arguments->port};
  size_t length = NLMSG_SPACE((size_t)arguments->size);
  char *request = allocate(length, 1), *reply = allocate(length, 1);
  struct nlmsghdr* header = (void*)request;
  header->nlmsg_len = (uint32_t)NLMSG_LENGTH(arguments->size);
  header->nlmsg_type = NLMSG_MIN_TYPE;
  memset(NLMSG_DATA(header), 'x', (size_t)arguments->size - 1);  // text, ended by a zero
  uint32_t* latencies = allocate((size_t)arguments->count, sizeof *latencies);
  for (int repeat = WARM_UP; repeat < arguments->repeats; repeat++) {
    int count = repeat_count(arguments, repeat);
    struct sample sample;
    sample_begin(&sample);
    uint64_t before = sample.begin_ns;
    for (int i = 0; i < count; i++) {
      header->nlmsg_seq = (uint32_t)i;
      if (sendto(fd, request, length, 0, (struct sockaddr*)&peer, sizeof peer) < 0) fail("sendto");
      if (recv(fd, reply, length, 0) < (ssize_t)header->nlmsg_len) fail("recv");
      uint64_t now = now_ns();
      latencies[i] = (uint32_t)(now - before);
      before = now;
    }
    sample_end(&sample);
    if (repeat != WARM_UP) sample_print(&sample, (uint64_t)count, latencies, "");
  }
  return 0;
}
