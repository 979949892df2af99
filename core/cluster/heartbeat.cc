#include "core/cluster/heartbeat.h"

#include <algorithm>
#include <string>

#include "core/cluster/epochs.h"
#include "core/cluster/failure_detector.h"
#include "core/cluster/gossip.h"
#include "core/cluster/links.h"
#include "core/cluster/manual_failover.h"
#include "core/cluster/membership.h"
#include "core/cluster/node_line.h"
#include "core/cluster/roles.h"
#include "core/cluster/slot_ownership.h"

namespace gossamer {
namespace {

// ---- Building ----

// Nodes that peers can have me blacklist at one time. DEVIATION: no release has a bound.
constexpr size_t kMaxForgotten = 1024;

// Capability bits that this release adds to its own flag word on the wire.
uint16_t Capabilities(const State& s) {
  uint16_t bits = flag::kLightPublish;
  if (s.rules.light_module) bits |= flag::kLightModule;
  if (s.rules.advertise_extensions) bits |= flag::kExtensions;
  if (s.options.replica_no_failover) bits |= flag::kNoFailover;
  return bits;
}

Extensions MyExtensions(Turn& t) {
  State& s = t.s;
  const ClusterOptions& o = s.options;
  Extensions x;
  x.hostname = o.announce_hostname;
  x.human_nodename = o.announce_human_nodename;
  x.client_ipv4 = o.announce_client_ipv4;
  x.client_ipv6 = o.announce_client_ipv6;
  if (s.rules.extension_client_ports) {
    x.client_port = o.announce_client_port;
    x.client_tls_port = o.announce_client_tls_port;
  }
  if (s.rules.extension_zone) x.availability_zone = o.availability_zone;
  s.extensions_until = INT64_MAX;
  for (const auto& [name, expiry] : s.blacklist) {
    if (expiry <= t.ms) continue;
    const int64_t left_ms = expiry - t.ms;
    x.forgotten.push_back({name, static_cast<uint64_t>(left_ms / 1000)});
    s.extensions_until = std::min(s.extensions_until, t.ms + left_ms % 1000 + 1);
  }
  x.shard_id = s.peers.facts(s.myself).shard_id;
  return x;
}

// The extensions of this moment; made anew only when something in them changed.
ExtensionsRef CurrentExtensions(Turn& t) {
  State& s = t.s;
  if (!s.extensions || t.ms >= s.extensions_until) {
    s.extensions = ExtensionsRef(new SharedExtensions(MyExtensions(t)));
  }
  return s.extensions;
}

// `receiver` is kNoKey on a link that is not bound yet.
MessageRef MakeHeartbeat(Turn& t, MessageType type, NodeKey receiver, bool with_extensions) {
  State& s = t.s;
  Message* message = s.tables->pool.Make(type);
  FillHeader(t, &message->header);
  message->header.mflags[0] |= mflag::kExtData;
  auto& heartbeat = std::get<Heartbeat>(message->body);
  SelectGossip(t, receiver, &heartbeat);
  if (with_extensions) heartbeat.extensions = CurrentExtensions(t);
  return s.tables->pool.Seal(message);
}

bool PeerTakesExtensions(const State& s, NodeKey peer) {
  if (s.peers.Has(peer, flag::kExtensions)) return true;
  return s.rules.link_extensions && (s.peers.marks(peer) & mark::kLinkExtensions) != 0;
}

void SendPong(Turn& t, LinkId link) {
  State& s = t.s;
  if (!s.links.Contains(link)) return;
  const NodeKey peer = s.links.peer(link);
  const bool extensions = (s.rules.link_extensions && s.links.extensions(link)) ||
                          (peer.valid() && s.peers.Has(peer, flag::kExtensions));
  SendOn(t, link, MakeHeartbeat(t, MessageType::kPong, peer, extensions));
}

// ---- Handling ----

Endpoint ClaimedEndpoint(const Header& header, const LinkPeer& peer) {
  Endpoint endpoint;
  endpoint.ip = header.ip.empty() ? peer.remote_ip : header.ip;
  endpoint.port = header.port;
  endpoint.pport = header.pport;
  endpoint.cport = header.cport;
  return endpoint;
}

// A node learns its own address from the socket on which others reached it. SOURCE: bus spec
// section 8.
void LearnOwnIp(Turn& t, MessageType type, const LinkPeer& peer) {
  State& s = t.s;
  const PeerAddress& mine = s.peers.facts(s.myself).address;
  const bool wanted = type == MessageType::kMeet || mine.endpoint.ip.empty();
  if (!wanted || !s.options.announce_ip.empty() || peer.local_ip.empty()) return;
  if (peer.local_ip == mine.endpoint.ip) return;
  s.peers.EditFacts(s.myself,
                    [&](PeerFacts* facts) { facts->address.endpoint.ip = peer.local_ip; });
  t.Event({.type = EventType::kAddressChanged, .subject = s.myself});
  t.Todo(todo::kSave);
}

// MEET: an unknown sender is added in handshake; a known one whose links are one-sided is helped.
// SOURCE: bus spec section 9.3.
void HandleMeet(Turn& t, LinkId link, const LinkPeer& peer, NodeKey sender,
                const Message& message) {
  State& s = t.s;
  if (sender.valid()) {
    const bool settled = t.ms - s.peers.moment(sender, Moment::kCreated) > HandshakeTimeoutMs(s);
    if (s.rules.meet_repair && settled && s.peers.HasOutLink(sender)) FreeOutLink(t, sender);
    return;
  }
  const NodeKey bound = s.links.peer(link);
  // A repeated MEET on the link of a handshake, or one from myself.
  if (bound.valid() || message.header.sender == s.myself) return;
  const Endpoint endpoint = ClaimedEndpoint(message.header, peer);
  const NodeKey node = AddNode(t, s.RandomName(), endpoint, flag::kHandshake, kNoKey);
  if (!node.valid()) return;
  t.Event({.type = EventType::kHandshakeStarted, .subject = node});
  if (link.inbound()) BindInLink(t, link, node);
  if (s.links.extensions(link)) s.peers.SetFlags(node, flag::kExtensions);
}

void MarkMismatch(Turn& t, NodeKey node, NodeKey answered) {
  State& s = t.s;
  t.Event({.type = EventType::kIdMismatch, .subject = node, .other = answered});
  s.peers.SetFlags(node, flag::kNoAddr);
  s.peers.EditFacts(node, [](PeerFacts* facts) { facts->address.endpoint = Endpoint{}; });
  FreeOutLink(t, node);
  if (s.rules.noaddr_is_fail && !s.peers.Has(node, flag::kFail)) {
    MarkFail(t, node, kNoKey, 0);
    Message* fail = s.tables->pool.Make(MessageType::kFail);
    FillHeader(t, &fail->header);
    fail->body = Fail{node};
    Broadcast(t, s.tables->pool.Seal(fail));
  }
  t.Todo(todo::kSave | todo::kUpdateState);
}

// Any heartbeat of a known node ends the sending of MEETs to it: it has heard of us, or answers
// that it has. SOURCE: bus spec section 9.3 step 4.
void EndMeet(State& s, NodeKey sender) {
  if (sender.valid() && !s.peers.Has(sender, flag::kHandshake)) {
    s.peers.ClearFlags(sender, flag::kMeet);
  }
}

void HandleAnswer(Turn& t, NodeKey sender) {
  State& s = t.s;
  s.peers.SetPong(sender, t.ms);
  s.peers.ClearPing(sender);
  ClearOnPong(t, sender);
}

// On our own link: who answers must be whom we called. False when the message is not to be used
// further; a handshake ends with its first answer, whose other news come with the next heartbeat.
// SOURCE: bus spec section 9.4.
bool CheckIdentity(Turn& t, LinkId link, const Message& message) {
  State& s = t.s;
  if (link.inbound()) return true;
  if (!s.links.Contains(link)) return false;
  const NodeKey node = s.links.peer(link);
  const NodeKey claimed = message.header.sender;
  if (s.peers.Has(node, flag::kHandshake)) {
    if (!s.tables->pool.names().valid_name(claimed)) return false;
    const NodeKey final_key = FinishHandshake(t, node, claimed, message.header);
    if (final_key.valid() && message.type == MessageType::kPong) HandleAnswer(t, final_key);
    return false;
  }
  if (claimed == node) return true;
  MarkMismatch(t, node, claimed);
  return false;
}

void CopyNoFailover(Turn& t, NodeKey sender, const Header& header) {
  State& s = t.s;
  const uint16_t now_set = s.peers.flags(sender) & flag::kNoFailover;
  const uint16_t claimed = header.flags & flag::kNoFailover;
  if (now_set == claimed) return;
  s.peers.ReplaceFlags(sender, (s.peers.flags(sender) & ~flag::kNoFailover) | claimed);
  if (s.rules.save_nofailover) t.Todo(todo::kSave);
}

void UpdateAddress(Turn& t, LinkId link, const LinkPeer& peer, NodeKey sender,
                   const Header& header) {
  State& s = t.s;
  // The remote address of our own outbound link is where we looked for it, not news.
  if (!link.inbound()) return;
  const Endpoint claimed = ClaimedEndpoint(header, peer);
  if (claimed.ip.empty() || claimed == s.peers.facts(sender).address.endpoint) return;
  ChangeAddress(t, sender, claimed);
}

// FORGOTTEN_NODE: forget it as well, unless it is me or my primary.
void ForgetWithSender(Turn& t, const ForgottenNode& forgotten) {
  State& s = t.s;
  if (!forgotten.node.valid()) return;
  const NodeKey node = s.peers.Find(forgotten.node);
  if (!node.valid() || node == s.myself || node == s.my_primary()) return;
  // What a peer can make me remember, and repeat in every heartbeat, is bounded.
  if (!Blacklisted(t, forgotten.node) && s.blacklist.size() >= kMaxForgotten) return;
  constexpr uint64_t kLongestTtlS = 365 * 86400;
  const uint64_t ttl_s = std::min(forgotten.ttl_s, kLongestTtlS);
  BlacklistAdd(t, forgotten.node, Seconds(static_cast<int64_t>(ttl_s)));
  RemoveNode(t, node);
}

void TakeShardId(Turn& t, NodeKey sender, const std::optional<ShardId>& claimed) {
  State& s = t.s;
  ShardId shard = s.peers.facts(sender).shard_id;
  const NodeKey primary = s.peers.facts(sender).replicaof;
  if (claimed.has_value() && claimed->valid()) {
    shard = *claimed;
  } else if (primary.valid()) {
    shard = s.peers.facts(primary).shard_id;
  }
  if (!(shard == s.peers.facts(sender).shard_id)) {
    s.peers.EditFacts(sender, [&shard](PeerFacts* facts) { facts->shard_id = shard; });
    t.Todo(todo::kSave);
  }
  // I am in my primary's shard, also when I joined it before its extension told which one that is.
  if (sender == s.my_primary() && !(shard == s.peers.facts(s.myself).shard_id)) {
    s.peers.EditFacts(s.myself, [&shard](PeerFacts* facts) { facts->shard_id = shard; });
    s.extensions = nullptr;
    t.Todo(todo::kSaveFsync);
  }
}

// What a peer calls itself, unless it would break the texts and files that repeat it.
// DEVIATION: the releases take any text.
std::string_view Plain(const std::string& text) {
  return text.size() <= kMaxPlainText && IsPlainText(text) ? std::string_view{text}
                                                           : std::string_view{};
}

void ApplyExtensions(Turn& t, NodeKey sender, const Heartbeat& heartbeat) {
  State& s = t.s;
  static const Extensions kNone;
  const Extensions& x = heartbeat.extensions ? heartbeat.extensions->get() : kNone;
  // Types that this release does not know say nothing.
  const Extensions& ports = s.rules.extension_client_ports ? x : kNone;
  const Extensions& zone = s.rules.extension_zone ? x : kNone;
  const PeerAddress& known = s.peers.facts(sender).address;
  const bool news =
      known.hostname != Plain(x.hostname) || known.human_nodename != Plain(x.human_nodename) ||
      known.client_ipv4 != Plain(x.client_ipv4) || known.client_ipv6 != Plain(x.client_ipv6) ||
      known.client_port != ports.client_port || known.client_tls_port != ports.client_tls_port ||
      known.availability_zone != Plain(zone.availability_zone);
  if (news) {
    s.peers.EditFacts(sender, [&](PeerFacts* facts) {
      PeerAddress& a = facts->address;
      a.hostname = Plain(x.hostname);
      a.human_nodename = Plain(x.human_nodename);
      a.client_ipv4 = Plain(x.client_ipv4);
      a.client_ipv6 = Plain(x.client_ipv6);
      a.client_port = ports.client_port;
      a.client_tls_port = ports.client_tls_port;
      a.availability_zone = Plain(zone.availability_zone);
    });
    t.Todo(todo::kSave);
  }
  TakeShardId(t, sender, x.shard_id);
  for (const ForgottenNode& forgotten : x.forgotten) {
    ForgetWithSender(t, forgotten);
    if (!s.peers.Contains(sender)) return;
  }
}

}  // namespace

void FillHeader(const Turn& t, Header* header) {
  const State& s = t.s;
  const NodeKey primary = s.my_primary();
  const NodeKey owner = s.i_am_replica() && primary.valid() ? primary : s.myself;
  const PeerFacts& mine = s.peers.facts(s.myself);
  const PeerFacts& owners = s.peers.facts(owner);
  header->sender = s.myself;
  header->replicaof = owner == s.myself ? kNoKey : primary;
  header->flags = s.peers.flags(s.myself) | Capabilities(s) | flag::kMyself;
  header->state = s.health.ok ? 0 : 1;
  header->mflags[0] = s.manual_failover.active() && s.i_am_primary() ? mflag::kPaused : uint8_t{0};
  header->port = mine.address.endpoint.port;
  header->pport = mine.address.endpoint.pport;
  header->cport = mine.address.endpoint.cport;
  header->ip = s.options.announce_ip.empty() ? IpText{} : mine.address.endpoint.ip;
  header->current_epoch = s.current_epoch;
  header->config_epoch = owners.config_epoch;
  header->repl_offset = s.data.repl_offset;
  header->slots = owners.slots;
}

MessageRef MakeBare(Turn& t, MessageType type, uint8_t mflags0) {
  Message* message = t.s.tables->pool.Make(type);
  FillHeader(t, &message->header);
  message->header.mflags[0] |= mflags0;
  return t.s.tables->pool.Seal(message);
}

void SendPing(Turn& t, NodeKey peer, MessageType type) {
  State& s = t.s;
  const MessageRef message = MakeHeartbeat(t, type, peer, PeerTakesExtensions(s, peer));
  SendTo(t, peer, message);
  if (type == MessageType::kPing) s.peers.SetPingSent(peer, t.ms);
  if (type == MessageType::kMeet) s.peers.SetMoment(peer, Moment::kMeetSent, t.ms);
}

void BroadcastPong(Turn& t, bool local_replicas_only, Ticket after) {
  State& s = t.s;
  const NodeKey my_primary = s.my_primary();
  for (const NodeKey peer : s.peers.order()) {
    if (peer == s.myself || !s.peers.HasOutLink(peer) || s.peers.Has(peer, flag::kHandshake))
      continue;
    if (local_replicas_only) {
      const NodeKey primary = s.peers.facts(peer).replicaof;
      const bool local = s.peers.IsReplica(peer) && primary.valid() &&
                         (primary == s.myself || primary == my_primary);
      if (!local) continue;
    }
    const bool extensions = PeerTakesExtensions(s, peer);
    SendTo(t, peer, MakeHeartbeat(t, MessageType::kPong, peer, extensions), after);
  }
}

void HandleHeartbeat(Turn& t, LinkId link, const LinkPeer& peer, NodeKey sender,
                     const Message& message) {
  State& s = t.s;
  const auto& heartbeat = std::get<Heartbeat>(message.body);
  const Header& header = message.header;
  if (message.type != MessageType::kPong) {
    LearnOwnIp(t, message.type, peer);
    if (message.type == MessageType::kMeet) {
      const bool trusted = !sender.valid();
      HandleMeet(t, link, peer, sender, message);
      // The section of an unknown MEET sender is read for what it says of nodes that we know.
      if (trusted) ApplyGossip(t, kNoKey, heartbeat);
    }
    SendPong(t, link);
  }
  EndMeet(s, sender);
  if (!CheckIdentity(t, link, message)) return;
  if (!sender.valid() || s.peers.Has(sender, flag::kHandshake)) return;
  CopyNoFailover(t, sender, header);
  if (message.type == MessageType::kPing) UpdateAddress(t, link, peer, sender, header);
  if (!link.inbound() && message.type == MessageType::kPong) HandleAnswer(t, sender);
  bool was_replica = false;
  if (!ApplyClaimedRole(t, sender, header, &was_replica)) return;
  ApplyClaimedSlots(t, sender, header, was_replica);
  ResolveCollision(t, sender, header);
  ApplyGossip(t, sender, heartbeat);
  ApplyExtensions(t, sender, heartbeat);
}

}  // namespace gossamer
