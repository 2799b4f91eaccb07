#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace afnetlink {

/**
 * Where the rest of a datagram goes that is longer than its slot: a reserved range of memory for each slot,
 * which costs address space only until something is written to it.
 */
class Spill {
 public:
  Spill() = default;
  Spill(const Spill&) = delete;
  Spill& operator=(const Spill&) = delete;
  ~Spill();

  /** The range of one slot; empty when the system gives no memory, so that long datagrams are cut and
   * reported. */
  std::span<std::uint8_t> Slot(std::size_t slot);
  /** Makes every range hold `size` bytes from now on, after a datagram that did not fit. */
  void Grow(std::size_t size);
  [[nodiscard]] std::size_t slot_size() const { return slot_size_; }

 private:
  void Unmap();

  std::uint8_t* memory_ = nullptr;
  /** The largest datagram that an unprivileged sender can make with the kernel's default buffers is 208 KiB.
   */
  std::size_t slot_size_ = std::size_t{256} * 1024;
  bool refused_ = false;
};

}  // namespace afnetlink
