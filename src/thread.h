#pragma once

#include <pthread.h>

#include <utility>

namespace afnetlink {

/** A thread of ours, joined once at the latest by the destructor. */
class Thread {
 public:
  Thread() = default;
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  ~Thread() { Join(); }

  /** Calls `method` of `object` on the new thread. Returns 0 or -errno. */
  template <auto method, typename Object>
  int Start(Object* object) {
    const int error = pthread_create(
        &thread_, nullptr,
        [](void* data) -> void* {
          (static_cast<Object*>(data)->*method)();
          return nullptr;
        },
        object);
    running_ = error == 0;
    return -error;
  }
  void Join() {
    if (std::exchange(running_, false)) pthread_join(thread_, nullptr);
  }

 private:
  pthread_t thread_{};
  bool running_ = false;
};

}  // namespace afnetlink
