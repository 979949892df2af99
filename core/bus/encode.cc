#include <cstring>

#include "core/base/check.h"
#include "core/bus/codec.h"
#include "core/bus/layout.h"

namespace gossamer {
namespace {

static_assert(kHeaderBytes == layout::kBody);
static_assert(kLightHeaderBytes == layout::kLightBody);
static_assert(kGossipBytes == layout::gossip::kBytes);

// Writes front to back into a block that is zero already, so padding is skipped.
class ExtensionWriter {
 public:
  explicit ExtensionWriter(uint8_t* at) : at_(at) {}

  void Text(uint16_t type, const std::string& text) {
    if (text.empty()) return;
    std::memcpy(Begin(type, text.size() + 1), text.data(), text.size());
  }
  void Port(uint16_t type, uint16_t port) {
    if (port == 0) return;
    StoreBig16(Begin(type, layout::extension::kPortPayload), port);
  }
  void Unknown(const UnknownExtension& extension) {
    uint8_t* payload = Begin(extension.type, extension.payload.size());
    std::memcpy(payload, extension.payload.data(), extension.payload.size());
  }
  void Forgotten(const ForgottenNode& forgotten) {
    uint8_t* payload =
        Begin(layout::extension::kForgottenNode, layout::extension::kForgottenNodePayload);
    std::memcpy(payload, forgotten.node.bytes.data(), kNameLength);
    StoreBig64(payload + kNameLength, forgotten.ttl_s);
  }
  void Shard(const ShardId& shard_id) {
    std::memcpy(Begin(layout::extension::kShardId, layout::extension::kShardIdPayload),
                shard_id.bytes.data(), kNameLength);
  }

 private:
  // The payload of a new extension.
  uint8_t* Begin(uint16_t type, size_t payload) {
    const size_t length = layout::extension::kPayload + layout::extension::Padded(payload);
    StoreBig32(at_ + layout::extension::kLength, static_cast<uint32_t>(length));
    StoreBig16(at_ + layout::extension::kType, type);
    uint8_t* begin = at_ + layout::extension::kPayload;
    at_ += length;
    return begin;
  }

  uint8_t* at_;
};

void EncodeExtensions(const Extensions& extensions, uint8_t* out) {
  using namespace layout::extension;  // NOLINT(google-build-using-namespace): names of one table
  ExtensionWriter writer(out);
  writer.Text(kHostname, extensions.hostname);
  writer.Text(kHumanNodename, extensions.human_nodename);
  writer.Text(kClientIpv4, extensions.client_ipv4);
  writer.Text(kClientIpv6, extensions.client_ipv6);
  writer.Port(kClientPort, extensions.client_port);
  writer.Port(kClientTlsPort, extensions.client_tls_port);
  writer.Text(kAvailabilityZone, extensions.availability_zone);
  for (const UnknownExtension& extension : extensions.unknown) writer.Unknown(extension);
  for (const ForgottenNode& forgotten : extensions.forgotten) writer.Forgotten(forgotten);
  if (extensions.shard_id) writer.Shard(*extensions.shard_id);
}

void StoreName(const NameTable& names, NodeKey key, uint8_t* out) {
  if (key.valid()) std::memcpy(out, names.name(key).bytes.data(), kNameLength);
}

void EncodeGossip(const Heartbeat& heartbeat, const NameTable& names, uint8_t* out) {
  namespace gossip = layout::gossip;
  uint8_t* at = out;
  for (const GossipEntry& entry : heartbeat.gossip) {
    std::memcpy(at, &names.gossip_template(entry.node), gossip::kBytes);
    StoreBig32(at + gossip::kPongReceived, entry.pong_received_s);
    StoreBig16(at + gossip::kFlags, entry.flags);
    at += gossip::kBytes;
  }
  for (const GossipPing& ping : heartbeat.pings) {
    GOSSAMER_CHECK(ping.index < heartbeat.gossip.size());
    StoreBig32(out + ping.index * gossip::kBytes + gossip::kPingSent, ping.ping_sent_s);
  }
  for (const GossipEndpoint& spelled : heartbeat.endpoints) {
    GOSSAMER_CHECK(spelled.index < heartbeat.gossip.size());
    uint8_t* entry = out + spelled.index * gossip::kBytes;
    std::memcpy(entry + gossip::kIp, spelled.endpoint.ip.bytes.data(), IpText::kBytes);
    StoreBig16(entry + gossip::kPort, spelled.endpoint.port);
    StoreBig16(entry + gossip::kCport, spelled.endpoint.cport);
    StoreBig16(entry + gossip::kPport, spelled.endpoint.pport);
  }
}

void EncodePrefix(const Message& message, uint8_t* out) {
  const uint16_t type = static_cast<uint16_t>(message.type);
  std::memcpy(out + layout::kSignature, layout::kSignatureBytes.data(), 4);
  StoreBig32(out + layout::kTotalLength, message.encoded_length);
  StoreBig16(out + layout::kVersion, layout::kProtocolVersion);
  StoreBig16(out + layout::kType, message.light ? type | layout::kLightBit : type);
}

void EncodeHeader(const Header& header, const NameTable& names, uint8_t* out) {
  StoreBig16(out + layout::kPort, header.port);
  StoreBig64(out + layout::kCurrentEpoch, header.current_epoch.value);
  StoreBig64(out + layout::kConfigEpoch, header.config_epoch.value);
  StoreBig64(out + layout::kOffset, static_cast<uint64_t>(header.repl_offset));
  StoreName(names, header.sender, out + layout::kSender);
  header.slots->set().CopyTo(out + layout::kSlotBitmap);
  StoreName(names, header.replicaof, out + layout::kReplicaOf);
  std::memcpy(out + layout::kIp, header.ip.bytes.data(), IpText::kBytes);
  StoreBig16(out + layout::kPport, header.pport);
  StoreBig16(out + layout::kCport, header.cport);
  StoreBig16(out + layout::kFlags, header.flags);
  out[layout::kState] = header.state;
  std::memcpy(out + layout::kMflags, header.mflags.data(), header.mflags.size());
}

struct EncodeBody {
  const NameTable& names;
  uint8_t* header;
  uint8_t* body;

