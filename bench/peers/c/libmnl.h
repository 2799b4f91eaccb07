// libmnl through its public API: sockets, message builders, mnl_cb_run and batches.
#pragma once
#include <libmnl/libmnl.h>

#include "bench.h"

enum { BATCH = 128, ROOM_FOR_ONE = 256, RECEIVE_BYTES = 1 << 16, DUMP_BYTES = 32768 };

extern struct mnl_socket* nl;
extern char received[RECEIVE_BYTES], requests[RECEIVE_BYTES + ROOM_FOR_ONE];

void open_socket(int protocol);
void force_receive_buffer(int bytes);
void send_bytes(const void* bytes, size_t length);
// Receives one datagram and runs its messages through callback. Sequence 0: any.
int receive(size_t capacity, unsigned int sequence, mnl_cb_t callback, void* data);
void run_dump(uint16_t type, size_t header_bytes, uint8_t family, mnl_cb_t callback);
// A callback that counts messages here.
extern size_t counted;
int on_any(const struct nlmsghdr* header, void* data);

int mnl_dump(const struct arguments* arguments);
int mnl_links(const struct arguments* arguments);
int mnl_routes(const struct arguments* arguments);
int mnl_events(const struct arguments* arguments);
