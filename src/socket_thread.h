#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "netlink_address.h"
#include "receive_policy.h"
#include "receive_ring.h"
#include "unique_descriptor.h"

namespace afnetlink {

class Environment;

/** Told by a SocketThread, on the event loop, that a send has ended or that there is something to take. */
class SocketThreadDelegate {
 public:
  virtual ~SocketThreadDelegate() = default;
  /** May destroy the thread's object, and the delegate itself. */
  virtual void OnThreadProgress() = 0;
};

/** A message to send off the event loop. */
struct OffloadedSend {
  /** A copy: JavaScript may do with its buffer what it likes meanwhile. */
  std::vector<std::uint8_t> bytes;
  /** Whether `to` holds the destination; else it is the connected peer. */
  bool addressed = false;
  NetlinkAddress to;
};

/**
 * Makes calls of one socket on a thread of its own: sends, since the kernel may hold a sender for as long as
 * it handles the message, and receives, since the kernel makes the datagrams of a dump inside the call that
 * receives. The descriptor, the buffers and the thread live until a call that is held returns, whatever
 * becomes of this object.
 */
class SocketThread {
 public:
  /** Returns nullptr and sets `error` to -errno on failure. */
  static std::unique_ptr<SocketThread> Create(std::shared_ptr<Environment> environment,
                                              std::shared_ptr<UniqueDescriptor> descriptor,
                                              SocketThreadDelegate* delegate, int* error);
  SocketThread(const SocketThread&) = delete;
  SocketThread& operator=(const SocketThread&) = delete;
  ~SocketThread();

  /** Sends after those before it. */
  void Submit(OffloadedSend send);
  /** What the oldest send returned, or -errno. False when none has ended. */
  bool TakeSent(int* result);
  /** Whether sends under way keep the event loop alive. */
  void SetSendsRef(bool ref);

  /** Receives until nothing is queued any more, as far ahead of Take as there are buffers. */
  void ReadAhead(ReceivePolicy policy);
  /**
   * Moves received datagrams into a ring, `wanted` at most, in order. Its header says with `pending` whether
   * there are more, or may be: then nothing must be received past the thread.
   */
  int Take(const ReceiveRing& ring, std::size_t wanted);
  /** Blocks until there is something to take or nothing is pending: 1, or 0 when the time is over. -1 is for
   * ever. */
  int Wait(int milliseconds);
  /** Whether nothing is received, and nothing is left to take. */
  [[nodiscard]] bool IsIdle();
  /** Has the delegate told, until Unwatch; keeps the event loop alive meanwhile if `ref`. */
  void Watch(bool ref);
  void Unwatch();

 private:
  struct State;
  explicit SocketThread(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace afnetlink
