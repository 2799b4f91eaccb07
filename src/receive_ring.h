#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace afnetlink {

/**
 * The layout of a receive ring: memory that JavaScript allocated and shares with us for the length of a call.
 * A header, then a record for each datagram, then the slots. lib/native/receive-ring.ts reads the same words.
 */
class ReceiveRing {
 public:
  struct Header {
    std::int32_t slot_size;
    std::int32_t slot_count;
    /** How often the kernel reported an overrun (ENOBUFS) during the call. */
    std::int32_t overruns;
    /** Datagrams dropped because they came from another port than the kernel's. */
    std::int32_t foreign;
    /** The errno of any other failure to receive, or 0. */
    std::int32_t error;
    /** Whether a thread of the socket's own may have more: that nothing came does not mean that nothing is
     * queued. */
    std::int32_t pending;
    /** How many bytes of the first datagram, behind its message header, are not in the ring but in the memory
     * that was given to receive them into. */
    std::int32_t placed;
    std::array<std::int32_t, 9> reserved;
  };

  struct Record {
    /** Where the datagram starts in the ring, and how much of it is there. */
    std::int32_t offset;
    std::int32_t length;
    /** Its length as sent. What lies between the two is in the spill, or lost. */
    std::int32_t true_length;
    /** The slot that it was received into: TakeSpilled wants it. */
    std::int32_t slot;
    std::uint32_t port_id;
    std::uint32_t group_mask;
    /** Bits of RecordPart: which of the words below hold something. */
    std::int32_t parts;
    std::uint32_t group;
    std::int32_t namespace_id;
    std::int32_t process_id;
    std::uint32_t user_id;
    std::uint32_t group_id;
    std::array<std::int32_t, 4> reserved;
  };

  enum RecordPart : std::int32_t {
    /** The rest of the datagram is lost. */
    kTruncated = 1,
    /** The rest of the datagram waits in the spill until the next receive. */
    kSpilled = 2,
    kGroup = 4,
    kNamespaceId = 8,
    kCredentials = 16,
  };

  explicit ReceiveRing(std::span<std::uint8_t> memory) : memory_(memory) {}

  /** Forgets what an earlier receive reported besides its datagrams. */
  void Begin() const;
  /** Whether the receive since then has such a thing to say. */
  [[nodiscard]] bool HasWord() const;

  /** False when the memory is too small for what its header says: JavaScript may have detached or overwritten
   * it. */
  [[nodiscard]] bool IsValid() const;
  [[nodiscard]] Header& header() const { return *reinterpret_cast<Header*>(memory_.data()); }
  [[nodiscard]] Record& record(std::size_t index) const;
  [[nodiscard]] std::size_t SlotOffset(std::size_t slot) const;
  /** The bytes of a datagram that are in the ring. */
  [[nodiscard]] std::span<std::uint8_t> Datagram(const Record& record) const {
    return memory_.subspan(static_cast<std::size_t>(record.offset), static_cast<std::size_t>(record.length));
  }
  /** The memory that a ring of this geometry needs. */
  static constexpr std::size_t Size(std::size_t slot_size, std::size_t slot_count) {
    return sizeof(Header) + slot_count * (sizeof(Record) + Stride(slot_size));
  }
  /** All the memory from a slot's start to the ring's end. */
  [[nodiscard]] std::span<std::uint8_t> From(std::size_t slot) const {
    return memory_.subspan(SlotOffset(slot));
  }
  [[nodiscard]] std::size_t slot_size() const { return static_cast<std::size_t>(header().slot_size); }
  [[nodiscard]] std::size_t slot_count() const { return static_cast<std::size_t>(header().slot_count); }

  static constexpr std::size_t kMaximumSlots = 64;
  /** The next offset that a datagram may start at. */
  static constexpr std::size_t Align(std::size_t offset) {
    return (offset + kAlignment - 1) / kAlignment * kAlignment;
  }

 private:
  static constexpr std::size_t kAlignment = 64;

  // A multiple of the page size would put the starts of all slots into the same few cache sets.
  static constexpr std::size_t Stride(std::size_t slot_size) { return Align(slot_size) + kAlignment; }

  std::span<std::uint8_t> memory_;
};

}  // namespace afnetlink
