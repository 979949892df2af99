// The one place where typed messages become bytes and bytes become typed messages.
//
// SOURCE: bus spec sections 2 to 4 and 7. Bytes are never trusted: every length is checked before
// it is used, and a frame that does not say exactly what its type requires is refused with a typed
// error. Thread safety: functions are pure up to the pool that they are given. DEVIATION: extension
// lengths below 8, PUBLISH and MODULE length sums beyond 32 bits and frames above kMaxFrameBytes
// are refused; the reference accepts or wraps them.
#ifndef GOSSAMER_CORE_BUS_CODEC_H_
#define GOSSAMER_CORE_BUS_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/bus/message.h"
#include "core/bus/message_pool.h"

namespace gossamer {

inline constexpr size_t kHeaderBytes = 2256;
inline constexpr size_t kLightHeaderBytes = 16;
inline constexpr size_t kGossipBytes = 104;
// Largest frame: the largest PUBLISH that a server with default limits relays, with headers.
inline constexpr size_t kMaxFrameBytes = (size_t{512} << 20) + 8192;

// Why a frame was refused. All but the first two keep the link. SOURCE: bus spec section 7.
enum class FrameError : uint8_t {
  kNone = 0,
  kBadSignature,  // frees the link
  kBadLength,     // shorter than the header that its type needs, or above the limit: frees the link
  kLightNotAllowed,  // light bit on a type that has no light form
  kBadVersion,
  kTruncated,     // gossip or an extension reaches past the end
  kBadExtension,  // length below 8 or not a multiple of 8, or a string without its NUL
  kWrongLength,   // totlen is not what the content requires
  kTooManyNames,  // the host's name table is full
};
constexpr bool FreesLink(FrameError error) {
  return error == FrameError::kBadSignature || error == FrameError::kBadLength;
}
// A short name for counters and logs, such as "wrong-length".
std::string_view FrameErrorName(FrameError error);

// Appends the bytes of `message` to *out: exactly message.encoded_length of them.
void Encode(const Message& message, const NameTable& names, std::string* out);

// Decodes one whole frame. On success *message holds it; else the reason, and *message is null.
// Names that the host does not know are interned for the life of the message.
FrameError Decode(ByteSpan frame, MessagePool* pool, MessageRef* message);

// The type that a whole frame claims, without the light bit; for counters. REQUIRES: frame.size()
// >= 14.
uint16_t PeekType(ByteSpan frame);

// Cuts a byte stream into frames. Holds at most one frame; memory grows with the bytes that
// arrived, not with what the length field promises.
class FrameReader {
 public:
  // `max_frame_bytes` above which a length is refused.
  explicit FrameReader(size_t max_frame_bytes = kMaxFrameBytes)
      : max_frame_bytes_(max_frame_bytes) {}

  // Takes bytes from the front of *bytes until a frame is complete or *bytes is empty. Returns
  // kNone and sets *frame to the complete frame, or to an empty span when more is needed; the span
  // is valid until the next call. Returns kBadSignature or kBadLength as soon as the first 14 bytes
  // show it; the reader is then dead.
  FrameError Read(ByteSpan* bytes, ByteSpan* frame);

  // Bytes of the frame at hand, and the memory held for frames.
  size_t buffered() const { return buffer_.size(); }
  size_t memory_bytes() const { return buffer_.capacity(); }

 private:
  FrameError ReadPrefix();

  size_t max_frame_bytes_;
  std::string buffer_;
  size_t need_ = 0;  // total length once known, else 0
  bool complete_ = false;
  FrameError dead_ = FrameError::kNone;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_BUS_CODEC_H_
