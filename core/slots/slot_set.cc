#include "core/slots/slot_set.h"

#include "core/base/hash.h"

namespace gossamer {
namespace {

using Bitmap = std::span<const uint8_t, SlotSet::kBytes>;

bool SameBytes(Bitmap a, Bitmap b) { return std::memcmp(a.data(), b.data(), SlotSet::kBytes) == 0; }

uint64_t HashBitmap(Bitmap bitmap) {
  ProductSum sum;
  uint64_t any = 0;
  for (size_t at = 0; at < SlotSet::kBytes; at += 16) {
    uint64_t words[2];
    std::memcpy(words, bitmap.data() + at, sizeof(words));
    sum.Add(words[0], words[1]);
    any |= words[0] | words[1];
  }
  return any == 0 ? 0 : sum.Finish();
}

}  // namespace

void SlotSet::SetRange(SlotRange range) {
  for (uint32_t slot = range.first; slot <= range.last; ++slot) set(static_cast<Slot>(slot));
}

uint32_t SlotSet::count() const {
  uint32_t n = 0;
  for (const uint64_t word : words_) n += static_cast<uint32_t>(std::popcount(word));
  return n;
}

bool SlotSet::empty() const {
  for (const uint64_t word : words_) {
    if (word != 0) return false;
  }
  return true;
}

SlotSet& SlotSet::operator|=(const SlotSet& other) {
  for (size_t w = 0; w < kWords; ++w) words_[w] |= other.words_[w];
  return *this;
}

SlotSet& SlotSet::operator&=(const SlotSet& other) {
  for (size_t w = 0; w < kWords; ++w) words_[w] &= other.words_[w];
  return *this;
}

SlotSet& SlotSet::operator-=(const SlotSet& other) {
  for (size_t w = 0; w < kWords; ++w) words_[w] &= ~other.words_[w];
  return *this;
}

std::vector<SlotRange> SlotSet::Ranges() const {
  std::vector<SlotRange> ranges;
  ForEach([&ranges](Slot slot) {
    if (!ranges.empty() && ranges.back().last + 1 == slot) {
      ranges.back().last = slot;
    } else {
      ranges.push_back({slot, slot});
    }
  });
  return ranges;
}

SlotSet SlotSet::FromBytes(std::span<const uint8_t, kBytes> bytes) {
  SlotSet set;
  std::memcpy(set.words_.data(), bytes.data(), kBytes);
  return set;
}

void SharedSlotSet::Unref() const {
  if (--refs_ == 0) table_->Remove(this);
}

SlotSetTable::SlotSetTable() : index_(64, nullptr) { empty_ = Intern(SlotSet{}); }

SlotSetTable::~SlotSetTable() {
  empty_ = nullptr;
  for (SharedSlotSet* set : index_) delete set;
}

SlotSetRef SlotSetTable::Intern(Bitmap bitmap) {
  const uint64_t hash = HashBitmap(bitmap);
  const size_t mask = index_.size() - 1;
  size_t at = hash & mask;
  for (; index_[at] != nullptr; at = (at + 1) & mask) {
    if (index_[at]->hash_ == hash && SameBytes(index_[at]->set_.bytes(), bitmap)) {
      return SlotSetRef(index_[at]);
    }
  }
  auto* shared = new SharedSlotSet;
  shared->set_ = SlotSet::FromBytes(bitmap);
  shared->count_ = shared->set_.count();
  shared->hash_ = hash;
  shared->table_ = this;
  index_[at] = shared;
  ++size_;
  if (size_ * 2 > index_.size()) Grow();
  return SlotSetRef(shared);
}

void SlotSetTable::Grow() {
  std::vector<SharedSlotSet*> old(index_.size() * 2, nullptr);
  old.swap(index_);
  const size_t mask = index_.size() - 1;
  for (SharedSlotSet* set : old) {
    if (set == nullptr) continue;
    size_t at = set->hash_ & mask;
    while (index_[at] != nullptr) at = (at + 1) & mask;
    index_[at] = set;
  }
}

void SlotSetTable::Remove(const SharedSlotSet* set) {
  const size_t mask = index_.size() - 1;
  size_t hole = set->hash_ & mask;
  while (index_[hole] != set) hole = (hole + 1) & mask;
  delete index_[hole];
  index_[hole] = nullptr;
  --size_;
  for (size_t at = (hole + 1) & mask; index_[at] != nullptr; at = (at + 1) & mask) {
    const size_t home = index_[at]->hash_ & mask;
    if (((at - home) & mask) >= ((at - hole) & mask)) {
      index_[hole] = index_[at];
      index_[at] = nullptr;
      hole = at;
    }
  }
}

size_t SlotSetTable::memory_bytes() const {
  return index_.size() * sizeof(SharedSlotSet*) + size_ * sizeof(SharedSlotSet);
}

}  // namespace gossamer
