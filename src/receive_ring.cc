#include "receive_ring.h"

namespace afnetlink {

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
  header().pending = 0;
  header().placed = 0;
}

bool ReceiveRing::HasWord() const {
  return header().overruns != 0 || header().foreign != 0 || header().error != 0;
}

ReceiveRing::Record& ReceiveRing::record(std::size_t index) const {
  return *reinterpret_cast<Record*>(memory_.data() + sizeof(Header) + index * sizeof(Record));
}

std::size_t ReceiveRing::SlotOffset(std::size_t slot) const {
  return sizeof(Header) + slot_count() * sizeof(Record) + slot * Stride(slot_size());
}

}  // namespace afnetlink
