// Plain system calls and no library: the floor. One function a workload; each returns the exit status.
#pragma once
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "bench.h"

int raw_open(int protocol);
void raw_force_receive_buffer(int fd, int bytes);
void raw_put(struct nlmsghdr* header, unsigned short type, const void* data, unsigned short length);
// Both give the aligned length of the message that they wrote.
size_t raw_getfamily(void* buffer, uint32_t sequence);
size_t raw_route(void* buffer, uint32_t sequence, int type, int flags, uint32_t index, uint32_t link);

// Slots for recvmmsg.
enum { SLOTS = 64 };
struct slots {
  struct mmsghdr messages[SLOTS];
  struct iovec vectors[SLOTS];
};
struct slots* slots_allocate(size_t slot_bytes);
int slots_receive(int fd, struct slots* slots, unsigned int count);

int raw_request(const struct arguments* arguments);
int raw_inflight(const struct arguments* arguments);
int raw_dump(const struct arguments* arguments);
int raw_links(const struct arguments* arguments);
int raw_routes(const struct arguments* arguments);
int raw_events(const struct arguments* arguments);
int raw_echo(const struct arguments* arguments);
int raw_echo_server(const struct arguments* arguments);
int raw_floor(const struct arguments* arguments);
int raw_start(const struct arguments* arguments);
