#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "unique_descriptor.h"

namespace afnetlink {

/** The pages of an open ring device, shared with the kernel. Unmapped and closed once: by Unmap or the
 * destructor. */
class MappedRing {
 public:
  /**
   * Opens and maps the ring device, which has this minor number among the miscellaneous devices. Returns
   * nullptr and sets `error` to -errno where that fails, which is -ENODEV for a file of any other kind.
   */
  static std::shared_ptr<MappedRing> Open(const char* path, unsigned minor, int* error);
  MappedRing(UniqueDescriptor descriptor, void* memory, std::size_t size)
      : descriptor_(std::move(descriptor)), memory_(memory), size_(size) {}
  MappedRing(const MappedRing&) = delete;
  MappedRing& operator=(const MappedRing&) = delete;
  ~MappedRing() { Unmap(); }

  [[nodiscard]] int descriptor() const { return descriptor_.get(); }
  [[nodiscard]] void* memory() const { return memory_; }
  [[nodiscard]] std::size_t size() const { return size_; }

  /** The 32-bit word at this index of the mapping; nullptr outside of it, and once it is unmapped. */
  [[nodiscard]] std::uint32_t* Word(std::size_t index) const;
  void Unmap();

 private:
  UniqueDescriptor descriptor_;
  void* memory_;
  std::size_t size_;
};

/** A ring that JavaScript has a handle of, and the ArrayBuffer over its memory. */
struct OpenRing {
  std::shared_ptr<MappedRing> ring;
  Napi::Reference<Napi::ArrayBuffer> buffer;
};

}  // namespace afnetlink
