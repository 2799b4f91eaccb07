#pragma once

#include <napi.h>

#include <memory>
#include <vector>

#include "batch_receiver.h"
#include "event_loop.h"
#include "handle_table.h"
#include "mapped_ring.h"
#include "netlink_socket.h"

namespace afnetlink {

/** Something that a thread still uses though its owner is gone. Its destructor waits for the thread's end. */
class Ending {
 public:
  virtual ~Ending() = default;
};

/** Everything that belongs to one JavaScript environment (the main thread, or one worker). */
class Environment : public std::enable_shared_from_this<Environment> {
 public:
  /** Returns nullptr when the runtime refuses the cleanup hook. */
  static std::shared_ptr<Environment> Create(Napi::Env env);
  explicit Environment(Napi::Env env) : env_(env) {}

  [[nodiscard]] Napi::Env env() const { return env_; }
  HandleTable<NetlinkSocket>& sockets() { return sockets_; }
  HandleTable<OpenRing>& rings() { return rings_; }
  BatchReceiver& receiver() { return receiver_; }

  /** Made at its first use. Returns nullptr and sets `error` to -errno on failure. */
  EventLoop* Loop(int* error);
  /**
   * Has sockets watched by a thread, for a runtime that has no libuv; `set_immediate` is JavaScript's.
   * Returns 0, or -EBUSY once a loop was used.
   */
  int UseThreadLoop(Napi::Function set_immediate);

  /** The function that JavaScript wants called with a socket's handle whenever that socket is readable. */
  void SetReadableCallback(Napi::Function callback) { on_readable_ = Napi::Persistent(callback); }
  /** Calls it; what it throws becomes an ordinary uncaught exception. */
  void CallReadable(double handle);

  /** Keeps what a thread still uses until Ended is called, or until the environment ends. */
  void Keep(std::unique_ptr<Ending> ending) { endings_.push_back(std::move(ending)); }
  void Ended(const Ending* ending);

  /** Closes everything, before the runtime takes the event loop away. A second time does nothing. */
  void CleanUp();

 private:
  Napi::Env env_;
  /** Empty where libuv is used. */
  Napi::FunctionReference set_immediate_;
  std::unique_ptr<EventLoop> loop_;
  HandleTable<NetlinkSocket> sockets_;
  HandleTable<OpenRing> rings_;
  std::vector<std::unique_ptr<Ending>> endings_;
  BatchReceiver receiver_;
  Napi::FunctionReference on_readable_;
  bool cleaning_up_ = false;
};

}  // namespace afnetlink
