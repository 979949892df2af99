// Transport: the form in which messages travel between simulated nodes.
//
// Typed: the message object itself. Wire: its bytes, cut into segments and decoded as a server does
// it. Shadow: the object, and every k-th message, chosen by the seed, is also encoded, decoded and
// compared. All three deliver the same at the same instant. A packet is a number that owns what it
// carries until Receive or Drop. Thread safety: none.
#ifndef GOSSAMER_SIM_MODEL_TRANSPORT_H_
#define GOSSAMER_SIM_MODEL_TRANSPORT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/bus/codec.h"
#include "core/bus/message.h"
#include "core/bus/message_pool.h"
#include "sim/model/run_options.h"

namespace gossamer::sim {

class TransportModel {
 public:
  TransportModel(Transport transport, uint32_t shadow_every, uint64_t seed, MessagePool* pool);

  using Packet = uint64_t;
  // `bits` are random bits that belong to this packet alone.
  Packet Wrap(const MessageRef& message, uint64_t bits);
  // As Wrap, with one byte of the encoded message changed, in every transport.
  Packet WrapCorrupted(const MessageRef& message, uint64_t bits);

  // What arrives: a message, or the reason why there is none.
  struct Arrival {
    MessageRef message;
    FrameError error = FrameError::kNone;
  };
  Arrival Receive(Packet packet);
  void Drop(Packet packet);
  // What was sent, whatever becomes of it on the way.
  MessageRef Original(Packet packet) const;
  // Appends the bytes on the way, the same in every transport; false when a fault changed them.
  bool AppendBytes(Packet packet, std::string* out) const;

  uint64_t mismatches() const { return mismatches_; }
  uint64_t checked() const { return checked_; }
  size_t memory_bytes() const;

 private:
  // Marks a packet of bytes; else a packet is the address of a message, to which it holds a
  // reference.
  static constexpr uint64_t kBytesBit = uint64_t{1} << 63;
  struct Bytes {
    MessageRef original;  // keeps the names alive that the bytes spell
    std::string bytes;
    bool corrupted = false;
  };

  Packet NewBytes(const MessageRef& message);
  Arrival DecodeBytes(const std::string& bytes, uint64_t bits);
  void Compare(const Message& original, const Arrival& arrival);

  Transport transport_;
  uint32_t shadow_every_;
  uint64_t seed_;
  MessagePool* pool_;
  std::vector<Bytes> packets_;
  std::vector<uint32_t> free_;
  std::string scratch_;
  uint64_t received_ = 0;
  uint64_t checked_ = 0;
  uint64_t mismatches_ = 0;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_TRANSPORT_H_
