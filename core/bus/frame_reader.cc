#include <algorithm>
#include <cstring>

#include "core/bus/codec.h"
#include "core/bus/layout.h"

namespace gossamer {
namespace {

// A reader that held more than this gives the memory back after the frame.
constexpr size_t kKeptBytes = size_t{64} << 10;

}  // namespace

std::string_view FrameErrorName(FrameError error) {
  switch (error) {
    case FrameError::kNone:
      return "none";
    case FrameError::kBadSignature:
      return "bad-signature";
    case FrameError::kBadLength:
      return "bad-length";
    case FrameError::kLightNotAllowed:
      return "light-not-allowed";
    case FrameError::kBadVersion:
      return "bad-version";
    case FrameError::kTruncated:
      return "truncated";
    case FrameError::kBadExtension:
      return "bad-extension";
    case FrameError::kWrongLength:
      return "wrong-length";
    case FrameError::kTooManyNames:
      return "too-many-names";
  }
  return "unknown";
}

uint16_t PeekType(ByteSpan frame) {
  return LoadBig16(frame.data() + layout::kType) & static_cast<uint16_t>(~layout::kLightBit);
}

FrameError FrameReader::Read(ByteSpan* bytes, ByteSpan* frame) {
  *frame = {};
  if (complete_) {
    complete_ = false;
    need_ = 0;
    buffer_.clear();
    if (buffer_.capacity() > kKeptBytes) buffer_.shrink_to_fit();
  }
  while (dead_ == FrameError::kNone && !complete_ && !bytes->empty()) {
    const size_t wanted = need_ == 0 ? layout::kPrefixBytes : need_;
    const size_t taken = std::min(wanted - buffer_.size(), bytes->size());
    buffer_.append(reinterpret_cast<const char*>(bytes->data()), taken);
    *bytes = bytes->subspan(taken);
    if (buffer_.size() < wanted) break;
    if (need_ == 0) {
      dead_ = ReadPrefix();
    } else {
      complete_ = true;
    }
  }
  if (complete_) *frame = {reinterpret_cast<const uint8_t*>(buffer_.data()), buffer_.size()};
  return dead_;
}

FrameError FrameReader::ReadPrefix() {
  const auto* prefix = reinterpret_cast<const uint8_t*>(buffer_.data());
  if (std::memcmp(prefix, layout::kSignatureBytes.data(), 4) != 0) {
    return FrameError::kBadSignature;
  }
  const bool light = (LoadBig16(prefix + layout::kType) & layout::kLightBit) != 0;
  const size_t length = LoadBig32(prefix + layout::kTotalLength);
  if (length < (light ? kLightHeaderBytes : kHeaderBytes) || length > max_frame_bytes_) {
    return FrameError::kBadLength;
  }
  need_ = length;
  return FrameError::kNone;
}

}  // namespace gossamer
