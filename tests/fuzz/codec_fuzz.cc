// Any bytes as one stream and as one frame: nothing is read outside them, frames do not depend on
// how the stream was cut, and what decodes says the same after encoding and decoding, in its own
// host and in one that knows the endpoints.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/check.h"
#include "core/bus/codec.h"

namespace gossamer {
namespace {

struct Cut {
  std::vector<std::vector<uint8_t>> frames;
  FrameError error = FrameError::kNone;
  friend bool operator==(const Cut&, const Cut&) = default;
};

Cut CutStream(ByteSpan stream, size_t piece) {
  Cut cut;
  FrameReader reader;
  while (!stream.empty() && cut.error == FrameError::kNone) {
    ByteSpan bytes = stream.first(std::min(piece, stream.size()));
    stream = stream.subspan(bytes.size());
    while (true) {
      ByteSpan frame;
      cut.error = reader.Read(&bytes, &frame);
      if (frame.empty()) break;
      cut.frames.emplace_back(frame.begin(), frame.end());
    }
  }
  return cut;
}

std::string Encoded(const Message& message, const MessagePool& pool) {
  std::string bytes;
  Encode(message, pool.names(), &bytes);
  GOSSAMER_CHECK(bytes.size() == message.encoded_length);
  return bytes;
}

MessageRef MustDecode(const std::string& bytes, MessagePool* pool) {
  const ByteSpan span(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  MessageRef message;
  GOSSAMER_CHECK(Decode(span, pool, &message) == FrameError::kNone);
  return message;
}

// Makes the endpoints that the message spells out the canonical ones of another host.
void OfferAll(const Message& message, const MessagePool& from, MessagePool* to) {
  const auto* heartbeat = std::get_if<Heartbeat>(&message.body);
  if (heartbeat == nullptr) return;
  for (const GossipEndpoint& spelled : heartbeat->endpoints) {
    const NodeKey node = heartbeat->gossip[spelled.index].node;
    const NodeKey kept = to->names().Intern(from.names().name(node));
    if (kept.valid()) to->names().OfferEndpoint(kept, spelled.endpoint);
  }
}

void CheckFrame(ByteSpan frame) {
  MessagePool pool;
  MessageRef message;
  const FrameError error = Decode(frame, &pool, &message);
  GOSSAMER_CHECK(static_cast<bool>(message) == (error == FrameError::kNone));
  if (error != FrameError::kNone) {
    GOSSAMER_CHECK(pool.live() == 0 && pool.names().size() == 0);
    return;
  }
  const std::string bytes = Encoded(*message, pool);
  const MessageRef again = MustDecode(bytes, &pool);
  GOSSAMER_CHECK(SameContent(*again, *message));
  GOSSAMER_CHECK(again->content_hash == message->content_hash);
  GOSSAMER_CHECK(Encoded(*again, pool) == bytes);

  MessagePool other(1);
  OfferAll(*message, pool, &other);
  const MessageRef elsewhere = MustDecode(bytes, &other);
  GOSSAMER_CHECK(elsewhere->content_hash == message->content_hash);
  GOSSAMER_CHECK(Encoded(*elsewhere, other) == bytes);
}

void CheckInput(ByteSpan input) {
  const Cut cut = CutStream(input, input.size());
  GOSSAMER_CHECK(CutStream(input, 1 + input.size() % 61) == cut);
  for (const std::vector<uint8_t>& frame : cut.frames) CheckFrame(frame);
  CheckFrame(input);
}

}  // namespace
}  // namespace gossamer

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gossamer::CheckInput({data, size});
  return 0;
}
