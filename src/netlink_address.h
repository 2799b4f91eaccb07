#pragma once

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cstdint>

namespace afnetlink {

/** A netlink address: a port id (0 is the kernel's) and a mask of the groups 1 to 32. */
struct NetlinkAddress {
  std::uint32_t port_id = 0;
  std::uint32_t group_mask = 0;

  [[nodiscard]] sockaddr_nl ToSystem() const {
    return {.nl_family = AF_NETLINK, .nl_pad = 0, .nl_pid = port_id, .nl_groups = group_mask};
  }
};

}  // namespace afnetlink
