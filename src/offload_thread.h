#pragma once

#include <uv.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "netlink_address.h"
#include "receive_policy.h"
#include "receive_ring.h"
#include "unique_descriptor.h"
#include "watcher.h"

namespace afnetlink {

class Environment;

/** One call to make off the event loop: a send, a receive, or one after the other. */
struct OffloadedCall {
  /** A copy: JavaScript may do with its buffer what it likes meanwhile. Empty: nothing is sent. */
  std::vector<std::uint8_t> bytes;
  /** Whether `to` holds the destination; else it is the connected peer. */
  bool addressed = false;
  NetlinkAddress to;
  std::size_t wanted = 0;
  ReceivePolicy policy;
};

/**
 * Makes the calls of one socket on a thread of its own, in order, since the kernel may hold a sender for as
 * long as it handles the message. The descriptor, the buffers and the thread live until a call that is held
 * returns, whatever becomes of this object.
 */
class OffloadThread {
 public:
  /** `delegate` is told on the event loop when results are there. Returns nullptr and sets `error` to -errno
   * on failure. */
  static std::unique_ptr<OffloadThread> Create(std::shared_ptr<Environment> environment,
                                               std::shared_ptr<UniqueDescriptor> descriptor,
                                               WatcherDelegate* delegate, int* error);
  OffloadThread(const OffloadThread&) = delete;
  OffloadThread& operator=(const OffloadThread&) = delete;
  ~OffloadThread();

  void Submit(OffloadedCall call);
  /** Moves the oldest result into a ring of the geometry below. False when there is none. */
  bool TakeResult(const ReceiveRing& ring);
  /** Whether calls under way keep the event loop alive. */
  void SetRef(bool ref);

  /** Large slots, since what is longer is cut here. */
  static constexpr std::int32_t kSlotSize = 256 * 1024;
  static constexpr std::int32_t kSlotCount = 8;

 private:
  struct State;
  explicit OffloadThread(State* state) : state_(state) {}

  State* state_;
};

}  // namespace afnetlink
