#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/bus/codec.h"
#include "core/bus/layout.h"

namespace gossamer {
namespace {

bool HasLightForm(uint16_t type) {
  return type == static_cast<uint16_t>(MessageType::kPublish) ||
         type == static_cast<uint16_t>(MessageType::kPublishShard) ||
         type == static_cast<uint16_t>(MessageType::kModule);
}

// The checks that need no look into the body.
FrameError CheckPrefix(ByteSpan frame) {
  if (frame.size() < layout::kPrefixBytes) return FrameError::kBadLength;
  if (std::memcmp(frame.data(), layout::kSignatureBytes.data(), 4) != 0) {
    return FrameError::kBadSignature;
  }
  const bool light = (LoadBig16(frame.data() + layout::kType) & layout::kLightBit) != 0;
  const size_t length = LoadBig32(frame.data() + layout::kTotalLength);
  if (length < (light ? kLightHeaderBytes : kHeaderBytes) || length > kMaxFrameBytes) {
    return FrameError::kBadLength;
  }
  if (light && !HasLightForm(PeekType(frame))) return FrameError::kLightNotAllowed;
  if (length != frame.size()) return FrameError::kWrongLength;
  if (LoadBig16(frame.data() + layout::kVersion) != layout::kProtocolVersion) {
    return FrameError::kBadVersion;
  }
  return FrameError::kNone;
}

std::string Text(const uint8_t* bytes, size_t size) {
  return std::string(reinterpret_cast<const char*>(bytes), size);
}

// The text before the first NUL, or false when there is none.
bool ReadText(ByteSpan payload, std::string* text) {
  const auto* bytes = reinterpret_cast<const char*>(payload.data());
  const size_t size = strnlen(bytes, payload.size());
  if (size == payload.size()) return false;
  text->assign(bytes, size);
  return true;
}

bool ReadPort(ByteSpan payload, uint16_t* port) {
  if (payload.size() != layout::extension::kPortPayload) return false;
  *port = LoadBig16(payload.data());
  return true;
}

bool ReadForgotten(ByteSpan payload, std::vector<ForgottenNode>* forgotten) {
  if (payload.size() != layout::extension::kForgottenNodePayload) return false;
  ForgottenNode& node = forgotten->emplace_back();
  std::memcpy(node.node.bytes.data(), payload.data(), kNameLength);
  node.ttl_s = LoadBig64(payload.data() + kNameLength);
  return true;
}

bool ReadShardId(ByteSpan payload, std::optional<ShardId>* shard_id) {
  if (payload.size() != layout::extension::kShardIdPayload) return false;
  std::memcpy(shard_id->emplace().bytes.data(), payload.data(), kNameLength);
  return true;
}

// Reads one extension into *extensions; false when its payload is not what its type requires.
bool ReadExtension(uint16_t type, ByteSpan payload, Extensions* extensions) {
  switch (type) {
    case layout::extension::kHostname:
      return ReadText(payload, &extensions->hostname);
    case layout::extension::kHumanNodename:
      return ReadText(payload, &extensions->human_nodename);
    case layout::extension::kForgottenNode:
      return ReadForgotten(payload, &extensions->forgotten);
    case layout::extension::kShardId:
      return ReadShardId(payload, &extensions->shard_id);
    case layout::extension::kClientIpv4:
      return ReadText(payload, &extensions->client_ipv4);
    case layout::extension::kClientIpv6:
      return ReadText(payload, &extensions->client_ipv6);
    case layout::extension::kClientPort:
      return ReadPort(payload, &extensions->client_port);
    case layout::extension::kClientTlsPort:
      return ReadPort(payload, &extensions->client_tls_port);
    case layout::extension::kAvailabilityZone:
      return ReadText(payload, &extensions->availability_zone);
    default:
      extensions->unknown.push_back({type, Text(payload.data(), payload.size())});
      return true;
  }
}

// Reads `count` extensions that must fill `bytes` exactly.
FrameError ReadExtensions(ByteSpan bytes, uint16_t count, Extensions* extensions) {
  for (uint16_t i = 0; i < count; ++i) {
    if (bytes.size() < layout::extension::kPayload) return FrameError::kTruncated;
    const size_t length = LoadBig32(bytes.data() + layout::extension::kLength);
    if (length < layout::extension::kPayload || length % layout::extension::kAlignment != 0) {
      return FrameError::kBadExtension;
    }
    if (length > bytes.size()) return FrameError::kTruncated;
    const uint16_t type = LoadBig16(bytes.data() + layout::extension::kType);
    const ByteSpan payload =
        bytes.subspan(layout::extension::kPayload, length - layout::extension::kPayload);
    if (!ReadExtension(type, payload, extensions)) return FrameError::kBadExtension;
    bytes = bytes.subspan(length);
  }
  return bytes.empty() ? FrameError::kNone : FrameError::kWrongLength;
}

// True when both gossip entries have the same ip and ports.
bool SameEndpoint(const uint8_t* a, const uint8_t* b) {
  namespace gossip = layout::gossip;
  constexpr size_t kIpToCport = gossip::kFlags - gossip::kIp;
  return std::memcmp(a + gossip::kIp, b + gossip::kIp, kIpToCport) == 0 &&
         std::memcmp(a + gossip::kPport, b + gossip::kPport, 2) == 0;
}

void ReadEndpoint(const uint8_t* entry, Endpoint* endpoint) {
  namespace gossip = layout::gossip;
  std::memcpy(endpoint->ip.bytes.data(), entry + gossip::kIp, IpText::kBytes);
  endpoint->port = LoadBig16(entry + gossip::kPort);
  endpoint->cport = LoadBig16(entry + gossip::kCport);
  endpoint->pport = LoadBig16(entry + gossip::kPport);
}

bool AllZero(const uint8_t* bytes, size_t size) {
  uint8_t any = 0;
  for (size_t i = 0; i < size; ++i) any |= bytes[i];
  return any == 0;
}

// Fills one message from a frame of the right length.
class Filler {
 public:
  Filler(ByteSpan frame, MessagePool* pool, Message* message)
      : frame_(frame),
        body_(frame.subspan(message->light ? kLightHeaderBytes : kHeaderBytes)),
        pool_(pool),
        message_(message) {}

