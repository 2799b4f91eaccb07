#include "socket_thread.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <utility>

#include "batch_receiver.h"
#include "datagram_calls.h"
#include "environment.h"
#include "event_loop.h"
#include "thread.h"

namespace afnetlink {

namespace {

// Large slots, since what is longer is cut here; they cost memory only as far as something was received.
constexpr std::size_t kSlotSize = std::size_t{256} * 1024;
constexpr std::size_t kSlotCount = 2;
// The kernel may work for tens of milliseconds without giving its processor to another thread.
constexpr int kNiceness = 5;

/** What one receive brought. Either the thread fills it or the event loop takes from it, never both. */
class Chunk {
 public:
  void Fill(BatchReceiver& receiver, int descriptor, ReceivePolicy policy);
  [[nodiscard]] bool IsEmpty() const { return count_ == 0 && !Ring().HasWord(); }
  /** Whether the receive ended with anything but a datagram: another would only be in the way of the word. */
  [[nodiscard]] bool HasEnded() const { return count_ == 0 || Ring().header().error != 0; }
  /** Moves datagrams to `target`, from its first slot on, one behind the other. Returns their number. */
  std::size_t Move(const ReceiveRing& target, std::size_t wanted);
  [[nodiscard]] bool IsDone() const { return next_ == count_; }

 private:
  using Memory = std::array<std::uint8_t, ReceiveRing::Size(kSlotSize, kSlotCount)>;
  [[nodiscard]] ReceiveRing Ring() const { return ReceiveRing(*memory_); }

  // Not zeroed: most of it is never touched.
  std::unique_ptr<Memory> memory_ = std::make_unique_for_overwrite<Memory>();
  std::size_t count_ = 0;
  std::size_t next_ = 0;
};

void Chunk::Fill(BatchReceiver& receiver, int descriptor, ReceivePolicy policy) {
  const auto ring = Ring();
  ring.header() = {};
  ring.header().slot_size = static_cast<std::int32_t>(kSlotSize);
  ring.header().slot_count = static_cast<std::int32_t>(kSlotCount);
  next_ = 0;
  count_ = static_cast<std::size_t>(receiver.Receive(descriptor, ring, kSlotCount, policy));
}

std::size_t Chunk::Move(const ReceiveRing& target, std::size_t wanted) {
  const auto source = Ring();
  if (next_ == 0) {
    target.header().overruns = source.header().overruns;
    target.header().foreign = source.header().foreign;
  }
  const auto memory = target.From(0);
  std::size_t used = 0;
  std::size_t moved = 0;
  for (; moved < wanted && next_ < count_; ++moved, ++next_) {
    auto record = source.record(next_);
    const auto datagram = source.Datagram(record);
    const std::size_t room = memory.size() - used;
    if (datagram.size() > room && moved > 0) break;
    const std::size_t length = std::min(datagram.size(), room);
    std::copy_n(datagram.begin(), length, memory.begin() + static_cast<std::ptrdiff_t>(used));
    const bool cut = (record.parts & ReceiveRing::kSpilled) != 0 || length < datagram.size();
    record.parts &= ~ReceiveRing::kSpilled;
    if (cut) record.parts |= ReceiveRing::kTruncated;
    record.offset = static_cast<std::int32_t>(target.SlotOffset(0) + used);
    record.length = static_cast<std::int32_t>(length);
    target.record(moved) = record;
    used = std::min(ReceiveRing::Align(used + length), memory.size());
  }
  if (IsDone()) target.header().error = source.header().error;
  return moved;
}

}  // namespace

struct SocketThread::State final : public Ending, public SignalDelegate {
  std::shared_ptr<Environment> environment;
  SocketThreadDelegate* delegate = nullptr;
  std::unique_ptr<Signal> signal;

  // The event loop's own.
  bool sends_ref = false;
  bool watched = false;
  bool watch_ref = false;

  std::mutex mutex;
  /** The thread waits for work with it, and a blocked caller waits for results. */
  std::condition_variable changed;
  // All below is guarded by the mutex.
  std::shared_ptr<UniqueDescriptor> descriptor;
  std::deque<OffloadedSend> sends;
  std::deque<int> sent;
  /** One is filled while another is taken, and a third lets neither wait for the other. */
  std::array<Chunk, 3> chunks;
  std::deque<Chunk*> free;
  std::deque<Chunk*> filled;
  bool reading = false;
  ReceivePolicy policy;
  bool calling = false;
  bool stopping = false;
  bool finished = false;

  // The thread's own.
  BatchReceiver receiver;
  // The last member, so that it has ended when the others go.
  Thread thread;

