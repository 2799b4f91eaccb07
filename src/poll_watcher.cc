#include "poll_watcher.h"

#include <utility>

#include "environment.h"

namespace afnetlink {

struct PollWatcher::State {
  uv_poll_t poll{};
  WatcherDelegate* delegate = nullptr;
  std::shared_ptr<Environment> environment;
};

namespace {

uv_handle_t* AsHandle(uv_poll_t* poll) { return reinterpret_cast<uv_handle_t*>(poll); }

}  // namespace

std::unique_ptr<Watcher> PollWatcher::Create(std::shared_ptr<Environment> environment, int descriptor,
                                             WatcherDelegate* delegate, int* error) {
  auto state = std::make_unique<State>();
  *error = uv_poll_init(environment->loop(), &state->poll, descriptor);
  if (*error != 0) return nullptr;
  state->poll.data = state.get();
  state->delegate = delegate;
  state->environment = std::move(environment);
  return std::unique_ptr<Watcher>(new PollWatcher(state.release()));
}

PollWatcher::~PollWatcher() {
  state_->delegate = nullptr;
  state_->environment->BeginClose();
  uv_poll_stop(&state_->poll);
  uv_close(AsHandle(&state_->poll), [](uv_handle_t* handle) {
    const std::unique_ptr<State> state(static_cast<State*>(handle->data));
    state->environment->EndClose();
  });
}

int PollWatcher::Start() {
  if (uv_is_active(AsHandle(&state_->poll)) != 0) return 0;
  return uv_poll_start(&state_->poll, UV_READABLE, OnPoll);
}

void PollWatcher::Stop() { uv_poll_stop(&state_->poll); }

void PollWatcher::SetRef(bool ref) {
  if (ref) {
    uv_ref(AsHandle(&state_->poll));
  } else {
    uv_unref(AsHandle(&state_->poll));
  }
}

void PollWatcher::OnPoll(uv_poll_t* poll, int status, int /*events*/) {
  auto* state = static_cast<State*>(poll->data);
  // libuv stops the handle on POLLERR, which is how netlink reports an overrun: without this the socket is
  // deaf.
  if (status < 0) uv_poll_start(poll, UV_READABLE, OnPoll);
  if (state->delegate != nullptr) state->delegate->OnReadable();
}

}  // namespace afnetlink
