#pragma once

#include <atomic>
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

namespace afnetlink {

/**
 * The objects of one environment, reached from JavaScript by number. A handle is `generation * 65536 +
 * index`, and no generation is given out twice in this process: a stale handle, or one of another
 * environment, finds nothing.
 */
template <typename T>
class HandleTable {
 public:
  [[nodiscard]] bool full() const { return free_.empty() && slots_.size() == kCapacity; }

  /** Adopts the object that `make(handle)` builds and returns its handle. The table must not be full. */
  template <typename Make>
  double Add(Make&& make) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    // Shared by all environments, for only so can a handle of another one be told from ours.
    static std::atomic<std::uint64_t> next_generation{0};
    const std::uint64_t generation = next_generation.fetch_add(1, std::memory_order_relaxed);
    const auto handle = static_cast<double>(generation * kCapacity + index);
    slots_[index].object = make(handle);
    slots_[index].handle = handle;
    return handle;
  }

  [[nodiscard]] T* Find(double handle) const {
    if (!(handle >= 0) || handle > kLargestHandle) return nullptr;
    const auto index = static_cast<std::uint64_t>(handle) % kCapacity;
    if (index >= slots_.size() || slots_[index].handle != handle) return nullptr;
    return slots_[index].object.get();
  }

  /** Takes the object out of the table; nullptr for a handle that is not of this table. */
  std::unique_ptr<T> Remove(double handle) {
    if (Find(handle) == nullptr) return nullptr;
    const auto index = static_cast<std::uint32_t>(static_cast<std::uint64_t>(handle) % kCapacity);
    free_.push_back(index);
    slots_[index].handle = kNone;
    return std::move(slots_[index].object);
  }

  /** Destroys every object. */
  void Clear() {
    auto slots = std::move(slots_);
    slots_.clear();
    free_.clear();
  }

 private:
  static constexpr double kNone = -1;
  static constexpr std::uint64_t kCapacity = 65536;
  /** Number.MAX_SAFE_INTEGER: every handle is exact as a double. */
  static constexpr double kLargestHandle = 9007199254740991.0;

  struct Slot {
    double handle = kNone;
    std::unique_ptr<T> object;
  };

  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace afnetlink
