#include "raw.h"

#include <linux/genetlink.h>
#include <string.h>
#include <unistd.h>

int raw_open(int protocol) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
  if (fd < 0) fail("socket");
  struct sockaddr_nl address = {.nl_family = AF_NETLINK};
  if (bind(fd, (struct sockaddr*)&address, sizeof address)) fail("bind");
  return fd;
}

void raw_force_receive_buffer(int fd, int bytes) {
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes)) fail("SO_RCVBUFFORCE");
}

void raw_put(struct nlmsghdr* header, unsigned short type, const void* data, unsigned short length) {
  struct rtattr* attribute = (void*)((char*)header + NLMSG_ALIGN(header->nlmsg_len));
  attribute->rta_type = type;
  attribute->rta_len = RTA_LENGTH(length);
  memcpy(RTA_DATA(attribute), data, length);
  header->nlmsg_len = NLMSG_ALIGN(header->nlmsg_len) + RTA_ALIGN(attribute->rta_len);
}

size_t raw_getfamily(void* buffer, uint32_t sequence) {
  struct nlmsghdr* header = buffer;
  *header = (struct nlmsghdr){.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN),
                              .nlmsg_type = GENL_ID_CTRL,
                              .nlmsg_flags = NLM_F_REQUEST,
                              .nlmsg_seq = sequence};
  *(struct genlmsghdr*)NLMSG_DATA(header) = (struct genlmsghdr){.cmd = CTRL_CMD_GETFAMILY, .version = 1};
  raw_put(header, CTRL_ATTR_FAMILY_NAME, "nlctrl", sizeof "nlctrl");
  return NLMSG_ALIGN(header->nlmsg_len);
}

size_t raw_route(void* buffer, uint32_t sequence, int type, int flags, uint32_t index, uint32_t link) {
  struct nlmsghdr* header = buffer;
  *header = (struct nlmsghdr){.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)),
                              .nlmsg_type = (uint16_t)type,
                              .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
                              .nlmsg_seq = sequence};
  *(struct rtmsg*)NLMSG_DATA(header) = (struct rtmsg){.rtm_family = AF_INET,
                                                      .rtm_dst_len = 24,
                                                      .rtm_table = RT_TABLE_MAIN,
                                                      .rtm_protocol = RTPROT_STATIC,
                                                      .rtm_type = RTN_UNICAST};
  uint32_t destination = route_destination(index);
  uint32_t gateway = route_gateway(index);
  uint32_t priority = route_priority(index);
  raw_put(header, RTA_DST, &destination, sizeof destination);
  raw_put(header, RTA_GATEWAY, &gateway, sizeof gateway);
  raw_put(header, RTA_OIF, &link, sizeof link);
  raw_put(header, RTA_PRIORITY, &priority, sizeof priority);
  return NLMSG_ALIGN(header->nlmsg_len);
}

struct slots* slots_allocate(size_t slot_bytes) {
  struct slots* slots = allocate(1, sizeof *slots);
  char* memory = aligned_alloc(4096, SLOTS * slot_bytes);
  if (!memory) fail("aligned_alloc");
  for (int i = 0; i < SLOTS; i++) {
    slots->vectors[i] = (struct iovec){.iov_base = memory + (size_t)i * slot_bytes, .iov_len = slot_bytes};
    slots->messages[i].msg_hdr.msg_iov = &slots->vectors[i];
    slots->messages[i].msg_hdr.msg_iovlen = 1;
  }
  return slots;
}

int slots_receive(int fd, struct slots* slots, unsigned int count) {
  return recvmmsg(fd, slots->messages, count, MSG_WAITFORONE, NULL);
}

static const struct {
  const char* workload;
  int (*run)(const struct arguments*);
} workloads[] = {
    {"request", raw_request}, {"inflight", raw_inflight}, {"dump", raw_dump}, {"links", raw_links},
    {"routes", raw_routes},   {"events", raw_events},     {"echo", raw_echo}, {"server", raw_echo_server},
    {"floor", raw_floor},     {"start", raw_start},
};

int main(int argc, char** argv) {
  struct arguments arguments = parse_arguments(argc, argv);
  for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++)
    if (!strcmp(arguments.workload, workloads[i].workload)) return workloads[i].run(&arguments);
  return NOT_OFFERED;
}
