#pragma once

#include <uv.h>

#include <memory>

#include "event_loop.h"

namespace afnetlink {

class Environment;

/** Node's event loop: sockets are watched by uv_poll, and threads wake it by uv_async. */
class UvLoop final : public EventLoop {
 public:
  /** Returns nullptr and sets `error` to -errno when the runtime has no libuv loop. */
  static std::unique_ptr<EventLoop> Create(Environment* environment, int* error);
  UvLoop(Environment* environment, uv_loop_t* loop) : environment_(environment), loop_(loop) {}
  UvLoop(const UvLoop&) = delete;
  UvLoop& operator=(const UvLoop&) = delete;
  ~UvLoop() override = default;

  std::unique_ptr<Watcher> CreateWatcher(int descriptor, WatcherDelegate* delegate, int* error) override;
  std::unique_ptr<Signal> CreateSignal(SignalDelegate* delegate, int* error) override;
  void Call(Napi::Function function, napi_value argument) override;
  void Close() override {}

  /** Counts handles whose close callback has yet to run: the environment must outlive them. */
  void BeginClose() { ++closing_; }
  void EndClose();

 private:
  static void OnCleanup(napi_async_cleanup_hook_handle hook, void* data);

  Environment* environment_;
  uv_loop_t* loop_;
  int closing_ = 0;
  bool cleaning_up_ = false;
  napi_async_cleanup_hook_handle hook_ = nullptr;
};

}  // namespace afnetlink
