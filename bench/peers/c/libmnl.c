#include "libmnl.h"

#include <linux/genetlink.h>
#include <string.h>
#include <unistd.h>

struct mnl_socket* nl;
static unsigned int port;
char received[RECEIVE_BYTES], requests[RECEIVE_BYTES + ROOM_FOR_ONE];

void open_socket(int protocol) {
  nl = mnl_socket_open(protocol);
  if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID)) fail("mnl_socket_open");
  port = mnl_socket_get_portid(nl);
}

void force_receive_buffer(int bytes) {
  if (setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes))
    fail("SO_RCVBUFFORCE");
}

void send_bytes(const void* bytes, size_t length) {
  if (mnl_socket_sendto(nl, bytes, length) < 0) fail("mnl_socket_sendto");
}

int receive(size_t capacity, unsigned int sequence, mnl_cb_t callback, void* data) {
  ssize_t length = mnl_socket_recvfrom(nl, received, capacity);
  if (length < 0) fail("mnl_socket_recvfrom");
  int result = mnl_cb_run(received, (size_t)length, sequence, port, callback, data);
  if (result < 0) fail("mnl_cb_run");
  return result;
}

size_t counted;

int on_any(const struct nlmsghdr*, void*) {
  counted++;
  return MNL_CB_OK;
}

void run_dump(uint16_t type, size_t header_bytes, uint8_t family, mnl_cb_t callback) {
  struct nlmsghdr* header = mnl_nlmsg_put_header(requests);
  header->nlmsg_type = type;
  header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  header->nlmsg_seq = 1;
  *(uint8_t*)mnl_nlmsg_put_extra_header(header, header_bytes) = family;
  send_bytes(header, header->nlmsg_len);
  while (receive(DUMP_BYTES, 1, callback, NULL) > MNL_CB_STOP) continue;
}

static struct nlmsghdr* put_getfamily(void* buffer, uint32_t sequence) {
  struct nlmsghdr* header = mnl_nlmsg_put_header(buffer);
  header->nlmsg_type = GENL_ID_CTRL;
  header->nlmsg_flags = NLM_F_REQUEST;
  header->nlmsg_seq = sequence;
  struct genlmsghdr* generic = mnl_nlmsg_put_extra_header(header, sizeof *generic);
  generic->cmd = CTRL_CMD_GETFAMILY;
  generic->version = 1;
  mnl_attr_put_strz(header, CTRL_ATTR_FAMILY_NAME, "nlctrl");
  return header;
}

static int on_family(const struct nlmsghdr* header, void* data) {
  struct nlattr* attribute;
  mnl_attr_for_each(attribute, header, sizeof(struct genlmsghdr)) {
    if (mnl_attr_get_type(attribute) == CTRL_ATTR_FAMILY_ID) *(int*)data = mnl_attr_get_u16(attribute);
  }
  return MNL_CB_OK;
}

static void ask(uint32_t sequence) {
  int id = 0;
  struct nlmsghdr* header = put_getfamily(requests, sequence);
  send_bytes(header, header->nlmsg_len);
  receive(RECEIVE_BYTES, sequence, on_family, &id);
  if (id != GENL_ID_CTRL) fail("reply");
}

static int request(const struct arguments* arguments) {
  if (!variant_is(arguments, "sync")) return NOT_OFFERED;
  open_socket(NETLINK_GENERIC);
  uint32_t *latencies = allocate((size_t)arguments->count, sizeof *latencies), sequence = 0;
  for (int repeat = WARM_UP; repeat < arguments->repeats; repeat++) {
    int count = repeat_count(arguments, repeat);
    struct sample sample;
    sample_begin(&sample);
    uint64_t before = sample.begin_ns;
    for (int i = 0; i < count; i++) {
      ask(++sequence);
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
  open_socket(NETLINK_GENERIC);
  ask(1);
  return write(STDOUT_FILENO, "x", 1) == 1 ? 0 : 1;
}

static int inflight(const struct arguments* arguments) {
  if (!variant_is(arguments, "batch")) return NOT_OFFERED;
  open_socket(NETLINK_GENERIC);
  force_receive_buffer(FORCED_BUFFER);
  uint32_t sequence = 0;
  for (int repeat = WARM_UP; repeat < arguments->repeats; repeat++) {
    int count = repeat_count(arguments, repeat), done = 0, id = 0;
    struct sample sample;
    sample_begin(&sample);
    for (; done < count; done += arguments->size) {
      struct mnl_nlmsg_batch* batch = mnl_nlmsg_batch_start(requests, RECEIVE_BYTES);
      for (int i = 0; i < arguments->size; i++) {
        put_getfamily(mnl_nlmsg_batch_current(batch), ++sequence);
        mnl_nlmsg_batch_next(batch);
      }
      send_bytes(mnl_nlmsg_batch_head(batch), mnl_nlmsg_batch_size(batch));
      mnl_nlmsg_batch_stop(batch);
      for (int i = 0; i < arguments->size; i++) receive(RECEIVE_BYTES, 0, on_family, &id);
    }
    sample_end(&sample);
    if (repeat != WARM_UP) sample_print(&sample, (uint64_t)done, NULL, "");
  }
  return 0;
}

// mnl_socket_sendto addresses the kernel alone; the descriptor is public, so another port takes sendto
// itself.
static int echo(const struct arguments* arguments) {
  if (!variant_is(arguments, "sync")) return NOT_OFFERED;
  open_socket(arguments->protocol);
  struct sockaddr_nl peer = {.nl_family = AF_NETLINK, .nl_pid = arguments->port};
  struct nlmsghdr* header = mnl_nlmsg_put_header(requests);
  header->nlmsg_type = NLMSG_MIN_TYPE;
  memset(mnl_nlmsg_put_extra_header(header, (size_t)arguments->size), 'x', (size_t)arguments->size - 1);
  uint32_t* latencies = allocate((size_t)arguments->count, sizeof *latencies);
  for (int repeat = WARM_UP; repeat < arguments->repeats; repeat++) {
    int count = repeat_count(arguments, repeat);
    struct sample sample;
    sample_begin(&sample);
    uint64_t before = sample.begin_ns;
    for (int i = 0; i < count; i++) {
      header->nlmsg_seq = (uint32_t)i;
      if (sendto(mnl_socket_get_fd(nl), header, header->nlmsg_len, 0, (struct sockaddr*)&peer, sizeof peer) <
          0)
        fail("sendto");
      if (mnl_socket_recvfrom(nl, received, sizeof received) < (ssize_t)header->nlmsg_len) fail("receive");
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
    {"request", request},   {"inflight", inflight}, {"dump", mnl_dump}, {"links", mnl_links},
    {"routes", mnl_routes}, {"events", mnl_events}, {"echo", echo},     {"start", start},
};

int main(int argc, char** argv) {
  struct arguments arguments = parse_arguments(argc, argv);
  for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++)
    if (!strcmp(arguments.workload, workloads[i].workload)) return workloads[i].run(&arguments);
  return NOT_OFFERED;
}
