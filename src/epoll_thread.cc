#include "epoll_thread.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace afnetlink {

namespace {

// Once, so that a descriptor that stays readable does not keep the thread busy while JavaScript works.
constexpr std::uint32_t kOnce = EPOLLIN | EPOLLONESHOT;

int Control(const UniqueDescriptor& epoll, int operation, int descriptor, EpollThread::Id id,
            std::uint32_t events) {
  epoll_event event{.events = events, .data = {.u32 = id}};
  return epoll_ctl(epoll.get(), operation, descriptor, &event) != 0 ? -errno : 0;
}

}  // namespace

std::unique_ptr<EpollThread> EpollThread::Start(Post post, void* context, int* error) {
  UniqueDescriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  UniqueDescriptor stop(eventfd(0, EFD_CLOEXEC));
  if (!epoll.valid() || !stop.valid()) {
    *error = -errno;
    return nullptr;
  }
  *error = Control(epoll, EPOLL_CTL_ADD, stop.get(), kNoId, EPOLLIN);
  if (*error != 0) return nullptr;
  auto created = std::make_unique<EpollThread>(post, context, std::move(epoll), std::move(stop));
  *error = created->thread_.Start<&EpollThread::Run>(created.get());
  return *error == 0 ? std::move(created) : nullptr;
}

EpollThread::~EpollThread() {
  eventfd_write(stop_.get(), 1);
  thread_.Join();
}

int EpollThread::Add(int descriptor, Id id) const {
  return Control(epoll_, EPOLL_CTL_ADD, descriptor, id, kOnce);
}

int EpollThread::Rearm(int descriptor, Id id) const {
  return Control(epoll_, EPOLL_CTL_MOD, descriptor, id, kOnce);
}

void EpollThread::Remove(int descriptor) const { Control(epoll_, EPOLL_CTL_DEL, descriptor, kNoId, 0); }

void EpollThread::Run() {
  pthread_setname_np(pthread_self(), "afnetlink-poll");
  std::array<epoll_event, 16> events{};
  while (true) {
    const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
    // Of a signal that this thread handled.
    if (count < 0) continue;
    for (int index = 0; index < count; ++index) {
      const Id id = events[static_cast<std::size_t>(index)].data.u32;
      if (id == kNoId) return;
      post_(context_, id);
    }
  }
}

}  // namespace afnetlink
