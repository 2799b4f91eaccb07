#include "batch_receiver.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace afnetlink {

namespace {

// MSG_TRUNC makes the kernel return a datagram's true length, at no cost.
constexpr int kFlags = MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC;
// An overrun may be followed by another at once; then the event loop gets its turn.
constexpr int kOverrunsPerCall = 4;

template <typename Value>
Value ControlValue(const cmsghdr* control) {
  Value value{};
  std::memcpy(&value, CMSG_DATA(control), sizeof value);
  return value;
}

void DescribeControl(msghdr& header, ReceiveRing::Record& record) {
  for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr;
       control = CMSG_NXTHDR(&header, control)) {
    if (control->cmsg_level == SOL_NETLINK && control->cmsg_type == NETLINK_PKTINFO) {
      record.group = ControlValue<nl_pktinfo>(control).group;
      record.parts |= ReceiveRing::kGroup;
    } else if (control->cmsg_level == SOL_NETLINK && control->cmsg_type == NETLINK_LISTEN_ALL_NSID) {
      record.namespace_id = ControlValue<std::int32_t>(control);
      record.parts |= ReceiveRing::kNamespaceId;
    } else if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_CREDENTIALS) {
      const auto credentials = ControlValue<ucred>(control);
      record.process_id = credentials.pid;
      record.user_id = credentials.uid;
      record.group_id = credentials.gid;
      record.parts |= ReceiveRing::kCredentials;
    }
  }
}

/** recvfrom is cheaper than recvmsg. */
ssize_t ReceiveSlot(int descriptor, std::span<std::uint8_t> slot, sockaddr_nl* sender) {
  socklen_t sender_length = sizeof *sender;
  return recvfrom(descriptor, slot.data(), slot.size(), kFlags, reinterpret_cast<sockaddr*>(sender),
                  &sender_length);
}

ssize_t ReceiveParts(int descriptor, std::span<std::uint8_t> slot, std::span<std::uint8_t> memory,
                     sockaddr_nl* sender) {
  const auto rest = slot.subspan(NLMSG_HDRLEN);
  std::array<iovec, 3> parts{
      {{slot.data(), NLMSG_HDRLEN}, {memory.data(), memory.size()}, {rest.data(), rest.size()}}};
  msghdr header{};
  header.msg_name = sender;
  header.msg_namelen = sizeof *sender;
  header.msg_iov = parts.data();
  header.msg_iovlen = parts.size();
  return recvmsg(descriptor, &header, kFlags);
}

}  // namespace

int BatchReceiver::Receive(int descriptor, const ReceiveRing& ring, std::size_t wanted, ReceivePolicy policy,
                           std::span<std::uint8_t> memory) {
  ring.Begin();
  const std::size_t slots = std::min(wanted, ring.slot_count());
  // A ring of one slot has no more room behind it.
  const int received = slots == 1 && ring.slot_count() > 1 && !policy.ancillary
                           ? ReceiveOne(descriptor, ring, memory)
                           : ReceiveMany(descriptor, ring, slots, policy.ancillary);
  return policy.accept_foreign ? received : DropForeign(ring, received);
}

int BatchReceiver::ReceiveOne(int descriptor, const ReceiveRing& ring, std::span<std::uint8_t> memory) {
  const auto slot = ring.From(0);
  // No more than the ring can take back.
  memory = memory.first(std::min(memory.size(), slot.size() - NLMSG_HDRLEN));
  while (true) {
    sockaddr_nl sender{};
    const ssize_t length = memory.empty() ? ReceiveSlot(descriptor, slot, &sender)
                                          : ReceiveParts(descriptor, slot, memory, &sender);
    if (length >= 0) {
      const auto true_length = static_cast<std::size_t>(length);
      auto& record = ring.record(0);
      record.offset = static_cast<std::int32_t>(ring.SlotOffset(0));
      record.length = static_cast<std::int32_t>(std::min(true_length, slot.size()));
      record.true_length = static_cast<std::int32_t>(true_length);
      record.port_id = sender.nl_pid;
      record.group_mask = sender.nl_groups;
      record.parts = true_length > slot.size() ? ReceiveRing::kTruncated : 0;
      if (true_length > NLMSG_HDRLEN) {
        ring.header().placed = static_cast<std::int32_t>(std::min(true_length - NLMSG_HDRLEN, memory.size()));
      }
      return 1;
    }
    if (errno == EINTR) continue;
    if (errno == ENOBUFS && ++ring.header().overruns < kOverrunsPerCall) continue;
    if (errno != EAGAIN && errno != ENOBUFS) ring.header().error = errno;
    return 0;
  }
}

