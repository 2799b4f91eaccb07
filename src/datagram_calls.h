#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>

#include "netlink_address.h"

namespace afnetlink {

/** send(2) to the connected peer, which without connect is the kernel. Returns the number of bytes, or
 * -errno. */
ssize_t SendDatagram(int descriptor, std::span<const std::uint8_t> bytes);

/** sendto(2). */
ssize_t SendDatagramTo(int descriptor, std::span<const std::uint8_t> bytes, NetlinkAddress address);

/** sendmsg(2) of a datagram that lies in two places; to the connected peer if `address` is nullptr. */
ssize_t SendDatagramParts(int descriptor, std::span<const std::uint8_t> first,
                          std::span<const std::uint8_t> second, const NetlinkAddress* address);

}  // namespace afnetlink
