#include "thread_loop.h"

#include <atomic>
#include <cerrno>
#include <utility>

#include "environment.h"

namespace afnetlink {

namespace {

/** Whether something keeps the event loop alive, as the loop is told once for each change. */
class LoopRef {
 public:
  explicit LoopRef(ThreadLoop* loop) : loop_(loop) {}
  LoopRef(const LoopRef&) = delete;
  LoopRef& operator=(const LoopRef&) = delete;
  ~LoopRef() { Set(false); }

  void Set(bool held) {
    if (std::exchange(held_, held) == held) return;
    if (held) {
      loop_->Ref();
    } else {
      loop_->Unref();
    }
  }

 private:
  ThreadLoop* loop_;
  bool held_ = false;
};

/** Level-triggered, like uv_poll: a delegate that was called and left something is called again. */
class ThreadWatcher final : public Watcher, public ThreadLoop::Target {
 public:
  ThreadWatcher(ThreadLoop* loop, int descriptor, WatcherDelegate* delegate)
      : loop_(loop), descriptor_(descriptor), delegate_(delegate), id_(loop->Add(this)), ref_(loop) {}
  ThreadWatcher(const ThreadWatcher&) = delete;
  ThreadWatcher& operator=(const ThreadWatcher&) = delete;
  ~ThreadWatcher() override {
    ThreadWatcher::Stop();
    loop_->Remove(id_);
  }

  int Start() override {
    if (started_) return 0;
    const int error = loop_->thread().Add(descriptor_, id_);
    started_ = error == 0;
    UpdateRef();
    return error;
  }
  void Stop() override {
    if (std::exchange(started_, false)) loop_->thread().Remove(descriptor_);
    UpdateRef();
  }
  void SetRef(bool ref) override {
    wants_ref_ = ref;
    UpdateRef();
  }

  void OnPosted() override {
    if (!started_) return;
    // Before the delegate is called, which may destroy this.
    loop_->Defer(id_);
    delegate_->OnReadable();
  }
  void OnTurn() override {
    if (started_) static_cast<void>(loop_->thread().Rearm(descriptor_, id_));
  }

 private:
  /** A watcher that is stopped keeps nothing alive, as a handle of libuv that is not active. */
  void UpdateRef() { ref_.Set(started_ && wants_ref_); }

  ThreadLoop* loop_;
  int descriptor_;
  WatcherDelegate* delegate_;
  ThreadLoop::Id id_;
  LoopRef ref_;
  bool started_ = false;
  bool wants_ref_ = true;
};

class ThreadSignal final : public Signal, public ThreadLoop::Target {
 public:
  ThreadSignal(ThreadLoop* loop, SignalDelegate* delegate)
      : loop_(loop), delegate_(delegate), id_(loop->Add(this)), ref_(loop) {}
  ThreadSignal(const ThreadSignal&) = delete;
  ThreadSignal& operator=(const ThreadSignal&) = delete;
  ~ThreadSignal() override { loop_->Remove(id_); }

  void Send() override {
    if (sent_.exchange(true)) return;
    if (loop_->IsLoopThread()) {
      loop_->Defer(id_);
    } else {
      loop_->Post(id_);
    }
  }
  void SetRef(bool ref) override { ref_.Set(ref); }

  void OnPosted() override {
    sent_ = false;
    delegate_->OnSignal();
  }
  void OnTurn() override { loop_->Post(id_); }

