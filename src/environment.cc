#include "environment.h"

#include <cerrno>
#include <utility>

#include "thread_loop.h"
#include "uv_loop.h"

namespace afnetlink {

std::shared_ptr<Environment> Environment::Create(Napi::Env env) {
  auto environment = std::make_shared<Environment>(env);
  const auto clean_up = [](void* data) {
    const auto ending = static_cast<Environment*>(data)->shared_from_this();
    ending->CleanUp();
  };
  if (napi_add_env_cleanup_hook(env, clean_up, environment.get()) != napi_ok) return nullptr;
  return environment;
}

EventLoop* Environment::Loop(int* error) {
  *error = cleaning_up_ ? -ECANCELED : 0;
  if (*error == 0 && loop_ == nullptr) {
    loop_ = set_immediate_.IsEmpty() ? UvLoop::Create(this, error)
                                     : ThreadLoop::Create(this, set_immediate_.Value(), error);
  }
  return *error == 0 ? loop_.get() : nullptr;
}

int Environment::UseThreadLoop(Napi::Function set_immediate) {
  if (loop_ != nullptr) return -EBUSY;
  set_immediate_ = Napi::Persistent(set_immediate);
  return 0;
}

void Environment::CallReadable(double handle) {
  if (cleaning_up_ || on_readable_.IsEmpty()) return;
  const Napi::HandleScope scope(env_);
  loop_->Call(on_readable_.Value(), Napi::Number::New(env_, handle));
  bool thrown = false;
  if (napi_is_exception_pending(env_, &thrown) != napi_ok || !thrown) return;
  napi_value exception = nullptr;
  if (napi_get_and_clear_last_exception(env_, &exception) == napi_ok) {
    napi_fatal_exception(env_, exception);
  }
}

void Environment::Ended(const Ending* ending) {
  std::erase_if(endings_, [ending](const auto& kept) { return kept.get() == ending; });
}

void Environment::CleanUp() {
  if (std::exchange(cleaning_up_, true)) return;
  sockets_.Clear();
  rings_.Clear();
  endings_.clear();
  if (loop_ != nullptr) loop_->Close();
  // References must not outlive the runtime's environment, as this object may.
  on_readable_.Reset();
  set_immediate_.Reset();
}

}  // namespace afnetlink