  void operator()(const NoBody&) const {}
  void operator()(const Heartbeat& heartbeat) const {
    GOSSAMER_CHECK(heartbeat.gossip.size() <= UINT16_MAX);
    StoreBig16(header + layout::kCount, static_cast<uint16_t>(heartbeat.gossip.size()));
    EncodeGossip(heartbeat, names, body);
    if (!heartbeat.extensions) return;
    StoreBig16(header + layout::kExtensionCount, heartbeat.extensions->count());
    EncodeExtensions(heartbeat.extensions->get(),
                     body + heartbeat.gossip.size() * layout::gossip::kBytes);
  }
  void operator()(const Fail& fail) const { StoreName(names, fail.node, body); }
  void operator()(const SlotUpdate& update) const {
    StoreBig64(body + layout::update::kConfigEpoch, update.config_epoch.value);
    StoreName(names, update.node, body + layout::update::kNode);
    update.slots->set().CopyTo(body + layout::update::kSlotBitmap);
  }
  void operator()(const Publish& publish) const {
    StoreBig32(body + layout::publish::kChannelLength,
               static_cast<uint32_t>(publish.channel.size()));
    StoreBig32(body + layout::publish::kMessageLength,
               static_cast<uint32_t>(publish.message.size()));
    uint8_t* data = body + layout::publish::kData;
    std::memcpy(data, publish.channel.data(), publish.channel.size());
    std::memcpy(data + publish.channel.size(), publish.message.data(), publish.message.size());
  }
  void operator()(const ModulePayload& module) const {
    std::memcpy(body + layout::module::kId, module.module_id.data(), module.module_id.size());
    StoreBig32(body + layout::module::kLength, static_cast<uint32_t>(module.payload.size()));
    body[layout::module::kType] = module.type;
    std::memcpy(body + layout::module::kData, module.payload.data(), module.payload.size());
  }
  void operator()(const UnknownBody& unknown) const {
    std::memcpy(body, unknown.body.data(), unknown.body.size());
  }
};

}  // namespace

void Encode(const Message& message, const NameTable& names, std::string* out) {
  GOSSAMER_CHECK(message.encoded_length >= kLightHeaderBytes);
  const size_t begin = out->size();
  out->resize(begin + message.encoded_length);
  uint8_t* bytes = reinterpret_cast<uint8_t*>(out->data() + begin);
  EncodePrefix(message, bytes);
  if (!message.light) EncodeHeader(message.header, names, bytes);
  uint8_t* body = bytes + (message.light ? kLightHeaderBytes : kHeaderBytes);
  std::visit(EncodeBody{names, bytes, body}, message.body);
}

}  // namespace gossamer
