// Bounds-checked reading and writing of big-endian integers and raw bytes.
//
// A reader that runs past its end turns bad and stays bad: it returns zeros, and the caller asks
// ok() once at the end. Nothing is read outside the span. Thread safety: values.
#ifndef GOSSAMER_CORE_BASE_BYTES_H_
#define GOSSAMER_CORE_BASE_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace gossamer {

using ByteSpan = std::span<const uint8_t>;

inline uint16_t LoadBig16(const uint8_t* p) { return static_cast<uint16_t>((p[0] << 8) | p[1]); }
inline uint32_t LoadBig32(const uint8_t* p) {
  uint32_t v;
  std::memcpy(&v, p, 4);
  return __builtin_bswap32(v);
}
inline uint64_t LoadBig64(const uint8_t* p) {
  uint64_t v;
  std::memcpy(&v, p, 8);
  return __builtin_bswap64(v);
}
inline void StoreBig16(uint8_t* p, uint16_t v) {
  p[0] = static_cast<uint8_t>(v >> 8);
  p[1] = static_cast<uint8_t>(v);
}
inline void StoreBig32(uint8_t* p, uint32_t v) {
  v = __builtin_bswap32(v);
  std::memcpy(p, &v, 4);
}
inline void StoreBig64(uint8_t* p, uint64_t v) {
  v = __builtin_bswap64(v);
  std::memcpy(p, &v, 8);
}

class ByteReader {
 public:
  explicit ByteReader(ByteSpan bytes) : bytes_(bytes) {}

  size_t left() const { return bytes_.size() - position_; }
  bool ok() const { return ok_; }

  uint8_t U8() {
    const uint8_t* p = Take(1);
    return p == nullptr ? 0 : *p;
  }
  uint16_t U16() {
    const uint8_t* p = Take(2);
    return p == nullptr ? 0 : LoadBig16(p);
  }
  uint32_t U32() {
    const uint8_t* p = Take(4);
    return p == nullptr ? 0 : LoadBig32(p);
  }
  uint64_t U64() {
    const uint8_t* p = Take(8);
    return p == nullptr ? 0 : LoadBig64(p);
  }
  // The next `size` bytes, or null (and the reader turns bad) when fewer are left.
  const uint8_t* Take(size_t size) {
    if (!ok_ || size > left()) {
      ok_ = false;
      return nullptr;
    }
    const uint8_t* p = bytes_.data() + position_;
    position_ += size;
    return p;
  }

 private:
  ByteSpan bytes_;
  size_t position_ = 0;
  bool ok_ = true;
};

// Appends to a byte string owned by the caller.
class ByteWriter {
 public:
  explicit ByteWriter(std::string* out) : out_(out) {}

  void U8(uint8_t v) { out_->push_back(static_cast<char>(v)); }
  void U16(uint16_t v) { StoreBig16(Extend(2), v); }
  void U32(uint32_t v) { StoreBig32(Extend(4), v); }
  void U64(uint64_t v) { StoreBig64(Extend(8), v); }
  void Raw(const void* data, size_t size) {
    if (size > 0) std::memcpy(Extend(size), data, size);
  }
  void Zeros(size_t size) { out_->append(size, '\0'); }

 private:
  uint8_t* Extend(size_t size) {
    const size_t at = out_->size();
    out_->resize(at + size);
    return reinterpret_cast<uint8_t*>(out_->data() + at);
  }

  std::string* out_;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_BASE_BYTES_H_
