#include "environment.h"

namespace afnetlink {

std::shared_ptr<Environment> Environment::Create(Napi::Env env) {
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok || loop == nullptr) return nullptr;
  auto environment = std::make_shared<Environment>(env, loop);
  // An ordinary hook ends too early: a worker's addon would be unloaded before libuv has called the close
  // callbacks.
  if (napi_add_async_cleanup_hook(env, OnCleanup, environment.get(), &environment->hook_) != napi_ok) {
    return nullptr;
  }
  return environment;
}

void Environment::CallReadable(double handle, const Napi::AsyncContext& context) {
  if (cleaning_up_ || on_readable_.IsEmpty()) return;
  const Napi::HandleScope scope(env_);
  napi_value argument = Napi::Number::New(env_, handle);
  // Before the cleanup hooks Node runs the loop once more, when JavaScript can no longer be called: this
  // fails then, and no exception is pending.
  napi_make_callback(env_, context, env_.Global(), on_readable_.Value(), 1, &argument, nullptr);
  bool thrown = false;
  if (napi_is_exception_pending(env_, &thrown) != napi_ok || !thrown) return;
  napi_value exception = nullptr;
  if (napi_get_and_clear_last_exception(env_, &exception) == napi_ok) {
    napi_fatal_exception(env_, exception);
  }
}

void Environment::EndClose() {
  --closing_;
  if (cleaning_up_ && closing_ == 0) FinishCleanup();
}

void Environment::OnCleanup(napi_async_cleanup_hook_handle /*hook*/, void* data) {
  const auto environment = static_cast<Environment*>(data)->shared_from_this();
  environment->cleaning_up_ = true;
  environment->sockets_.Clear();
  environment->rings_.Clear();
  if (environment->closing_ == 0) environment->FinishCleanup();
}

void Environment::FinishCleanup() { napi_remove_async_cleanup_hook(hook_); }

}  // namespace afnetlink
