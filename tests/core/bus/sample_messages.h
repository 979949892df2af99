// Messages for the tests of core/bus: one of every type, every field set to something of its own.
#ifndef GOSSAMER_TESTS_CORE_BUS_SAMPLE_MESSAGES_H_
#define GOSSAMER_TESTS_CORE_BUS_SAMPLE_MESSAGES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/bus/codec.h"
#include "core/bus/message.h"
#include "core/bus/message_pool.h"

namespace gossamer::testing {

// A valid name that ends in `number`.
NodeName NumberedName(uint32_t number);
ShardId NumberedShard(uint32_t number);
// 10.0.x.y with ports of its own.
Endpoint NumberedEndpoint(uint32_t number);
SlotSet SlotsOf(const std::vector<SlotRange>& ranges);

inline ByteSpan SpanOf(const std::string& bytes) {
  return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
}
std::string Encoded(const Message& message, const MessagePool& pool);

// Types with a normal header, an unknown one among them.
std::vector<MessageType> NormalTypes();
std::vector<MessageType> LightTypes();

// A host whose names 0 to 9 are interned, those below 8 with canonical endpoints.
class SampleHost {
 public:
  SampleHost();

  MessagePool& pool() { return pool_; }
  NodeKey key(uint32_t number) const { return keys_[number]; }

  // An unsealed message with every field of its header and body set. Its heartbeats have five
  // entries: two short ones, one with an unanswered ping, one that moved away from its canonical
  // endpoint, one without a canonical endpoint.
  Message* Make(MessageType type, bool light = false);
  SlotSetRef Slots(const std::vector<SlotRange>& ranges) {
    return pool_.slot_sets().Intern(SlotsOf(ranges));
  }

 private:
  MessagePool pool_;
  std::vector<NodeKey> keys_;
};

// All extensions that there are, one of them unknown.
Extensions SampleExtensions();
ExtensionsRef Shared(Extensions extensions);

}  // namespace gossamer::testing

#endif  // GOSSAMER_TESTS_CORE_BUS_SAMPLE_MESSAGES_H_