int BatchReceiver::ReceiveMany(int descriptor, const ReceiveRing& ring, std::size_t wanted, bool ancillary) {
  Prepare(ring, wanted, ancillary);
  auto& header = ring.header();
  std::size_t received = 0;
  while (received < wanted) {
    const int count =
        recvmmsg(descriptor, &headers_[received], static_cast<unsigned>(wanted - received), kFlags, nullptr);
    if (count >= 0) {
      received += static_cast<std::size_t>(count);
      break;
    }
    if (errno == EINTR) continue;
    if (errno != ENOBUFS) {
      if (errno != EAGAIN) header.error = errno;
      break;
    }
    ++header.overruns;
    // recvmmsg fetched the error without telling netlink, which would stay congested and drop every later
    // multicast: only a plain receive clears that.
    const ssize_t length = recvmsg(descriptor, &headers_[received].msg_hdr, kFlags);
    if (length >= 0) {
      headers_[received++].msg_len = static_cast<unsigned>(length);
    } else if (errno == ENOBUFS) {
      ++header.overruns;
    } else {
      if (errno != EAGAIN) header.error = errno;
      break;
    }
    if (header.overruns >= kOverrunsPerCall) break;
  }
  filled_ = received;
  for (std::size_t slot = 0; slot < received; ++slot) Describe(ring, slot, ancillary);
  return static_cast<int>(received);
}

void BatchReceiver::Prepare(const ReceiveRing& ring, std::size_t wanted, bool ancillary) {
  const Prepared now{.slots = ring.From(0).data(), .slot_size = ring.slot_size(), .ancillary = ancillary};
  if (now != prepared_ || longest_ > spill_.slot_size()) {
    spill_.Grow(longest_);
    prepared_ = now;
    ready_ = 0;
  }
  // The kernel overwrites the lengths of those that it fills.
  for (std::size_t index = 0; index < std::min(filled_, ready_); ++index) SetLengths(index, ancillary);
  filled_ = 0;
  for (; ready_ < wanted; ++ready_) {
    auto& slot = slots_[ready_];
    const auto spill = spill_.Slot(ready_);
    slot.parts[0] = {ring.From(ready_).data(), ring.slot_size()};
    slot.parts[1] = {spill.data(), spill.size()};
    auto& header = headers_[ready_].msg_hdr;
    header.msg_name = &slot.sender;
    header.msg_iov = slot.parts.data();
    header.msg_iovlen = slot.parts.size();
    header.msg_control = ancillary ? slot.control.data() : nullptr;
    SetLengths(ready_, ancillary);
  }
}

void BatchReceiver::SetLengths(std::size_t slot, bool ancillary) {
  headers_[slot].msg_hdr.msg_namelen = sizeof slots_[slot].sender;
  headers_[slot].msg_hdr.msg_controllen = ancillary ? kControlSize : 0;
}

void BatchReceiver::Describe(const ReceiveRing& ring, std::size_t slot, bool ancillary) {
  const std::size_t true_length = headers_[slot].msg_len;
  const std::size_t room = slots_[slot].parts[0].iov_len + slots_[slot].parts[1].iov_len;
  auto& record = ring.record(slot);
  record.offset = static_cast<std::int32_t>(ring.SlotOffset(slot));
  record.length = static_cast<std::int32_t>(std::min(true_length, ring.slot_size()));
  record.true_length = static_cast<std::int32_t>(true_length);
  record.slot = static_cast<std::int32_t>(slot);
  record.port_id = slots_[slot].sender.nl_pid;
  record.group_mask = slots_[slot].sender.nl_groups;
  record.parts = 0;
  if (true_length > room) {
    record.parts = ReceiveRing::kTruncated;
    longest_ = std::max(longest_, true_length);
  } else if (true_length > ring.slot_size()) {
    record.parts = ReceiveRing::kSpilled;
  }
  if (ancillary) DescribeControl(headers_[slot].msg_hdr, record);
}

int BatchReceiver::DropForeign(const ReceiveRing& ring, int count) {
  const auto received = static_cast<std::size_t>(count);
  std::size_t kept = 0;
  for (std::size_t index = 0; index < received; ++index) {
    const auto& record = ring.record(index);
    if (record.port_id != 0) {
      ++ring.header().foreign;
    } else if (kept++ != index) {
      ring.record(kept - 1) = record;
    }
  }
  return static_cast<int>(kept);
}

int BatchReceiver::TakeSpilled(const ReceiveRing& ring, std::size_t slot, std::span<std::uint8_t> target) {
  if (slot >= ring.slot_count() || target.size() < ring.slot_size()) return -EINVAL;
  const auto spill = spill_.Slot(slot);
  const std::size_t rest = target.size() - ring.slot_size();
  if (rest > spill.size()) return -EINVAL;
  std::memcpy(target.data(), ring.From(slot).data(), ring.slot_size());
  std::memcpy(target.data() + ring.slot_size(), spill.data(), rest);
  return static_cast<int>(target.size());
}

}  // namespace afnetlink
