// Typed bus messages.
//
// A message holds exactly what its bytes say (whole gossip seconds, the header fields of that
// moment) and keeps no bytes. It is immutable once built, reference counted, and lives in a
// MessagePool; many links may queue one message. Names are NodeKeys of the host's NameTable, slot
// bitmaps are interned, so that messages of one host compare cheaply. SOURCE: bus spec sections 2
// to 4. Thread safety: none; a message belongs to one host.
#ifndef GOSSAMER_CORE_BUS_MESSAGE_H_
#define GOSSAMER_CORE_BUS_MESSAGE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/ids.h"
#include "core/base/ref.h"
#include "core/base/uninitialized_vector.h"
#include "core/bus/types.h"
#include "core/slots/slot_set.h"

namespace gossamer {

// The normal header. A light message has none. SOURCE: bus spec section 2.
struct Header {
  NodeKey sender;
  NodeKey replicaof;  // kNoKey: the 40 bytes are zero, the sender claims to be a primary
  uint16_t flags = 0;
  uint8_t state = 0;  // 0 ok, 1 fail
  std::array<uint8_t, 3> mflags{};
  uint16_t port = 0;
  uint16_t pport = 0;
  uint16_t cport = 0;
  IpText ip;  // empty: the receiver takes the socket's peer address
  Epoch current_epoch;
  Epoch config_epoch;
  int64_t repl_offset = 0;
  SlotSetRef slots;  // never null in a built message

  friend bool operator==(const Header&, const Header&) = default;
};

// One gossip entry, short form: the ping is answered (ping_sent 0) and the endpoint is the name's
// canonical one, unless a GossipPing or GossipEndpoint of the same index says otherwise. Times are
// Unix seconds.
struct GossipEntry {
  NodeKey node;
  uint16_t flags = 0;
  uint32_t pong_received_s = 0;

  friend bool operator==(const GossipEntry&, const GossipEntry&) = default;
};
static_assert(sizeof(GossipEntry) == 8);
using GossipEntries = UninitializedVector<GossipEntry>;

// The still unanswered ping of entry `index`.
struct GossipPing {
  uint32_t index = 0;
  uint32_t ping_sent_s = 0;

  friend bool operator==(const GossipPing&, const GossipPing&) = default;
};

// The endpoint of entry `index`, where it is not the name's canonical endpoint.
struct GossipEndpoint {
  uint32_t index = 0;
  Endpoint endpoint;

  friend bool operator==(const GossipEndpoint&, const GossipEndpoint&) = default;
};

// FORGOTTEN_NODE: `node` must not be re-introduced for `ttl_s` more seconds.
struct ForgottenNode {
  NodeName node;
  uint64_t ttl_s = 0;

  friend bool operator==(const ForgottenNode&, const ForgottenNode&) = default;
};

// A ping extension of a type that this release does not know. `payload` includes the padding.
struct UnknownExtension {
  uint16_t type = 0;
  std::string payload;

  friend bool operator==(const UnknownExtension&, const UnknownExtension&) = default;
};

// The ping extensions of one heartbeat. An absent string is empty, an absent port 0. Encoded in the
// order of the specification whatever order they arrived in; of a repeated extension the last one
// counts. SOURCE: bus spec section 4.2.
struct Extensions {
  std::string hostname;
  std::string human_nodename;
  std::string client_ipv4;
  std::string client_ipv6;
  uint16_t client_port = 0;
  uint16_t client_tls_port = 0;
  std::string availability_zone;
  std::vector<ForgottenNode> forgotten;
  std::optional<ShardId> shard_id;
  std::vector<UnknownExtension> unknown;

  friend bool operator==(const Extensions&, const Extensions&) = default;
};

// An immutable Extensions block, shared by the heartbeats of one node while it does not change.
class SharedExtensions {
 public:
  explicit SharedExtensions(Extensions value);
  const Extensions& get() const { return value_; }
  // Number of extensions on the wire, and their length in bytes with headers and padding.
  uint16_t count() const { return count_; }
  uint32_t encoded_length() const { return encoded_length_; }
  uint64_t hash() const { return hash_; }

  void AddRef() const { ++refs_; }
  void Unref() const {
    if (--refs_ == 0) delete this;
  }

 private:
  ~SharedExtensions() = default;
  Extensions value_;
  uint16_t count_ = 0;
  uint32_t encoded_length_ = 0;
  uint64_t hash_ = 0;
  mutable uint32_t refs_ = 0;
};
using ExtensionsRef = Ref<const SharedExtensions>;

// PING, PONG, MEET.
struct Heartbeat {
  GossipEntries gossip;
  std::vector<GossipPing> pings;          // rising index, ping_sent_s != 0
  std::vector<GossipEndpoint> endpoints;  // rising index, differing from the canonical endpoint
  bool gossip_valid = true;               // every name in the section is 40 characters of [0-9a-z]
  ExtensionsRef extensions;               // null: none on the wire

  // Content, not identity, of the extensions.
  friend bool operator==(const Heartbeat& a, const Heartbeat& b);
};

// FAIL: `node` is to be marked FAIL.
struct Fail {
  NodeKey node;
  friend bool operator==(const Fail&, const Fail&) = default;
};

// UPDATE: `node` owns `slots` since `config_epoch`.
struct SlotUpdate {
  NodeKey node;
  Epoch config_epoch;
  SlotSetRef slots;
  friend bool operator==(const SlotUpdate&, const SlotUpdate&) = default;
};

// PUBLISH and PUBLISHSHARD.
struct Publish {
  std::string channel;
  std::string message;
  friend bool operator==(const Publish&, const Publish&) = default;
};

// MODULE. `module_id` is the eight bytes of the wire as the sender's machine laid them out.
struct ModulePayload {
  std::array<uint8_t, 8> module_id{};
  uint8_t type = 0;
  std::string payload;
  friend bool operator==(const ModulePayload&, const ModulePayload&) = default;
};

// AUTH_REQUEST, AUTH_ACK, MFSTART: the header says it all.
struct NoBody {
  friend bool operator==(const NoBody&, const NoBody&) = default;
};

// A message of a type that this release does not know: well formed, counted, ignored. `body`
// follows the header.
struct UnknownBody {
  std::string body;
  friend bool operator==(const UnknownBody&, const UnknownBody&) = default;
};

class MessagePool;

// One message. Build it through MessagePool::Make, fill it, then Seal it; from then on it is const.
struct Message {
  MessageType type = MessageType::kPing;
  bool light = false;  // 16-byte header: `header` is not on the wire and keeps its defaults
  Header header;
  std::variant<NoBody, Heartbeat, Fail, SlotUpdate, Publish, ModulePayload, UnknownBody> body;

  // Set by Seal. Length on the wire in bytes; fixed hash of everything that the bytes say, names by
  // name.
  uint32_t encoded_length = 0;
  uint64_t content_hash = 0;

  void AddRef() const { ++refs_; }
  void Unref() const;

 private:
  friend class MessagePool;
  MessagePool* pool_ = nullptr;
  uint32_t era_ = 0;
  // Names that the decoder interned for this message alone.
  std::vector<NodeKey> owned_names_;
  mutable uint32_t refs_ = 0;
};
using MessageRef = Ref<const Message>;

// True when both say the same: every field, extensions by content.
bool SameContent(const Message& a, const Message& b);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_BUS_MESSAGE_H_