  void Run();
  void SendNext(std::unique_lock<std::mutex>& lock);
  void ReceiveNext(std::unique_lock<std::mutex>& lock);
  void OnSignal() override;
  void UpdateRef() const;
  [[nodiscard]] bool CanReceive() const { return reading && !free.empty(); }
  [[nodiscard]] bool IsIdle() const { return !reading && filled.empty(); }
  /** Whether the caller of Take learns something: there are datagrams, or nothing is received any more. */
  [[nodiscard]] bool HasNews() const { return !reading || !filled.empty(); }
};

void SocketThread::State::SendNext(std::unique_lock<std::mutex>& lock) {
  const auto send = std::move(sends.front());
  sends.pop_front();
  const int socket = descriptor->get();
  lock.unlock();
  const ssize_t result =
      send.addressed ? SendDatagramTo(socket, send.bytes, send.to) : SendDatagram(socket, send.bytes);
  lock.lock();
  sent.push_back(static_cast<int>(result));
}

void SocketThread::State::ReceiveNext(std::unique_lock<std::mutex>& lock) {
  Chunk* chunk = free.front();
  free.pop_front();
  const int socket = descriptor->get();
  const auto wanted = policy;
  lock.unlock();
  chunk->Fill(receiver, socket, wanted);
  lock.lock();
  if (chunk->HasEnded()) reading = false;
  (chunk->IsEmpty() ? free : filled).push_back(chunk);
}

void SocketThread::State::Run() {
  // Of this thread alone: where both want one processor, the event loop goes first.
  nice(kNiceness);
  pthread_setname_np(pthread_self(), "afnetlink");
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait(lock, [this] { return stopping || !sends.empty() || CanReceive(); });
    if (stopping) break;
    calling = true;
    if (sends.empty()) {
      ReceiveNext(lock);
    } else {
      SendNext(lock);
    }
    calling = false;
    changed.notify_all();
    signal->Send();
  }
  descriptor.reset();
  finished = true;
  signal->Send();
}

void SocketThread::State::OnSignal() {
  std::unique_lock lock(mutex);
  const bool ended = finished;
  lock.unlock();
  if (ended) {
    environment->Ended(this);
    return;
  }
  if (delegate != nullptr) delegate->OnThreadProgress();
  if (delegate == nullptr || !watched) return;
  // The watcher did not drain everything. Signal it again, like a level-triggered descriptor.
  lock.lock();
  if (HasNews()) signal->Send();
}

void SocketThread::State::UpdateRef() const { signal->SetRef(sends_ref || (watched && watch_ref)); }

std::unique_ptr<SocketThread> SocketThread::Create(std::shared_ptr<Environment> environment,
                                                   std::shared_ptr<UniqueDescriptor> descriptor,
                                                   SocketThreadDelegate* delegate, int* error) {
  auto* loop = environment->Loop(error);
  if (loop == nullptr) return nullptr;
  auto state = std::make_unique<State>();
  state->environment = std::move(environment);
  state->descriptor = std::move(descriptor);
  state->delegate = delegate;
  for (auto& chunk : state->chunks) state->free.push_back(&chunk);
  state->signal = loop->CreateSignal(state.get(), error);
  if (state->signal == nullptr) return nullptr;
  *error = state->thread.Start<&State::Run>(state.get());
  if (*error != 0) return nullptr;
  return std::unique_ptr<SocketThread>(new SocketThread(std::move(state)));
}

SocketThread::SocketThread(std::unique_ptr<State> state) : state_(std::move(state)) {}

SocketThread::~SocketThread() {
  auto& state = *state_;
  state.delegate = nullptr;
  state.signal->SetRef(false);
  state.environment->Keep(std::move(state_));
  const std::lock_guard lock(state.mutex);
  state.stopping = true;
  // The port id is free as soon as nobody is inside the kernel.
  if (!state.calling) state.descriptor.reset();
  state.changed.notify_all();
}

void SocketThread::Submit(OffloadedSend send) {
  const std::lock_guard lock(state_->mutex);
  state_->sends.push_back(std::move(send));
  state_->changed.notify_all();
}

bool SocketThread::TakeSent(int* result) {
  const std::lock_guard lock(state_->mutex);
  if (state_->sent.empty()) return false;
  *result = state_->sent.front();
  state_->sent.pop_front();
  return true;
}

void SocketThread::SetSendsRef(bool ref) {
  state_->sends_ref = ref;
  state_->UpdateRef();
}

void SocketThread::ReadAhead(ReceivePolicy policy) {
  const std::lock_guard lock(state_->mutex);
  state_->policy = policy;
  state_->reading = true;
  state_->changed.notify_all();
}

int SocketThread::Take(const ReceiveRing& ring, std::size_t wanted) {
  ring.Begin();
  std::unique_lock lock(state_->mutex);
  std::size_t moved = 0;
  if (!state_->filled.empty()) {
    Chunk* chunk = state_->filled.front();
    lock.unlock();
    moved = chunk->Move(ring, std::min(wanted, ring.slot_count()));
    lock.lock();
    if (chunk->IsDone()) {
      state_->filled.pop_front();
      state_->free.push_back(chunk);
      if (state_->reading) state_->changed.notify_all();
    }
  }
  ring.header().pending = state_->IsIdle() ? 0 : 1;
  return static_cast<int>(moved);
}

int SocketThread::Wait(int milliseconds) {
  std::unique_lock lock(state_->mutex);
  const auto arrived = [this] { return state_->HasNews(); };
  if (milliseconds < 0) {
    state_->changed.wait(lock, arrived);
    return 1;
  }
  return state_->changed.wait_for(lock, std::chrono::milliseconds(milliseconds), arrived) ? 1 : 0;
}

bool SocketThread::IsIdle() {
  const std::lock_guard lock(state_->mutex);
  return state_->IsIdle();
}

void SocketThread::Watch(bool ref) {
  state_->watched = true;
  state_->watch_ref = ref;
  state_->UpdateRef();
  const std::lock_guard lock(state_->mutex);
  if (state_->HasNews()) state_->signal->Send();
}

void SocketThread::Unwatch() {
  state_->watched = false;
  state_->UpdateRef();
}

}  // namespace afnetlink
