#pragma once

#include <napi.h>
#include <uv.h>

#include <memory>

#include "batch_receiver.h"
#include "handle_table.h"
#include "mapped_ring.h"
#include "netlink_socket.h"

namespace afnetlink {

/** Everything that belongs to one Node environment (the main thread, or one worker). */
class Environment : public std::enable_shared_from_this<Environment> {
 public:
  /** Returns nullptr when the runtime gives no libuv loop, or refuses the cleanup hook. */
  static std::shared_ptr<Environment> Create(Napi::Env env);
  explicit Environment(Napi::Env env, uv_loop_t* loop) : env_(env), loop_(loop) {}

  [[nodiscard]] Napi::Env env() const { return env_; }
  [[nodiscard]] uv_loop_t* loop() const { return loop_; }
  HandleTable<NetlinkSocket>& sockets() { return sockets_; }
  HandleTable<OpenRing>& rings() { return rings_; }
  BatchReceiver& receiver() { return receiver_; }

  /** The function that JavaScript wants called with a socket's handle whenever that socket is readable. */
  void SetReadableCallback(Napi::Function callback) { on_readable_ = Napi::Persistent(callback); }
  /** Calls it, in the socket's async context; what it throws becomes an ordinary uncaught exception. */
  void CallReadable(double handle, const Napi::AsyncContext& context);

  /** Counts libuv handles whose close callback has yet to run: the environment must outlive them. */
  void BeginClose() { ++closing_; }
  void EndClose();

 private:
  static void OnCleanup(napi_async_cleanup_hook_handle hook, void* data);
  void FinishCleanup();

  Napi::Env env_;
  uv_loop_t* loop_;
  HandleTable<NetlinkSocket> sockets_;
  HandleTable<OpenRing> rings_;
  BatchReceiver receiver_;
  Napi::FunctionReference on_readable_;
  int closing_ = 0;
  bool cleaning_up_ = false;
  napi_async_cleanup_hook_handle hook_ = nullptr;
};

}  // namespace afnetlink