  // False when the host's name table is full.
  bool Fill(Extensions* extensions) {
    if (!message_->light) ReadHeader();
    if (auto* heartbeat = std::get_if<Heartbeat>(&message_->body)) {
      ReadHeartbeat(extensions, heartbeat);
    } else if (auto* fail = std::get_if<Fail>(&message_->body)) {
      fail->node = Key(body_.data());
    } else if (auto* update = std::get_if<SlotUpdate>(&message_->body)) {
      ReadUpdate(update);
    } else if (auto* publish = std::get_if<Publish>(&message_->body)) {
      ReadPublish(publish);
    } else if (auto* module = std::get_if<ModulePayload>(&message_->body)) {
      ReadModule(module);
    } else if (auto* unknown = std::get_if<UnknownBody>(&message_->body)) {
      unknown->body = Text(body_.data(), body_.size());
    }
    return !names_full_;
  }

 private:
  NodeKey Key(const uint8_t* bytes) {
    const NodeKey known = pool_->names().Find(reinterpret_cast<const char*>(bytes));
    return known.valid() ? known : NewKey(bytes);
  }

  NodeKey NewKey(const uint8_t* bytes) {
    NodeName name;
    std::memcpy(name.bytes.data(), bytes, kNameLength);
    const NodeKey key = pool_->InternFor(message_, name);
    if (!key.valid()) names_full_ = true;
    return key;
  }

  SlotSetRef Slots(const uint8_t* bitmap) {
    return pool_->slot_sets().Intern(
        std::span<const uint8_t, SlotSet::kBytes>(bitmap, SlotSet::kBytes));
  }

  void ReadHeader() {
    const uint8_t* bytes = frame_.data();
    Header& header = message_->header;
    header.port = LoadBig16(bytes + layout::kPort);
    header.current_epoch.value = LoadBig64(bytes + layout::kCurrentEpoch);
    header.config_epoch.value = LoadBig64(bytes + layout::kConfigEpoch);
    header.repl_offset = static_cast<int64_t>(LoadBig64(bytes + layout::kOffset));
    header.sender = Key(bytes + layout::kSender);
    header.slots = Slots(bytes + layout::kSlotBitmap);
    if (!AllZero(bytes + layout::kReplicaOf, kNameLength)) {
      header.replicaof = Key(bytes + layout::kReplicaOf);
    }
    std::memcpy(header.ip.bytes.data(), bytes + layout::kIp, IpText::kBytes);
    header.pport = LoadBig16(bytes + layout::kPport);
    header.cport = LoadBig16(bytes + layout::kCport);
    header.flags = LoadBig16(bytes + layout::kFlags);
    header.state = bytes[layout::kState];
    std::memcpy(header.mflags.data(), bytes + layout::kMflags, header.mflags.size());
  }

  void ReadHeartbeat(Extensions* extensions, Heartbeat* heartbeat) {
    const uint32_t count = LoadBig16(frame_.data() + layout::kCount);
    heartbeat->gossip.resize(count);
    ReadNames(heartbeat);
    if (!names_full_) ReadGossip(heartbeat);
    if (*extensions != Extensions{}) {
      heartbeat->extensions = ExtensionsRef(new SharedExtensions(std::move(*extensions)));
    }
  }

  // A pass of its own: lookups that do not wait for one another overlap.
  void ReadNames(Heartbeat* heartbeat) {
    const uint8_t* bytes = body_.data();
    for (GossipEntry& entry : heartbeat->gossip) {
      entry.node = Key(bytes + layout::gossip::kName);
      bytes += kGossipBytes;
    }
  }

