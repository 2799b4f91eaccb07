#include "mapped_ring.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace afnetlink {

std::shared_ptr<MappedRing> MappedRing::Open(const char* path, std::size_t pages, int* error) {
  UniqueDescriptor descriptor(open(path, O_RDWR | O_CLOEXEC));
  if (!descriptor.valid()) {
    *error = -errno;
    return nullptr;
  }
  const std::size_t size = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
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
