#include "core/bus/message_pool.h"

#include <exception>

#include "core/base/check.h"
#include "core/bus/codec.h"
#include "core/bus/layout.h"

namespace gossamer {
namespace {

// A recycled heartbeat with room for more entries than this gives its memory back: one huge frame
// from a peer must not stay paid for.
constexpr size_t kKeptEntries = 8192;

template <class Vector>
void Recycle(Vector* items) {
  items->clear();
  if (items->capacity() > kKeptEntries) items->shrink_to_fit();
}

void ClearHeartbeat(Heartbeat* heartbeat) {
  Recycle(&heartbeat->gossip);
  Recycle(&heartbeat->pings);
  Recycle(&heartbeat->endpoints);
  heartbeat->gossip_valid = true;
  heartbeat->extensions = nullptr;
}

void MakeBody(MessageType type, Message* message) {
  switch (type) {
    case MessageType::kPing:
    case MessageType::kPong:
    case MessageType::kMeet:
      if (!std::holds_alternative<Heartbeat>(message->body)) message->body.emplace<Heartbeat>();
      return;
    case MessageType::kFail:
      message->body.emplace<Fail>();
      return;
    case MessageType::kPublish:
    case MessageType::kPublishShard:
      message->body.emplace<Publish>();
      return;
    case MessageType::kAuthRequest:
    case MessageType::kAuthAck:
    case MessageType::kMfStart:
      message->body.emplace<NoBody>();
      return;
    case MessageType::kUpdate:
      message->body.emplace<SlotUpdate>();
      return;
    case MessageType::kModule:
      message->body.emplace<ModulePayload>();
      return;
  }
  message->body.emplace<UnknownBody>();
}

struct BodyLength {
  uint64_t operator()(const NoBody&) const { return 0; }
  uint64_t operator()(const Heartbeat& heartbeat) const {
    return uint64_t{layout::gossip::kBytes} * heartbeat.gossip.size() +
           (heartbeat.extensions ? heartbeat.extensions->encoded_length() : 0);
  }
  uint64_t operator()(const Fail&) const { return kNameLength; }
  uint64_t operator()(const SlotUpdate&) const { return layout::update::kBytes; }
  uint64_t operator()(const Publish& publish) const {
    return layout::publish::kData + publish.channel.size() + publish.message.size();
  }
  uint64_t operator()(const ModulePayload& module) const {
    return layout::module::kData + module.payload.size();
  }
  uint64_t operator()(const UnknownBody& unknown) const { return unknown.body.size(); }
};

struct BodyMemory {
  size_t operator()(const NoBody&) const { return 0; }
  size_t operator()(const Heartbeat& heartbeat) const {
    return heartbeat.gossip.capacity() * sizeof(GossipEntry) +
           heartbeat.pings.capacity() * sizeof(GossipPing) +
           heartbeat.endpoints.capacity() * sizeof(GossipEndpoint);
  }
  size_t operator()(const Fail&) const { return 0; }
  size_t operator()(const SlotUpdate&) const { return 0; }
  size_t operator()(const Publish& publish) const {
    return publish.channel.capacity() + publish.message.capacity();
  }
  size_t operator()(const ModulePayload& module) const { return module.payload.capacity(); }
  size_t operator()(const UnknownBody& unknown) const { return unknown.body.capacity(); }
};

}  // namespace

MessagePool::MessagePool(uint64_t salt) : names_(salt) {}

MessagePool::~MessagePool() {
  // A host that gives up for want of memory may have lost references.
  GOSSAMER_CHECK(live_ == 0 || std::uncaught_exceptions() > 0);
  for (Message* message : all_) delete message;
}

Message* MessagePool::Make(MessageType type) {
  std::vector<Message*>& free = IsHeartbeat(type) ? free_heartbeats_ : free_others_;
  Message* message;
  if (free.empty()) {
    message = new Message;
    message->pool_ = this;
    all_.push_back(message);
  } else {
    message = free.back();
    free.pop_back();
  }
  ++live_;
  message->type = type;
  message->light = false;
  message->header = Header{};
  message->header.slots = slot_sets_.empty();
  MakeBody(type, message);
  if (auto* update = std::get_if<SlotUpdate>(&message->body)) update->slots = slot_sets_.empty();
  message->encoded_length = 0;
  message->content_hash = 0;
  message->era_ = names_.PinEra();
  return message;
}

Message* MessagePool::MakeLight(MessageType type) {
  GOSSAMER_CHECK(type == MessageType::kPublish || type == MessageType::kPublishShard ||
                 type == MessageType::kModule);
  Message* message = Make(type);
  message->light = true;
  return message;
}

NodeKey MessagePool::InternFor(Message* message, const NodeName& name) {
  const NodeKey key = names_.Intern(name);
  if (key.valid()) message->owned_names_.push_back(key);
  return key;
}

MessageRef MessagePool::Seal(Message* message) {
  message->encoded_length = EncodedLength(*message);
  message->content_hash = ContentHash(*message, names_);
  return MessageRef(message);
}

void MessagePool::Discard(Message* message) {
  GOSSAMER_CHECK(message->refs_ == 0);
  Free(message);
}

void MessagePool::Free(Message* message) {
  --live_;
  message->header.slots = nullptr;
  if (auto* heartbeat = std::get_if<Heartbeat>(&message->body)) {
    ClearHeartbeat(heartbeat);
    free_heartbeats_.push_back(message);
  } else {
    message->body.emplace<NoBody>();
    free_others_.push_back(message);
  }
  for (const NodeKey key : message->owned_names_) names_.Release(key);
  Recycle(&message->owned_names_);
  names_.UnpinEra(message->era_);
}

size_t MessagePool::memory_bytes() const {
  size_t bytes = names_.memory_bytes() + slot_sets_.memory_bytes();
  for (const Message* message : all_) {
    bytes += sizeof(Message) + message->owned_names_.capacity() * sizeof(NodeKey) +
             std::visit(BodyMemory{}, message->body);
  }
  return bytes;
}

uint32_t EncodedLength(const Message& message) {
  const uint64_t length =
      (message.light ? kLightHeaderBytes : kHeaderBytes) + std::visit(BodyLength{}, message.body);
  GOSSAMER_CHECK(length <= UINT32_MAX);
  return static_cast<uint32_t>(length);
}

}  // namespace gossamer
