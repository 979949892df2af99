// FieldWriter and FieldReader: one list of a thing's fields, to write it and to read it again.
//
// A type that wants to be written says its fields once, either as a static member
//   template <class Archive, class Self>  // Self: Thing or const Thing
//   static void Describe(Archive& a, Self& t) { a(t.name, t.size); }
// or as a function DescribeFields with the same arguments in its namespace.
// Integers are big-endian in their own size, sequences have a count before them. The reader trusts
// nothing: past the end, or when something is impossible, it turns bad, stays bad and gives zeros;
// what it makes is no larger than a small multiple of the bytes. Thread safety: values.
#ifndef GOSSAMER_CORE_BASE_FIELDS_H_
#define GOSSAMER_CORE_BASE_FIELDS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/ids.h"

namespace gossamer {

template <class T>
concept Scalar = std::is_integral_v<T> || std::is_enum_v<T>;

class FieldWriter {
 public:
  static constexpr bool kReads = false;

  explicit FieldWriter(std::string* out) : out_(out) {}

  template <class... T>
  void operator()(const T&... values) {
    (Put(values), ...);
  }

 private:
  template <Scalar T>
  void Put(const T& value) {
    // Of a character its byte, whatever its sign.
    using Bits = std::conditional_t<sizeof(T) == 1, uint8_t, uint64_t>;
    const auto bits = uint64_t{static_cast<Bits>(value)};
    for (size_t i = sizeof(T); i-- > 0;) out_.U8(static_cast<uint8_t>(bits >> (8 * i)));
  }
  template <class Tag>
  void Put(const Id40<Tag>& id) {
    out_.Raw(id.bytes.data(), id.bytes.size());
  }
  void Put(NodeKey key) { out_.U16(key.value); }
  void Put(Epoch epoch) { out_.U64(epoch.value); }
  void Put(LinkId link) { out_.U32(link.value); }
  void Put(Ticket ticket) { out_.U64(ticket.value); }
  void Put(const std::string& text) {
    out_.U32(static_cast<uint32_t>(text.size()));
    out_.Raw(text.data(), text.size());
  }
  template <class T, size_t N>
  void Put(const std::array<T, N>& all) {
    for (const T& one : all) Put(one);
  }
  template <class T>
  void Put(const std::vector<T>& all) {
    out_.U32(static_cast<uint32_t>(all.size()));
    for (const T& one : all) Put(one);
  }
  template <class K, class V>
  void Put(const std::map<K, V>& all) {
    out_.U32(static_cast<uint32_t>(all.size()));
    for (const auto& [key, value] : all) (*this)(key, value);
  }
  template <class T>
  void Put(const std::optional<T>& value) {
    Put(value.has_value());
    if (value) Put(*value);
  }
  template <class T>
  void Put(const T& value) {
    if constexpr (requires { T::Describe(*this, value); }) {
      T::Describe(*this, value);
    } else {
      DescribeFields(*this, value);
    }
  }

  ByteWriter out_;
};

class FieldReader {
 public:
  static constexpr bool kReads = true;

  explicit FieldReader(ByteSpan bytes) : in_(bytes) {}

  bool ok() const { return ok_ && in_.ok(); }
  size_t left() const { return in_.left(); }
  void Refuse() { ok_ = false; }
  // Refuses what is impossible.
  void Require(bool holds) { ok_ = ok_ && holds; }

  template <class... T>
  void operator()(T&... values) {
    (Take(values), ...);
  }

 private:
  template <Scalar T>
  void Take(T& value) {
    uint64_t bits = 0;
    for (size_t i = 0; i < sizeof(T); ++i) bits = bits << 8 | in_.U8();
    if constexpr (std::is_same_v<T, bool>) {
      Require(bits <= 1);
      value = bits == 1;
    } else {
      value = static_cast<T>(bits);
    }
  }
  template <class Tag>
  void Take(Id40<Tag>& id) {
    for (char& c : id.bytes) c = static_cast<char>(in_.U8());
  }
  void Take(NodeKey& key) { key.value = in_.U16(); }
  void Take(Epoch& epoch) { epoch.value = in_.U64(); }
  void Take(LinkId& link) { link.value = in_.U32(); }
  void Take(Ticket& ticket) { ticket.value = in_.U64(); }
  void Take(std::string& text) {
    const size_t size = in_.U32();
    const uint8_t* bytes = in_.Take(size);
    text.clear();
    if (bytes != nullptr) text.assign(reinterpret_cast<const char*>(bytes), size);
  }
  template <class T, size_t N>
  void Take(std::array<T, N>& all) {
    for (T& one : all) Take(one);
  }
  template <class T>
  void Take(std::vector<T>& all) {
    all.clear();
    for (uint32_t n = Count(); n > 0 && ok(); --n) Take(all.emplace_back());
  }
  template <class K, class V>
  void Take(std::map<K, V>& all) {
    all.clear();
    for (uint32_t n = Count(); n > 0 && ok(); --n) {
      K key{};
      V value{};
      (*this)(key, value);
      Require(all.emplace(key, value).second);
    }
  }
  template <class T>
  void Take(std::optional<T>& value) {
    bool present = false;
    Take(present);
    value.reset();
    if (present) Take(value.emplace());
  }
  template <class T>
  void Take(T& value) {
    if constexpr (requires { T::Describe(*this, value); }) {
      T::Describe(*this, value);
    } else {
      DescribeFields(*this, value);
    }
  }

  // Every element takes a byte at least.
  uint32_t Count() {
    const uint32_t count = in_.U32();
    Require(count <= left());
    return count;
  }

  ByteReader in_;
  bool ok_ = true;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_BASE_FIELDS_H_
