#include "mapped_ring.h"

#include <fcntl.h>
#include <linux/major.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>

#include "../kernel-module/netlink_test.h"

namespace afnetlink {

namespace {

constexpr std::size_t kPages = NETLINK_TEST_RING_PAGES;

bool IsMiscDevice(const struct stat& status, unsigned minor) {
  return S_ISCHR(status.st_mode) && status.st_rdev == makedev(MISC_MAJOR, minor);
}

/** Opens nothing but the device: to open another, such as a watchdog, may have effects of its own. */
int OpenDevice(const char* path, unsigned minor) {
  struct stat status {};
  if (stat(path, &status) != 0) return -errno;
  if (!IsMiscDevice(status, minor)) return -ENODEV;
  UniqueDescriptor descriptor(open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!descriptor.valid()) return -errno;
  // The path may have been given to another file meanwhile.
  if (fstat(descriptor.get(), &status) != 0) return -errno;
  if (!IsMiscDevice(status, minor)) return -ENODEV;
  // A file of any other driver, or of a module with another layout, would be mapped and then read as a ring.
  if (ioctl(descriptor.get(), NETLINK_TEST_IOC_RING) != static_cast<int>(kPages)) return -ENODEV;
  return descriptor.Release();
}

}  // namespace

std::shared_ptr<MappedRing> MappedRing::Open(const char* path, unsigned minor, int* error) {
  const int opened = OpenDevice(path, minor);
  if (opened < 0) {
    *error = opened;
    return nullptr;
  }
  UniqueDescriptor descriptor(opened);
  const std::size_t size = kPages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.get(), 0);
  if (memory == MAP_FAILED) {
    *error = -errno;
    return nullptr;
  }
  return std::make_shared<MappedRing>(std::move(descriptor), memory, size);
}

std::uint32_t* MappedRing::Word(std::size_t index) const {
  if (memory_ == nullptr || index >= size_ / sizeof(std::uint32_t)) return nullptr;
  return static_cast<std::uint32_t*>(memory_) + index;
}

void MappedRing::Unmap() {
  void* memory = std::exchange(memory_, nullptr);
  if (memory != nullptr) munmap(memory, size_);
  descriptor_.Reset();
}

}  // namespace afnetlink
