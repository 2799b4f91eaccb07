#include "netlink_socket.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include "datagram_calls.h"
#include "environment.h"
#include "event_loop.h"

namespace afnetlink {

namespace {

constexpr int kWaitsFirst = 16;

/** When a wait of so many milliseconds is over; -1 waits forever. */
class Deadline {
 public:
  explicit Deadline(int milliseconds)
      : forever_(milliseconds < 0), end_(Clock::now() + std::chrono::milliseconds(milliseconds)) {}

  /** Milliseconds for poll(2), rounded up. */
  [[nodiscard]] int Left() const {
    if (forever_) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now());
    return static_cast<int>(std::max(left.count(), decltype(left)::rep{0}));
  }

 private:
  using Clock = std::chrono::steady_clock;
  bool forever_;
  Clock::time_point end_;
};

int FromSystem(int result, const sockaddr_nl& system, NetlinkAddress* address) {
  if (result != 0) return -errno;
  *address = {.port_id = system.nl_pid, .group_mask = system.nl_groups};
  return 0;
}

}  // namespace

int NetlinkSocket::Open(int type, int protocol) {
  const int descriptor = socket(AF_NETLINK, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  return descriptor < 0 ? -errno : descriptor;
}

int NetlinkSocket::Adopt(int descriptor) {
  int domain = 0;
  socklen_t length = sizeof domain;
  if (getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0) return -errno;
  if (domain != AF_NETLINK) return -EAFNOSUPPORT;
  const int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0) return -errno;
  if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0) return -errno;
  return 0;
}

NetlinkSocket::NetlinkSocket(std::shared_ptr<Environment> environment, double handle,
                             UniqueDescriptor descriptor)
    : environment_(std::move(environment)),
      handle_(handle),
      descriptor_(std::make_shared<UniqueDescriptor>(std::move(descriptor))) {}

int NetlinkSocket::Release() {
  watcher_.reset();
  if (thread_ == nullptr) return descriptor_->Release();
  // A call that is held still uses ours.
  const int copy = fcntl(descriptor(), F_DUPFD_CLOEXEC, 0);
  return copy < 0 ? -errno : copy;
}

int NetlinkSocket::Bind(NetlinkAddress address) const {
  const auto system = address.ToSystem();
  return bind(descriptor(), reinterpret_cast<const sockaddr*>(&system), sizeof system) != 0 ? -errno : 0;
}

int NetlinkSocket::Connect(NetlinkAddress address) const {
  const auto system = address.ToSystem();
  return connect(descriptor(), reinterpret_cast<const sockaddr*>(&system), sizeof system) != 0 ? -errno : 0;
}

int NetlinkSocket::LocalAddress(NetlinkAddress* address) const {
  sockaddr_nl system{};
  socklen_t length = sizeof system;
  return FromSystem(getsockname(descriptor(), reinterpret_cast<sockaddr*>(&system), &length), system,
                    address);
}

int NetlinkSocket::PeerAddress(NetlinkAddress* address) const {
  sockaddr_nl system{};
  socklen_t length = sizeof system;
  return FromSystem(getpeername(descriptor(), reinterpret_cast<sockaddr*>(&system), &length), system,
                    address);
}

ssize_t NetlinkSocket::Send(std::span<const std::uint8_t> bytes) const {
  return SendDatagram(descriptor(), bytes);
}

ssize_t NetlinkSocket::SendTo(std::span<const std::uint8_t> bytes, NetlinkAddress address) const {
  return SendDatagramTo(descriptor(), bytes, address);
}

ssize_t NetlinkSocket::SendParts(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second,
                                 const NetlinkAddress* address) const {
  return SendDatagramParts(descriptor(), first, second, address);
}

int NetlinkSocket::Receive(const ReceiveRing& ring, std::size_t wanted, std::span<std::uint8_t> memory) {
  if (ahead_ || offloaded_) {
    const int taken = TakeAhead(ring, wanted);
    // Unless that was the end of reading ahead: then whatever comes now is received here.
    if (ahead_ || offloaded_) return taken;
  }
  return environment_->receiver().Receive(descriptor(), ring, wanted, policy_, memory);
}

