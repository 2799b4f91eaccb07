#pragma once

#include <linux/netlink.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "receive_policy.h"
#include "receive_ring.h"
#include "spill.h"

namespace afnetlink {

/** Receives datagrams into a ring. Holds what recvmmsg needs, so that one serves all sockets of a thread. */
class BatchReceiver {
 public:
  /** Receives what is queued, `wanted` datagrams at most, without waiting. Returns how many records it
   * filled. Of one that is wanted alone, what follows its message header may go into `memory`, and what does
   * not fit there into the ring again: how much was placed so says the ring's header. */
  int Receive(int descriptor, const ReceiveRing& ring, std::size_t wanted, ReceivePolicy policy,
              std::span<std::uint8_t> memory = {});

  /** Copies a spilled datagram of the last Receive, whole. Returns its length or -errno. */
  int TakeSpilled(const ReceiveRing& ring, std::size_t slot, std::span<std::uint8_t> target);

 private:
  static constexpr std::size_t kControlSize = 256;
  struct Slot {
    sockaddr_nl sender{};
    std::array<iovec, 2> parts{};
    alignas(cmsghdr) std::array<std::uint8_t, kControlSize> control{};
  };

  struct Prepared {
    const std::uint8_t* slots = nullptr;
    std::size_t slot_size = 0;
    bool ancillary = false;
    bool operator==(const Prepared&) const = default;
  };

  /** One datagram, whose slot reaches to the ring's end, or whose payload goes into `memory`. */
  int ReceiveOne(int descriptor, const ReceiveRing& ring, std::span<std::uint8_t> memory);
  int ReceiveMany(int descriptor, const ReceiveRing& ring, std::size_t wanted, bool ancillary);
  void Prepare(const ReceiveRing& ring, std::size_t wanted, bool ancillary);
  void SetLengths(std::size_t slot, bool ancillary);
  void Describe(const ReceiveRing& ring, std::size_t slot, bool ancillary);
  static int DropForeign(const ReceiveRing& ring, int count);

  std::array<Slot, ReceiveRing::kMaximumSlots> slots_{};
  std::array<mmsghdr, ReceiveRing::kMaximumSlots> headers_{};
  /** What the first `ready_` of the headers were made for, and how many of them the last call filled. */
  Prepared prepared_;
  std::size_t ready_ = 0;
  std::size_t filled_ = 0;
  Spill spill_;
  /** The longest datagram that was cut: the next one like it will fit. */
  std::size_t longest_ = 0;
};

}  // namespace afnetlink
