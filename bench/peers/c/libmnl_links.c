// Links with all their attributes.
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#include "libmnl.h"

// What the program keeps of a link. Every attribute is visited, the nested ones too, and those it knows are
// copied.
struct link {
  struct ifinfomsg header;
  char name[IFNAMSIZ], kind[16], discipline[16];
  uint8_t address[32], broadcast[32], state, carrier, link_mode;
  uint32_t mtu, min_mtu, max_mtu, group, promiscuity, queue_length, tx_queues, rx_queues, peer,
      carrier_changes;
  struct rtnl_link_stats64 statistics;
  unsigned int attributes;
};
static struct link links[4096];

static int on_nested_attribute(const struct nlattr* attribute, void* data) {
  struct link* link = data;
  link->attributes++;
  if (attribute->nla_type & NLA_F_NESTED) mnl_attr_parse_nested(attribute, on_nested_attribute, link);
  return MNL_CB_OK;
}

static int on_info_attribute(const struct nlattr* attribute, void* data) {
  struct link* link = data;
  link->attributes++;
  if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND)
    snprintf(link->kind, sizeof link->kind, "%s", mnl_attr_get_str(attribute));
  if (mnl_attr_get_type(attribute) == IFLA_INFO_DATA)
    mnl_attr_parse_nested(attribute, on_nested_attribute, link);
  return MNL_CB_OK;
}

static void copy_bytes(void* to, size_t capacity, const struct nlattr* attribute) {
  size_t length = mnl_attr_get_payload_len(attribute);
  memcpy(to, mnl_attr_get_payload(attribute), length < capacity ? length : capacity);
}

static int on_link_attribute(const struct nlattr* a, void* data) {
  struct link* link = data;
  link->attributes++;
  switch (mnl_attr_get_type(a)) {
    case IFLA_IFNAME:
      copy_bytes(link->name, sizeof link->name, a);
      break;
    case IFLA_QDISC:
      copy_bytes(link->discipline, sizeof link->discipline, a);
      break;
    case IFLA_ADDRESS:
      copy_bytes(link->address, sizeof link->address, a);
      break;
    case IFLA_BROADCAST:
      copy_bytes(link->broadcast, sizeof link->broadcast, a);
      break;
    case IFLA_STATS64:
      copy_bytes(&link->statistics, sizeof link->statistics, a);
      break;
    case IFLA_OPERSTATE:
      link->state = mnl_attr_get_u8(a);
      break;
    case IFLA_CARRIER:
      link->carrier = mnl_attr_get_u8(a);
      break;
    case IFLA_LINKMODE:
      link->link_mode = mnl_attr_get_u8(a);
      break;
    case IFLA_MTU:
      link->mtu = mnl_attr_get_u32(a);
      break;
    case IFLA_MIN_MTU:
      link->min_mtu = mnl_attr_get_u32(a);
      break;
    case IFLA_MAX_MTU:
      link->max_mtu = mnl_attr_get_u32(a);
      break;
    case IFLA_GROUP:
      link->group = mnl_attr_get_u32(a);
      break;
    case IFLA_PROMISCUITY:
      link->promiscuity = mnl_attr_get_u32(a);
      break;
    case IFLA_TXQLEN:
      link->queue_length = mnl_attr_get_u32(a);
      break;
    case IFLA_NUM_TX_QUEUES:
      link->tx_queues = mnl_attr_get_u32(a);
      break;
    case IFLA_NUM_RX_QUEUES:
      link->rx_queues = mnl_attr_get_u32(a);
      break;
    case IFLA_LINK:
      link->peer = mnl_attr_get_u32(a);
      break;
    case IFLA_CARRIER_CHANGES:
      link->carrier_changes = mnl_attr_get_u32(a);
      break;
    case IFLA_LINKINFO:
      return mnl_attr_parse_nested(a, on_info_attribute, link);
    case IFLA_XDP:
      return mnl_attr_parse_nested(a, on_nested_attribute, link);
    case IFLA_AF_SPEC: {
      struct nlattr* family;
      mnl_attr_for_each_nested(family, a) mnl_attr_parse_nested(family, on_nested_attribute, link);
      break;
    }
  }
  return MNL_CB_OK;
}

static int on_link(const struct nlmsghdr* header, void*) {
  if (counted == sizeof links / sizeof *links) fail("more links than the program has room for");
  struct link* link = &links[counted++];
  *link = (struct link){.header = *(const struct ifinfomsg*)mnl_nlmsg_get_payload(header)};
  return mnl_attr_parse(header, sizeof link->header, on_link_attribute, link);
}

int mnl_links(const struct arguments* arguments) {
  int count_only = variant_is(arguments, "count");
  if (!count_only && !variant_is(arguments, "objects")) return NOT_OFFERED;
  for (int repeat = WARM_UP; repeat < arguments->repeats; repeat++) {
    open_socket(NETLINK_ROUTE);
    counted = 0;
    struct sample sample;
    sample_begin(&sample);
    run_dump(RTM_GETLINK, sizeof(struct ifinfomsg), AF_UNSPEC, count_only ? on_any : on_link);
    sample_end(&sample);
    if (repeat != WARM_UP) sample_print(&sample, counted, NULL, "");
    mnl_socket_close(nl);
  }
  return 0;
}
