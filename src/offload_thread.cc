#include "offload_thread.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <span>
#include <utility>

#include "batch_receiver.h"
#include "datagram_calls.h"
#include "environment.h"

namespace afnetlink {

namespace {

/** What a call brought: the ring's header and records, and the bytes of its datagrams, one behind the other.
 */
struct Result {
  ReceiveRing::Header header{};
  std::vector<ReceiveRing::Record> records;
  std::vector<std::uint8_t> bytes;
};

uv_handle_t* AsHandle(uv_async_t* async) { return reinterpret_cast<uv_handle_t*>(async); }

Result Snapshot(const ReceiveRing& ring, std::size_t count) {
  Result result{.header = ring.header(), .records = {}, .bytes = {}};
  for (std::size_t index = 0; index < count; ++index) {
    auto record = ring.record(index);
    if ((record.parts & ReceiveRing::kSpilled) != 0)
      record.parts ^= ReceiveRing::kSpilled | ReceiveRing::kTruncated;
    const auto datagram = ring.Datagram(record);
    result.records.push_back(record);
    result.bytes.insert(result.bytes.end(), datagram.begin(), datagram.end());
  }
  return result;
}

}  // namespace

struct OffloadThread::State {
  uv_async_t async{};
  uv_thread_t thread{};
  std::shared_ptr<Environment> environment;
  std::shared_ptr<UniqueDescriptor> descriptor;
  WatcherDelegate* delegate = nullptr;

  std::mutex mutex;
  std::condition_variable changed;
  // All below is guarded by the mutex.
  std::deque<OffloadedCall> calls;
  std::deque<Result> results;
  bool stopping = false;
  bool finished = false;

  // The thread's own.
  BatchReceiver receiver;
  std::vector<std::uint8_t> memory;

  void Run();
  Result Make(const OffloadedCall& call);
  [[nodiscard]] ssize_t Send(const OffloadedCall& call) const;
};

ssize_t OffloadThread::State::Send(const OffloadedCall& call) const {
  if (call.bytes.empty()) return 0;
  return call.addressed ? SendDatagramTo(descriptor->get(), call.bytes, call.to)
                        : SendDatagram(descriptor->get(), call.bytes);
}

Result OffloadThread::State::Make(const OffloadedCall& call) {
  const ReceiveRing ring(memory);
  ring.header() = {};
  ring.header().slot_size = kSlotSize;
  ring.header().slot_count = kSlotCount;
  const ssize_t sent = Send(call);
  int count = 0;
  if (sent >= 0 && call.wanted > 0)
    count = receiver.Receive(descriptor->get(), ring, call.wanted, call.policy);
  ring.header().sent = static_cast<std::int32_t>(sent);
  ring.header().count = count;
  return Snapshot(ring, static_cast<std::size_t>(count));
}

void OffloadThread::State::Run() {
  memory.resize(ReceiveRing::Size(kSlotSize, kSlotCount));
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait(lock, [this] { return stopping || !calls.empty(); });
    if (stopping) break;
    const auto call = std::move(calls.front());
    calls.pop_front();
    lock.unlock();
    auto result = Make(call);
    lock.lock();
    results.push_back(std::move(result));
    uv_async_send(&async);
  }
  finished = true;
  // With the lock held: once the loop sees `finished`, it may free all of this.
  uv_async_send(&async);
}

std::unique_ptr<OffloadThread> OffloadThread::Create(std::shared_ptr<Environment> environment,
                                                     std::shared_ptr<UniqueDescriptor> descriptor,
                                                     WatcherDelegate* delegate, int* error) {
  auto state = std::make_unique<State>();
  *error = uv_async_init(environment->loop(), &state->async, [](uv_async_t* async) {
    auto* self = static_cast<State*>(async->data);
    std::unique_lock lock(self->mutex);
    const bool finished = self->finished;
    lock.unlock();
    if (!finished) {
      if (self->delegate != nullptr) self->delegate->OnReadable();
      return;
    }
    uv_thread_join(&self->thread);
    uv_close(AsHandle(async), [](uv_handle_t* handle) {
      const std::unique_ptr<State> owned(static_cast<State*>(handle->data));
      owned->environment->EndClose();
    });
  });
  if (*error != 0) return nullptr;
  state->async.data = state.get();
  state->environment = std::move(environment);
  state->descriptor = std::move(descriptor);
  state->delegate = delegate;
  *error = uv_thread_create(
      &state->thread, [](void* data) { static_cast<State*>(data)->Run(); }, state.get());
  if (*error != 0) {
    state->environment->BeginClose();
    uv_close(AsHandle(&state.release()->async), [](uv_handle_t* handle) {
      const std::unique_ptr<State> owned(static_cast<State*>(handle->data));
      owned->environment->EndClose();
    });
    return nullptr;
  }
  uv_unref(AsHandle(&state->async));
  return std::unique_ptr<OffloadThread>(new OffloadThread(state.release()));
}

OffloadThread::~OffloadThread() {
  state_->delegate = nullptr;
  state_->environment->BeginClose();
  // Whoever ends the environment runs the loop until the thread has ended, which a loop without work would
  // not wait for.
  uv_ref(AsHandle(&state_->async));
  const std::lock_guard lock(state_->mutex);
  state_->stopping = true;
  state_->changed.notify_one();
}

void OffloadThread::Submit(OffloadedCall call) {
  const std::lock_guard lock(state_->mutex);
  state_->calls.push_back(std::move(call));
  state_->changed.notify_one();
}

bool OffloadThread::TakeResult(const ReceiveRing& ring) {
  std::unique_lock lock(state_->mutex);
  if (state_->results.empty()) return false;
  const auto result = std::move(state_->results.front());
  state_->results.pop_front();
  lock.unlock();
  ring.header() = result.header;
  auto from = std::span(result.bytes);
  for (std::size_t index = 0; index < result.records.size(); ++index) {
    const auto& record = ring.record(index) = result.records[index];
    const auto target = ring.Datagram(record);
    std::copy_n(from.begin(), target.size(), target.begin());
    from = from.subspan(target.size());
  }
  return true;
}

void OffloadThread::SetRef(bool ref) {
  if (ref) {
    uv_ref(AsHandle(&state_->async));
  } else {
    uv_unref(AsHandle(&state_->async));
  }
}

}  // namespace afnetlink
