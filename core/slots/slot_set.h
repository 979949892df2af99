// SlotSet: a set of hash slots, laid out as the wire lays it out.
//
// Slot s is bit (s & 7) of byte s / 8, on every machine (SOURCE: bus spec section 1). SlotSetRef is
// a shared immutable set, interned per host: two refs from one SlotSetTable are equal exactly when
// their contents are. Thread safety: none; a table and its refs belong to one host.
#ifndef GOSSAMER_CORE_SLOTS_SLOT_SET_H_
#define GOSSAMER_CORE_SLOTS_SLOT_SET_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "core/base/ref.h"

namespace gossamer {

inline constexpr uint32_t kSlots = 16384;

using Slot = uint16_t;

// An inclusive range of slots.
struct SlotRange {
  Slot first = 0;
  Slot last = 0;

  friend bool operator==(const SlotRange&, const SlotRange&) = default;
};

class SlotSet {
 public:
  static constexpr size_t kBytes = kSlots / 8;
  static constexpr size_t kWords = kSlots / 64;

  bool test(Slot slot) const { return ((words_[slot >> 6] >> (slot & 63)) & 1) != 0; }
  void set(Slot slot) { words_[slot >> 6] |= uint64_t{1} << (slot & 63); }
  void reset(Slot slot) { words_[slot >> 6] &= ~(uint64_t{1} << (slot & 63)); }
  void SetRange(SlotRange range);
  uint32_t count() const;
  bool empty() const;

  SlotSet& operator|=(const SlotSet& other);
  SlotSet& operator&=(const SlotSet& other);
  // Removes every slot of `other`.
  SlotSet& operator-=(const SlotSet& other);
  friend bool operator==(const SlotSet&, const SlotSet&) = default;

  // Calls visit(slot) for every member, rising.
  template <class Visit>
  void ForEach(Visit visit) const {
    for (size_t w = 0; w < kWords; ++w) {
      for (uint64_t bits = words_[w]; bits != 0; bits &= bits - 1) {
        visit(static_cast<Slot>(w * 64 + static_cast<size_t>(std::countr_zero(bits))));
      }
    }
  }
  // The members as maximal ranges, rising.
  std::vector<SlotRange> Ranges() const;

  // The 2048 bytes of the wire.
  std::span<const uint8_t, kBytes> bytes() const {
    return std::span<const uint8_t, kBytes>(reinterpret_cast<const uint8_t*>(words_.data()),
                                            kBytes);
  }
  void CopyTo(uint8_t* bytes) const { std::memcpy(bytes, words_.data(), kBytes); }
  static SlotSet FromBytes(std::span<const uint8_t, kBytes> bytes);

  uint64_t word(size_t index) const { return words_[index]; }

 private:
  static_assert(std::endian::native == std::endian::little, "slot words mirror the wire's bytes");
  std::array<uint64_t, kWords> words_{};
};

class SlotSetTable;

// An interned SlotSet with its size and a fixed content hash.
class SharedSlotSet {
 public:
  const SlotSet& set() const { return set_; }
  uint32_t count() const { return count_; }
  // Depends on the content alone; zero for the empty set.
  uint64_t hash() const { return hash_; }

  void AddRef() const { ++refs_; }
  void Unref() const;

 private:
  friend class SlotSetTable;
  SlotSet set_;
  uint32_t count_ = 0;
  uint64_t hash_ = 0;
  SlotSetTable* table_ = nullptr;
  mutable uint32_t refs_ = 0;
};
using SlotSetRef = Ref<const SharedSlotSet>;

// Interns slot sets. An unreferenced set is freed at once; the table must outlive every ref it gave
// out.
class SlotSetTable {
 public:
  SlotSetTable();
  ~SlotSetTable();
  SlotSetTable(const SlotSetTable&) = delete;
  SlotSetTable& operator=(const SlotSetTable&) = delete;

  SlotSetRef Intern(const SlotSet& set) { return Intern(set.bytes()); }
  // The set that the wire's bitmap says.
  SlotSetRef Intern(std::span<const uint8_t, SlotSet::kBytes> bitmap);
  // The shared empty set. Never null.
  const SlotSetRef& empty() const { return empty_; }
  size_t size() const { return size_; }
  size_t memory_bytes() const;

 private:
  friend class SharedSlotSet;
  void Remove(const SharedSlotSet* set);
  void Grow();

  // Open addressing by content hash, linear probing, backward-shift deletion. Order never leaves
  // this class.
  std::vector<SharedSlotSet*> index_;
  size_t size_ = 0;
  SlotSetRef empty_;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_SLOTS_SLOT_SET_H_
