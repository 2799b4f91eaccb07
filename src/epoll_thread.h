#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "thread.h"
#include "unique_descriptor.h"

namespace afnetlink {

/** A thread that waits for descriptors in epoll and says which are readable. Ended by the destructor. */
class EpollThread {
 public:
  /** Names a descriptor. */
  using Id = std::uint32_t;
  /** Names nothing. */
  static constexpr Id kNoId = 0;
  /** Called on the thread. */
  using Post = void (*)(void* context, Id id);

  /** Returns nullptr and sets `error` to -errno on failure. */
  static std::unique_ptr<EpollThread> Start(Post post, void* context, int* error);
  EpollThread(Post post, void* context, UniqueDescriptor epoll, UniqueDescriptor stop)
      : post_(post), context_(context), epoll_(std::move(epoll)), stop_(std::move(stop)) {}
  EpollThread(const EpollThread&) = delete;
  EpollThread& operator=(const EpollThread&) = delete;
  ~EpollThread();

  /** Posts `id` once, when the descriptor is readable or has an error to fetch. Returns 0 or -errno. */
  [[nodiscard]] int Add(int descriptor, Id id) const;
  /** The same again for a descriptor that was added. */
  [[nodiscard]] int Rearm(int descriptor, Id id) const;
  /** What was posted before may still arrive. */
  void Remove(int descriptor) const;

 private:
  void Run();

  Post post_;
  void* context_;
  UniqueDescriptor epoll_;
  /** Readable when the thread is to end. */
  UniqueDescriptor stop_;
  Thread thread_;
};

}  // namespace afnetlink
