#pragma once

#include <napi.h>
#include <pthread.h>

#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "epoll_thread.h"
#include "event_loop.h"

namespace afnetlink {

class Environment;

/**
 * The event loop of a runtime without libuv, reached by a threadsafe function of Node-API. A thread of ours
 * waits for the sockets.
 */
class ThreadLoop final : public EventLoop {
 public:
  using Id = EpollThread::Id;

  /** What an Id stands for. */
  class Target {
   public:
    virtual ~Target() = default;
    /** May destroy the target. */
    virtual void OnPosted() = 0;
    virtual void OnTurn() = 0;
  };

  /** Returns nullptr and sets `error` to -errno on failure. */
  static std::unique_ptr<EventLoop> Create(Environment* environment, Napi::Function set_immediate,
                                           int* error);
  ThreadLoop(Environment* environment, Napi::Function set_immediate);
  ThreadLoop(const ThreadLoop&) = delete;
  ThreadLoop& operator=(const ThreadLoop&) = delete;
  ~ThreadLoop() override = default;

  std::unique_ptr<Watcher> CreateWatcher(int descriptor, WatcherDelegate* delegate, int* error) override;
  std::unique_ptr<Signal> CreateSignal(SignalDelegate* delegate, int* error) override;
  void Call(Napi::Function function, napi_value argument) override;
  void Close() override;

  [[nodiscard]] std::shared_ptr<Environment> environment() const;
  [[nodiscard]] EpollThread& thread() { return *thread_; }
  Id Add(Target* target);
  void Remove(Id id) { targets_.erase(id); }
  /** Has OnPosted called. From any thread. */
  void Post(Id id);
  /**
   * Has OnTurn called in the next turn. What is posted or armed from within a call, a runtime may call before
   * it gives others their turn.
   */
  void Defer(Id id);
  [[nodiscard]] bool IsLoopThread() const { return pthread_equal(loop_thread_, pthread_self()) != 0; }
  /** Counts what keeps the event loop alive. */
  void Ref();
  void Unref();

 private:
  static void OnCall(napi_env env, napi_value function, void* context, void* data);
  static void OnImmediate(const Napi::CallbackInfo& info);
  [[nodiscard]] Target* Find(Id id) const;
  /** There is one for each call of the threadsafe function. */
  Id TakePosted();

  Environment* environment_;
  Napi::FunctionReference set_immediate_;
  Napi::FunctionReference on_immediate_;
  pthread_t loop_thread_ = pthread_self();
  napi_threadsafe_function wake_ = nullptr;
  std::unique_ptr<EpollThread> thread_;
  std::unordered_map<Id, Target*> targets_;
  std::vector<Id> deferred_;
  std::mutex mutex_;
  /** Guarded by the mutex. */
  std::deque<Id> posted_;
  Id last_id_ = EpollThread::kNoId;
  int refs_ = 0;
};

}  // namespace afnetlink