  void ReadGossip(Heartbeat* heartbeat) {
    namespace gossip = layout::gossip;
    const NameTable& names = pool_->names();
    const uint8_t* bytes = body_.data();
    uint32_t index = 0;
    for (GossipEntry& entry : heartbeat->gossip) {
      entry.flags = LoadBig16(bytes + gossip::kFlags);
      entry.pong_received_s = LoadBig32(bytes + gossip::kPongReceived);
      if (!names.valid_name(entry.node)) heartbeat->gossip_valid = false;
      const uint32_t ping_sent_s = LoadBig32(bytes + gossip::kPingSent);
      if (ping_sent_s != 0) heartbeat->pings.push_back({index, ping_sent_s});
      const auto* known = reinterpret_cast<const uint8_t*>(&names.gossip_template(entry.node));
      if (!names.has_endpoint(entry.node) || !SameEndpoint(bytes, known)) {
        GossipEndpoint& spelled = heartbeat->endpoints.emplace_back();
        spelled.index = index;
        ReadEndpoint(bytes, &spelled.endpoint);
      }
      bytes += kGossipBytes;
      ++index;
    }
  }

  void ReadUpdate(SlotUpdate* update) {
    update->config_epoch.value = LoadBig64(body_.data() + layout::update::kConfigEpoch);
    update->node = Key(body_.data() + layout::update::kNode);
    update->slots = Slots(body_.data() + layout::update::kSlotBitmap);
  }

  void ReadPublish(Publish* publish) {
    const size_t channel = LoadBig32(body_.data() + layout::publish::kChannelLength);
    const uint8_t* data = body_.data() + layout::publish::kData;
    publish->channel = Text(data, channel);
    publish->message = Text(data + channel, body_.size() - layout::publish::kData - channel);
  }

  void ReadModule(ModulePayload* module) {
    const uint8_t* bytes = body_.data();
    std::memcpy(module->module_id.data(), bytes + layout::module::kId, module->module_id.size());
    module->type = bytes[layout::module::kType];
    module->payload = Text(bytes + layout::module::kData, body_.size() - layout::module::kData);
  }

  ByteSpan frame_;
  ByteSpan body_;
  MessagePool* pool_;
  Message* message_;
  bool names_full_ = false;
};

// Checks the length of a heartbeat's frame against its counts, and reads its extensions on the way.
FrameError CheckHeartbeat(ByteSpan frame, Extensions* extensions) {
  const size_t gossip_end = kHeaderBytes + kGossipBytes * LoadBig16(frame.data() + layout::kCount);
  if (gossip_end > frame.size()) return FrameError::kTruncated;
  return ReadExtensions(frame.subspan(gossip_end),
                        LoadBig16(frame.data() + layout::kExtensionCount), extensions);
}

FrameError CheckPublish(ByteSpan body) {
  if (body.size() < layout::publish::kData) return FrameError::kWrongLength;
  const uint64_t channel = LoadBig32(body.data() + layout::publish::kChannelLength);
  const uint64_t message = LoadBig32(body.data() + layout::publish::kMessageLength);
  return body.size() == layout::publish::kData + channel + message ? FrameError::kNone
                                                                   : FrameError::kWrongLength;
}

FrameError CheckModule(ByteSpan body) {
  if (body.size() < layout::module::kData) return FrameError::kWrongLength;
  const uint64_t payload = LoadBig32(body.data() + layout::module::kLength);
  return body.size() == layout::module::kData + payload ? FrameError::kNone
                                                        : FrameError::kWrongLength;
}

// Checks that the frame is as long as its content requires.
FrameError CheckBody(MessageType type, ByteSpan frame, ByteSpan body, Extensions* extensions) {
  const auto exactly = [body](size_t size) {
    return body.size() == size ? FrameError::kNone : FrameError::kWrongLength;
  };
  switch (type) {
    case MessageType::kPing:
    case MessageType::kPong:
    case MessageType::kMeet:
      return CheckHeartbeat(frame, extensions);
    case MessageType::kFail:
      return exactly(kNameLength);
    case MessageType::kPublish:
    case MessageType::kPublishShard:
      return CheckPublish(body);
    case MessageType::kAuthRequest:
    case MessageType::kAuthAck:
    case MessageType::kMfStart:
      return exactly(0);
    case MessageType::kUpdate:
      return exactly(layout::update::kBytes);
    case MessageType::kModule:
      return CheckModule(body);
  }
  return FrameError::kNone;
}

}  // namespace

FrameError Decode(ByteSpan frame, MessagePool* pool, MessageRef* message) {
  *message = nullptr;
  FrameError error = CheckPrefix(frame);
  if (error != FrameError::kNone) return error;
  const auto type = static_cast<MessageType>(PeekType(frame));
  const bool light = (LoadBig16(frame.data() + layout::kType) & layout::kLightBit) != 0;
  const ByteSpan body = frame.subspan(light ? kLightHeaderBytes : kHeaderBytes);
  Extensions extensions;
  error = CheckBody(type, frame, body, &extensions);
  if (error != FrameError::kNone) return error;
  Message* made = light ? pool->MakeLight(type) : pool->Make(type);
  if (!Filler(frame, pool, made).Fill(&extensions)) {
    pool->Discard(made);
    return FrameError::kTooManyNames;
  }
  *message = pool->Seal(made);
  return FrameError::kNone;
}

}  // namespace gossamer
