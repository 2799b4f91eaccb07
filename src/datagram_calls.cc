#include "datagram_calls.h"

#include <array>
#include <cerrno>

namespace afnetlink {

namespace {

template <typename Call>
ssize_t Retry(Call call) {
  ssize_t result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result < 0 ? -errno : result;
}

}  // namespace

ssize_t SendDatagram(int descriptor, std::span<const std::uint8_t> bytes) {
  return Retry([&] { return send(descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT); });
}

ssize_t SendDatagramTo(int descriptor, std::span<const std::uint8_t> bytes, NetlinkAddress address) {
  const auto system = address.ToSystem();
  return Retry([&] {
    return sendto(descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT,
                  reinterpret_cast<const sockaddr*>(&system), sizeof system);
  });
}

ssize_t SendDatagramParts(int descriptor, std::span<const std::uint8_t> first,
                          std::span<const std::uint8_t> second, const NetlinkAddress* address) {
  const auto part = [](std::span<const std::uint8_t> bytes) {
    return iovec{const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
  };
  std::array<iovec, 2> parts{part(first), part(second)};
  auto system = address == nullptr ? sockaddr_nl{} : address->ToSystem();
  msghdr header{};
  header.msg_iov = parts.data();
  header.msg_iovlen = parts.size();
  if (address != nullptr) {
    header.msg_name = &system;
    header.msg_namelen = sizeof system;
  }
  return Retry([&] { return sendmsg(descriptor, &header, MSG_DONTWAIT); });
}

}  // namespace afnetlink
