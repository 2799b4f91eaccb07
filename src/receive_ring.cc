#include "receive_ring.h"

namespace afnetlink {

namespace {

constexpr std::size_t kAlignment = 64;

// A multiple of the page size would put the starts of all slots into the same few cache sets.
constexpr std::size_t Stride(std::size_t slot_size) {
  return (slot_size + kAlignment - 1) / kAlignment * kAlignment + kAlignment;
}

}  // namespace

static_assert(sizeof(ReceiveRing::Header) == 64 && sizeof(ReceiveRing::Record) == 64);

bool ReceiveRing::IsValid() const {
  if (memory_.size() < sizeof(Header)) return false;
  const std::int32_t slot_size = header().slot_size;
  const std::int32_t slot_count = header().slot_count;
  if (slot_size < 1 || slot_count < 1 || slot_count > static_cast<std::int32_t>(kMaximumSlots)) return false;
  return Size(static_cast<std::size_t>(slot_size), static_cast<std::size_t>(slot_count)) <= memory_.size();
}

void ReceiveRing::Begin() const {
  header().overruns = 0;
  header().foreign = 0;
  header().error = 0;
}

bool ReceiveRing::HasWord() const {
  return header().overruns != 0 || header().foreign != 0 || header().error != 0;
}

std::size_t ReceiveRing::Size(std::size_t slot_size, std::size_t slot_count) {
  return sizeof(Header) + slot_count * (sizeof(Record) + Stride(slot_size));
}

ReceiveRing::Record& ReceiveRing::record(std::size_t index) const {
  return *reinterpret_cast<Record*>(memory_.data() + sizeof(Header) + index * sizeof(Record));
}

std::size_t ReceiveRing::SlotOffset(std::size_t slot) const {
  return sizeof(Header) + slot_count() * sizeof(Record) + slot * Stride(slot_size());
}

}  // namespace afnetlink
