// What a prebuilt addon uses of libstdc++ outside of its headers, so that it needs neither that library nor
// the libc's that the library was built for. Linked into prebuilt addons only.
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <ctime>
#include <ext/atomicity.h>
#include <memory>
#include <new>
#include <unordered_map>
#include <utility>

namespace {

/** The memory layout of `struct stat` depends on the libc, that of `struct statx` does not. */
int Stat(int directory, const char* path, int flags, struct stat* status) {
  struct statx found {};
  if (syscall(SYS_statx, directory, path, flags, STATX_BASIC_STATS, &found) != 0) return -1;
  *status = {};
  status->st_dev = makedev(found.stx_dev_major, found.stx_dev_minor);
  status->st_ino = found.stx_ino;
  status->st_mode = found.stx_mode;
  status->st_nlink = found.stx_nlink;
  status->st_uid = found.stx_uid;
  status->st_gid = found.stx_gid;
  status->st_rdev = makedev(found.stx_rdev_major, found.stx_rdev_minor);
  status->st_size = static_cast<off_t>(found.stx_size);
  return 0;
}

}  // namespace

extern "C" {
// glibc 2.32 says here whether the process has a single thread; std::shared_ptr then counts without atomics.
char __libc_single_threaded = 0;

// glibc 2.30. Every condition variable below has the monotonic clock, the only one that is asked for.
int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t /*clock*/,
                           const timespec* until) {
  return pthread_cond_timedwait(condition, mutex, until);
}

// glibc 2.33. The times are left out.
int stat(const char* path, struct stat* status) { return Stat(AT_FDCWD, path, 0, status); }
int fstat(int descriptor, struct stat* status) { return Stat(descriptor, "", AT_EMPTY_PATH, status); }

// In libm, which the addon does not need otherwise; the compiler calls it where the processor has no
// instruction for it.
double floor(double value) {
  constexpr double kFirstWithoutFraction = 4503599627370496.0;
  if (!(value > -kFirstWithoutFraction && value < kFirstWithoutFraction)) return value;
  const auto whole = static_cast<double>(static_cast<long long>(value));
  return whole > value ? whole - 1 : whole;
}

void __cxa_pure_virtual() { std::abort(); }
}

void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t /*size*/) noexcept { std::free(memory); }

#ifdef __riscv  // Its libstdc++ does not define them inline.
namespace __gnu_cxx {

_Atomic_word __exchange_and_add(volatile _Atomic_word* word, int value) noexcept {
  return __atomic_fetch_add(word, value, __ATOMIC_ACQ_REL);
}
void __atomic_add(volatile _Atomic_word* word, int value) noexcept { __exchange_and_add(word, value); }

}  // namespace __gnu_cxx
#endif

namespace std {

// The addon is compiled without exceptions: these end the process, as an uncaught one does.
void __throw_bad_alloc() { abort(); }
void __throw_bad_array_new_length() { abort(); }
void __throw_length_error(const char* /*what*/) { abort(); }
void __throw_logic_error(const char* /*what*/) { abort(); }
void __throw_out_of_range_fmt(const char* /*what*/, ...) { abort(); }
void __throw_bad_function_call() { abort(); }
void __throw_system_error(int /*error*/) { abort(); }

// Without RTTI no type is ever compared.
bool _Sp_make_shared_tag::_S_eq(const type_info& /*type*/) noexcept { return false; }

chrono::steady_clock::time_point chrono::steady_clock::now() noexcept {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return time_point(seconds(now.tv_sec) + nanoseconds(now.tv_nsec));
}

// How std::unordered_map grows: to an odd number of buckets, at least twice as many.
size_t __detail::_Prime_rehash_policy::_M_next_bkt(size_t wanted) const {
  const size_t buckets = wanted | 1;
  _M_next_resize = static_cast<size_t>(static_cast<float>(buckets) * _M_max_load_factor);
  return buckets;
}
pair<bool, size_t> __detail::_Prime_rehash_policy::_M_need_rehash(size_t buckets, size_t elements,
                                                                  size_t added) const {
  if (elements + added <= _M_next_resize) return {false, 0};
  return {true, _M_next_bkt(max({elements + added, 2 * buckets, size_t{11}}))};
}

condition_variable::condition_variable() noexcept {
  pthread_condattr_t attributes{};
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(native_handle(), &attributes);
  pthread_condattr_destroy(&attributes);
}
condition_variable::~condition_variable() noexcept = default;
void condition_variable::wait(unique_lock<mutex>& lock) { _M_cond.wait(*lock.mutex()); }
void condition_variable::notify_one() noexcept { _M_cond.notify_one(); }
void condition_variable::notify_all() noexcept { _M_cond.notify_all(); }

}  // namespace std
