#include "uv_loop.h"

#include <cerrno>
#include <utility>

#include "environment.h"

// Runtimes without libuv load the addon too, and never come here.
#pragma weak uv_async_init
#pragma weak uv_async_send
#pragma weak uv_close
#pragma weak uv_is_active
#pragma weak uv_poll_init
#pragma weak uv_poll_start
#pragma weak uv_poll_stop
#pragma weak uv_ref
#pragma weak uv_unref

namespace afnetlink {

namespace {

/**
 * A handle of libuv and what its callback needs. libuv owns it from its initialisation to its close callback,
 * and so it outlives the object that it belongs to.
 */
template <typename Handle, typename Delegate>
struct OwnedHandle {
  OwnedHandle(std::shared_ptr<Environment> of, UvLoop* in, Delegate* to)
      : environment(std::move(of)), loop(in), delegate(to) {}

  Handle handle{};
  std::shared_ptr<Environment> environment;
  UvLoop* loop;
  Delegate* delegate;

  [[nodiscard]] uv_handle_t* base() { return reinterpret_cast<uv_handle_t*>(&handle); }

  void SetRef(bool ref) {
    if (ref) {
      uv_ref(base());
    } else {
      uv_unref(base());
    }
  }

  /** Ends the handle, and this object when libuv is done with it. */
  void Close() {
    delegate = nullptr;
    loop->BeginClose();
    uv_close(base(), [](uv_handle_t* closed) {
      const std::unique_ptr<OwnedHandle> owned(static_cast<OwnedHandle*>(closed->data));
      owned->loop->EndClose();
    });
  }
};

class PollWatcher final : public Watcher {
 public:
  using Poll = OwnedHandle<uv_poll_t, WatcherDelegate>;
  explicit PollWatcher(Poll* poll) : poll_(poll) {}
  PollWatcher(const PollWatcher&) = delete;
  PollWatcher& operator=(const PollWatcher&) = delete;
  ~PollWatcher() override {
    uv_poll_stop(&poll_->handle);
    poll_->Close();
  }

  int Start() override {
    return uv_is_active(poll_->base()) != 0 ? 0 : uv_poll_start(&poll_->handle, UV_READABLE, OnPoll);
  }
  void Stop() override { uv_poll_stop(&poll_->handle); }
  void SetRef(bool ref) override { poll_->SetRef(ref); }

 private:
  static void OnPoll(uv_poll_t* handle, int status, int /*events*/) {
    auto* delegate = static_cast<Poll*>(handle->data)->delegate;
    // libuv stops the handle on POLLERR, which is how netlink reports an overrun: without this the socket is
    // deaf.
    if (status < 0) uv_poll_start(handle, UV_READABLE, OnPoll);
    if (delegate != nullptr) delegate->OnReadable();
  }

  Poll* poll_;
};

class AsyncSignal final : public Signal {
 public:
  using Async = OwnedHandle<uv_async_t, SignalDelegate>;
  explicit AsyncSignal(Async* async) : async_(async) {}
  AsyncSignal(const AsyncSignal&) = delete;
  AsyncSignal& operator=(const AsyncSignal&) = delete;
  ~AsyncSignal() override { async_->Close(); }

  void Send() override { uv_async_send(&async_->handle); }
  void SetRef(bool ref) override { async_->SetRef(ref); }

  static void OnAsync(uv_async_t* handle) {
    auto* delegate = static_cast<Async*>(handle->data)->delegate;
    if (delegate != nullptr) delegate->OnSignal();
  }

 private:
  Async* async_;
};

}  // namespace

std::unique_ptr<EventLoop> UvLoop::Create(Environment* environment, int* error) {
  *error = -ENOSYS;
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(environment->env(), &loop) != napi_ok || loop == nullptr) return nullptr;
  auto created = std::make_unique<UvLoop>(environment, loop);
  // An ordinary hook ends too early: a worker's addon would be unloaded before libuv has called the close
  // callbacks.
  if (napi_add_async_cleanup_hook(environment->env(), OnCleanup, created.get(), &created->hook_) != napi_ok)
    return nullptr;
  *error = 0;
  return created;
}

std::unique_ptr<Watcher> UvLoop::CreateWatcher(int descriptor, WatcherDelegate* delegate, int* error) {
  auto poll = std::make_unique<PollWatcher::Poll>(environment_->shared_from_this(), this, delegate);
  *error = uv_poll_init(loop_, &poll->handle, descriptor);
  if (*error != 0) return nullptr;
  poll->handle.data = poll.get();
  return std::make_unique<PollWatcher>(poll.release());
}

std::unique_ptr<Signal> UvLoop::CreateSignal(SignalDelegate* delegate, int* error) {
  auto async = std::make_unique<AsyncSignal::Async>(environment_->shared_from_this(), this, delegate);
  *error = uv_async_init(loop_, &async->handle, AsyncSignal::OnAsync);
  if (*error != 0) return nullptr;
  async->handle.data = async.get();
  async->SetRef(false);
  return std::make_unique<AsyncSignal>(async.release());
}

void UvLoop::Call(Napi::Function function, napi_value argument) {
  const Napi::Env env = environment_->env();
  // Before the cleanup hooks Node runs the loop once more, when JavaScript can no longer be called: this
  // fails then, and no exception is pending.
  napi_make_callback(env, nullptr, env.Global(), function, 1, &argument, nullptr);
}

void UvLoop::EndClose() {
  --closing_;
  if (cleaning_up_ && closing_ == 0) napi_remove_async_cleanup_hook(hook_);
}

void UvLoop::OnCleanup(napi_async_cleanup_hook_handle /*hook*/, void* data) {
  auto* loop = static_cast<UvLoop*>(data);
  const auto environment = loop->environment_->shared_from_this();
  loop->cleaning_up_ = true;
  // Counted, so that the hook ends once only.
  loop->BeginClose();
  environment->CleanUp();
  loop->EndClose();
}

}  // namespace afnetlink
