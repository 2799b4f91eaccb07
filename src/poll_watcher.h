#pragma once

#include <uv.h>

#include <memory>

#include "watcher.h"

namespace afnetlink {

class Environment;

/** A Watcher over uv_poll. The uv handle outlives this object: libuv owns it until its close callback. */
class PollWatcher final : public Watcher {
 public:
  /** Returns nullptr and sets `error` to -errno when libuv refuses the descriptor. */
  static std::unique_ptr<Watcher> Create(std::shared_ptr<Environment> environment, int descriptor,
                                         WatcherDelegate* delegate, int* error);
  PollWatcher(const PollWatcher&) = delete;
  PollWatcher& operator=(const PollWatcher&) = delete;
  ~PollWatcher() override;

  int Start() override;
  void Stop() override;
  void SetRef(bool ref) override;

 private:
  struct State;
  explicit PollWatcher(State* state) : state_(state) {}
  static void OnPoll(uv_poll_t* poll, int status, int events);

  State* state_;
};

}  // namespace afnetlink
