#include "datagram_calls.h"

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

}  // namespace afnetlink