int NetlinkSocket::TakeAhead(const ReceiveRing& ring, std::size_t wanted) {
  if (!ahead_) {
    // Only the thread of an offloaded socket may look, which it does when there is something.
    if (std::exchange(readable_, false)) ReadAhead();
    ring.Begin();
    ring.header().pending = 1;
    return 0;
  }
  const int taken = thread_->Take(ring, wanted);
  if (taken == 0 && ring.header().pending == 0 && !ring.HasWord()) EndReadAhead();
  return taken;
}

void NetlinkSocket::EndReadAhead() {
  ahead_ = false;
  UpdateWatching();
  if (!offloaded_) thread_.reset();
}

void NetlinkSocket::EndReadAheadUnseen() {
  if (ahead_ && !watching_ && thread_->IsIdle()) EndReadAhead();
}

int NetlinkSocket::ReceiveOne(const ReceiveRing& ring, int milliseconds, std::span<std::uint8_t> memory) {
  // A poll() is wasted if a datagram is already queued, and a recvmsg() is wasted if none is: guess that this
  // call behaves like the previous one.
  if (milliseconds == 0 || waits_first_ == 0) {
    const int received = Receive(ring, 1, memory);
    if (received != 0 || milliseconds == 0 || ring.HasWord()) return received;
    waits_first_ = kWaitsFirst;
  } else {
    --waits_first_;
    ring.Begin();
  }
  const Deadline deadline(milliseconds);
  int left = milliseconds;
  while (true) {
    const int ready = Wait(left);
    if (ready <= 0) return ready;
    const int received = Receive(ring, 1, memory);
    if (received != 0 || ring.HasWord()) return received;
    // Another process that shares the socket was faster, or the thread ended with nothing left to take.
    left = deadline.Left();
  }
}

int NetlinkSocket::Wait(int milliseconds) const {
  if (ahead_ && !thread_->IsIdle()) return thread_->Wait(milliseconds);
  const Deadline deadline(milliseconds);
  pollfd entry{.fd = descriptor(), .events = POLLIN, .revents = 0};
  int count = poll(&entry, 1, milliseconds);
  // A signal that was handled, such as SIGCHLD of a child that ended, must not shorten the wait.
  while (count < 0 && errno == EINTR) count = poll(&entry, 1, deadline.Left());
  return count < 0 ? -errno : count;
}

int NetlinkSocket::Watch(bool ref) {
  watching_ = true;
  watch_ref_ = ref;
  return UpdateWatching();
}

void NetlinkSocket::StopWatching() {
  watching_ = false;
  UpdateWatching();
  EndReadAheadUnseen();
}

int NetlinkSocket::UpdateWatching() {
  const bool at_thread = watching_ && ahead_;
  const bool at_descriptor = watching_ && !ahead_;
  if (thread_ != nullptr) {
    if (at_thread) {
      thread_->Watch(watch_ref_);
    } else {
      thread_->Unwatch();
    }
  }
  if (at_descriptor && watcher_ == nullptr) {
    int error = 0;
    auto* loop = environment_->Loop(&error);
    if (loop != nullptr) watcher_ = loop->CreateWatcher(descriptor(), this, &error);
    if (watcher_ == nullptr) return error;
  }
  if (watcher_ == nullptr) return 0;
  if (!at_descriptor) {
    watcher_->Stop();
    return 0;
  }
  watcher_->SetRef(watch_ref_);
  return watcher_->Start();
}

int NetlinkSocket::CreateThread() {
  int error = 0;
  thread_ = SocketThread::Create(environment_, descriptor_, this, &error);
  return error;
}

int NetlinkSocket::StartOffload() {
  const int error = CreateThread();
  offloaded_ = error == 0;
  return error;
}

int NetlinkSocket::ReadAhead() {
  if (ahead_) return 0;
  const int error = thread_ == nullptr ? CreateThread() : 0;
  if (error != 0) return error;
  thread_->ReadAhead(policy_);
  ahead_ = true;
  return UpdateWatching();
}

void NetlinkSocket::OnReadable() {
  readable_ = true;
  CallJavaScript();
}

void NetlinkSocket::OnThreadProgress() {
  EndReadAheadUnseen();
  CallJavaScript();
}

void NetlinkSocket::CallJavaScript() const {
  // JavaScript may close this socket: what the call needs is kept here.
  const auto environment = environment_;
  environment->CallReadable(handle_);
}

}  // namespace afnetlink