 private:
  ThreadLoop* loop_;
  SignalDelegate* delegate_;
  ThreadLoop::Id id_;
  LoopRef ref_;
  std::atomic<bool> sent_ = false;
};

/** Only the function's own finalizer knows when no call of it can come any more. */
using Hold = std::shared_ptr<Environment>;

}  // namespace

ThreadLoop::ThreadLoop(Environment* environment, Napi::Function set_immediate)
    : environment_(environment),
      set_immediate_(Napi::Persistent(set_immediate)),
      on_immediate_(
          Napi::Persistent(Napi::Function::New<OnImmediate>(environment->env(), "afnetlink", this))) {}

std::unique_ptr<EventLoop> ThreadLoop::Create(Environment* environment, Napi::Function set_immediate,
                                              int* error) {
  const Napi::Env env = environment->env();
  auto loop = std::make_unique<ThreadLoop>(environment, set_immediate);
  loop->thread_ = EpollThread::Start([](void* data, Id id) { static_cast<ThreadLoop*>(data)->Post(id); },
                                     loop.get(), error);
  if (loop->thread_ == nullptr) return nullptr;
  auto hold = std::make_unique<Hold>(environment->shared_from_this());
  const auto finalize = [](napi_env /*env*/, void* data, void* /*hint*/) {
    const std::unique_ptr<Hold> owned(static_cast<Hold*>(data));
  };
  *error = -ENOMEM;
  if (napi_create_threadsafe_function(env, nullptr, nullptr, Napi::String::New(env, "afnetlink"), 0, 1,
                                      hold.get(), finalize, loop.get(), OnCall, &loop->wake_) != napi_ok)
    return nullptr;
  static_cast<void>(hold.release());
  napi_unref_threadsafe_function(env, loop->wake_);
  // Hooks run in reverse order: this one before the function's own, after which no thread may call it.
  const auto clean_up = [](void* data) {
    const auto ending = static_cast<ThreadLoop*>(data)->environment();
    ending->CleanUp();
  };
  if (napi_add_env_cleanup_hook(env, clean_up, loop.get()) != napi_ok) {
    loop->Close();
    return nullptr;
  }
  *error = 0;
  return loop;
}

std::unique_ptr<Watcher> ThreadLoop::CreateWatcher(int descriptor, WatcherDelegate* delegate, int* error) {
  *error = 0;
  return std::make_unique<ThreadWatcher>(this, descriptor, delegate);
}

std::unique_ptr<Signal> ThreadLoop::CreateSignal(SignalDelegate* delegate, int* error) {
  *error = 0;
  return std::make_unique<ThreadSignal>(this, delegate);
}

void ThreadLoop::Call(Napi::Function function, napi_value argument) {
  const Napi::Env env = environment_->env();
  // The runtime does around a threadsafe function's call what napi_make_callback would do here.
  napi_call_function(env, env.Global(), function, 1, &argument, nullptr);
}

void ThreadLoop::Close() {
  thread_.reset();
  napi_release_threadsafe_function(wake_, napi_tsfn_abort);
  set_immediate_.Reset();
  on_immediate_.Reset();
}

std::shared_ptr<Environment> ThreadLoop::environment() const { return environment_->shared_from_this(); }

ThreadLoop::Id ThreadLoop::Add(Target* target) {
  do {
    ++last_id_;
  } while (last_id_ == EpollThread::kNoId || targets_.contains(last_id_));
  targets_[last_id_] = target;
  return last_id_;
}

ThreadLoop::Target* ThreadLoop::Find(Id id) const {
  const auto found = targets_.find(id);
  return found == targets_.end() ? nullptr : found->second;
}

void ThreadLoop::Post(Id id) {
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(id);
  }
  napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
}

void ThreadLoop::Defer(Id id) {
  deferred_.push_back(id);
  if (deferred_.size() > 1) return;
  napi_value callback = on_immediate_.Value();
  // Fails without harm when the environment ends: the class of node-addon-api would end the process.
  napi_call_function(environment_->env(), environment_->env().Global(), set_immediate_.Value(), 1, &callback,
                     nullptr);
}

void ThreadLoop::OnImmediate(const Napi::CallbackInfo& info) {
  auto* loop = static_cast<ThreadLoop*>(info.Data());
  for (const Id id : std::exchange(loop->deferred_, {})) {
    auto* target = loop->Find(id);
    if (target != nullptr) target->OnTurn();
  }
}

void ThreadLoop::Ref() {
  if (refs_++ == 0) napi_ref_threadsafe_function(environment_->env(), wake_);
}

void ThreadLoop::Unref() {
  if (--refs_ == 0) napi_unref_threadsafe_function(environment_->env(), wake_);
}

ThreadLoop::Id ThreadLoop::TakePosted() {
  const std::lock_guard lock(mutex_);
  const Id id = posted_.front();
  posted_.pop_front();
  return id;
}

void ThreadLoop::OnCall(napi_env env, napi_value /*function*/, void* context, void* /*data*/) {
  // The queue is emptied at the environment's end.
  if (env == nullptr) return;
  auto* loop = static_cast<ThreadLoop*>(context);
  const Napi::HandleScope scope(env);
  const auto environment = loop->environment();
  auto* target = loop->Find(loop->TakePosted());
  if (target != nullptr) target->OnPosted();
}

}  // namespace afnetlink
