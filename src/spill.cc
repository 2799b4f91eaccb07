#include "spill.h"

#include <sys/mman.h>

#include "receive_ring.h"

namespace afnetlink {

namespace {

constexpr std::size_t kPage = 65536;

}  // namespace

Spill::~Spill() { Unmap(); }

std::span<std::uint8_t> Spill::Slot(std::size_t slot) {
  if (memory_ == nullptr && !refused_) {
    void* memory = mmap(nullptr, slot_size_ * ReceiveRing::kMaximumSlots, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    refused_ = memory == MAP_FAILED;
    if (!refused_) memory_ = static_cast<std::uint8_t*>(memory);
  }
  if (refused_) return {};
  return {memory_ + slot * slot_size_, slot_size_};
}

void Spill::Grow(std::size_t size) {
  if (size <= slot_size_) return;
  Unmap();
  slot_size_ = (size + kPage - 1) / kPage * kPage;
  refused_ = false;
}

void Spill::Unmap() {
  if (memory_ != nullptr) munmap(memory_, slot_size_ * ReceiveRing::kMaximumSlots);
  memory_ = nullptr;
}

}  // namespace afnetlink
