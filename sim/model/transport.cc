#include "sim/model/transport.h"

#include <algorithm>

#include "sim/engine/draw.h"

namespace gossamer::sim {

TransportModel::TransportModel(Transport transport, uint32_t shadow_every, uint64_t seed,
                               MessagePool* pool)
    : transport_(transport),
      shadow_every_(std::max<uint32_t>(shadow_every, 1)),
      seed_(seed),
      pool_(pool) {}

TransportModel::Packet TransportModel::NewBytes(const MessageRef& message) {
  uint32_t slot;
  if (free_.empty()) {
    slot = static_cast<uint32_t>(packets_.size());
    packets_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  Bytes& packet = packets_[slot];
  packet.original = message;
  packet.bytes.clear();
  packet.corrupted = false;
  Encode(*message, pool_->names(), &packet.bytes);
  return kBytesBit | slot;
}

TransportModel::Packet TransportModel::Wrap(const MessageRef& message, uint64_t bits) {
  if (transport_ == Transport::kWire) return NewBytes(message);
  if (transport_ == Transport::kShadow &&
      Scale(static_cast<uint32_t>(Mix64(bits ^ seed_)), shadow_every_) == 0) {
    scratch_.clear();
    Encode(*message, pool_->names(), &scratch_);
    Compare(*message, DecodeBytes(scratch_, bits));
  }
  message->AddRef();
  return reinterpret_cast<uint64_t>(message.get());
}

TransportModel::Packet TransportModel::WrapCorrupted(const MessageRef& message, uint64_t bits) {
  const Packet packet = NewBytes(message);
  Bytes& held = packets_[packet & ~kBytesBit];
  held.corrupted = true;
  const uint64_t draw = Mix64(bits ^ seed_);
  const uint32_t at = Scale(static_cast<uint32_t>(draw), static_cast<uint32_t>(held.bytes.size()));
  held.bytes[at] = static_cast<char>(held.bytes[at] ^ (1 << ((draw >> 40) & 7)));
  return packet;
}

TransportModel::Arrival TransportModel::DecodeBytes(const std::string& bytes, uint64_t bits) {
  FrameReader reader;
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  size_t at = 0;
  for (uint32_t piece = 0; at < bytes.size(); ++piece) {
    // Few cuts in a run of pieces, and now and then a tiny one.
    const uint64_t draw = DrawAt(seed_, bits, piece);
    const size_t most = (draw & 7) == 0 ? 16 : bytes.size();
    const size_t left = bytes.size() - at;
    const size_t size = std::min<size_t>(
        left, 1 + Scale(static_cast<uint32_t>(draw >> 32), static_cast<uint32_t>(most)));
    ByteSpan span(data + at, size);
    at += size;
    while (!span.empty()) {
      ByteSpan frame;
      const FrameError error = reader.Read(&span, &frame);
      if (error != FrameError::kNone) return {nullptr, error};
      if (frame.empty()) continue;
      Arrival arrival;
      arrival.error = Decode(frame, pool_, &arrival.message);
      return arrival;
    }
  }
  // A length that promises more than ever comes.
  return {nullptr, FrameError::kBadLength};
}

void TransportModel::Compare(const Message& original, const Arrival& arrival) {
  ++checked_;
  if (!arrival.message || arrival.message->content_hash != original.content_hash ||
      arrival.message->encoded_length != original.encoded_length ||
      !SameContent(*arrival.message, original)) {
    ++mismatches_;
  }
}

TransportModel::Arrival TransportModel::Receive(Packet packet) {
  if ((packet & kBytesBit) == 0) {
    const auto* message = reinterpret_cast<const Message*>(packet);
    Arrival arrival{MessageRef(message), FrameError::kNone};
    message->Unref();
    return arrival;
  }
  const auto slot = static_cast<uint32_t>(packet & ~kBytesBit);
  Arrival arrival = DecodeBytes(packets_[slot].bytes, Mix64(seed_ + ++received_));
  if (!packets_[slot].corrupted) Compare(*packets_[slot].original, arrival);
  packets_[slot].original = nullptr;
  free_.push_back(slot);
  return arrival;
}

void TransportModel::Drop(Packet packet) {
  if ((packet & kBytesBit) == 0) {
    reinterpret_cast<const Message*>(packet)->Unref();
    return;
  }
  const auto slot = static_cast<uint32_t>(packet & ~kBytesBit);
  packets_[slot].original = nullptr;
  free_.push_back(slot);
}

MessageRef TransportModel::Original(Packet packet) const {
  if ((packet & kBytesBit) == 0) return MessageRef(reinterpret_cast<const Message*>(packet));
  return packets_[packet & ~kBytesBit].original;
}

bool TransportModel::AppendBytes(Packet packet, std::string* out) const {
  if ((packet & kBytesBit) == 0) {
    Encode(*reinterpret_cast<const Message*>(packet), pool_->names(), out);
    return true;
  }
  const Bytes& held = packets_[packet & ~kBytesBit];
  *out += held.bytes;
  return !held.corrupted;
}

size_t TransportModel::memory_bytes() const {
  size_t bytes = packets_.capacity() * sizeof(Bytes) + scratch_.capacity();
  for (const Bytes& packet : packets_) bytes += packet.bytes.capacity();
  return bytes;
}

}  // namespace gossamer::sim
