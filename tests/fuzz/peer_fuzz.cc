// One known peer of a formed cluster says whatever it likes: messages of every type, with any
// header, gossip, extensions, claims about anybody; meanwhile time passes and links break. The
// other members may be misled, but none of them aborts, contradicts itself, forgets an epoch, votes
// twice or grows without bound.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/cluster/cluster_node.h"
#include "core/cluster/consistency.h"
#include "core/cluster/heartbeat.h"
#include "tests/core/cluster/mini_cluster.h"

namespace gossamer {
namespace {

constexpr int kMembers = 5;
constexpr int kPrimaries = 3;
constexpr int kMaxActions = 80;
constexpr uint32_t kMaxNodes = 16;

ClusterOptions Options() {
  ClusterOptions options;
  options.node_timeout = Seconds(1);
  options.max_nodes = kMaxNodes;
  return options;
}

// The files of a formed cluster under rules `base`; formed once.
const std::vector<NodesConf>& FormedFiles(size_t base) {
  static std::map<size_t, std::vector<NodesConf>> files;
  std::vector<NodesConf>& wanted = files[base];
  if (wanted.empty()) {
    MiniCluster cluster(kMembers, *FindRules(RuleNames()[base]), Options());
    cluster.Form(kPrimaries);
    for (int i = 0; i < kMembers; ++i) {
      wanted.push_back(cluster.node(i).Serialize(cluster.now()));
    }
  }
  return wanted;
}

// The input, read from its front; zeros when it is used up.
class Bytes {
 public:
  Bytes(const uint8_t* data, size_t size) : left_(data, size) {}
  bool empty() const { return left_.empty(); }
  uint8_t U8() {
    if (left_.empty()) return 0;
    const uint8_t byte = left_.front();
    left_ = left_.subspan(1);
    return byte;
  }
  uint16_t U16() {
    const uint8_t high = U8();
    return static_cast<uint16_t>(high << 8 | U8());
  }
  uint64_t U64() {
    uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | U8();
    return value;
  }
  int Below(int bound) { return U8() % bound; }

 private:
  std::span<const uint8_t> left_;
};

class PeerFuzz {
 public:
  PeerFuzz(const uint8_t* data, size_t size)
      : in_(data, size),
        base_(static_cast<size_t>(in_.Below(static_cast<int>(RuleNames().size())))),
        villain_(in_.Below(kMembers)),
        cluster_(kMembers, *FindRules(RuleNames()[base_]), Options()) {
    const std::vector<NodesConf>& files = FormedFiles(base_);
    for (int i = 0; i < kMembers; ++i) cluster_.Load(i, files[static_cast<size_t>(i)]);
    for (int i = 0; i < kMembers; ++i) {
      cluster_.node(i).OnData(
          {.repl_offset = 1000, .link_up = true, .data_fresh = cluster_.now().mono});
    }
    cluster_.Run(Millis(2500), Millis(100));
    Check();
  }

  void Run() {
    for (int i = 0; i < kMaxActions && !in_.empty(); ++i) {
      Act();
      if (i % 16 == 15) Check();
    }
    Check();
    cluster_.Heal();
    if (!cluster_.running(villain_)) cluster_.Restart(villain_);
    cluster_.Run(Seconds(5), Millis(100));
    Check();
  }

 private:
  struct Seen {
    Epoch current;
    Epoch mine;
    Epoch vote;
  };

  // ---- What happens ----

  void Act() {
    const int victim = (villain_ + 1 + in_.Below(kMembers - 1)) % kMembers;
    switch (in_.Below(16)) {
      case 0:
        return cluster_.Run(Millis(100 * (1 + in_.Below(25))), Millis(100));
      case 1:
        return cluster_.Break(villain_, victim);
      case 2:
        return cluster_.Break(victim, villain_);
      case 3:
        return cluster_.Cut(villain_, victim);
      case 4:
        return cluster_.Heal();
      case 5:
        if (!cluster_.running(villain_)) return cluster_.Restart(villain_);
        // A file holds no epoch of a replica's own.
        if (cluster_.state(villain_).i_am_replica()) seen_[villain_].mine = {};
        return cluster_.Kill(villain_);
      default:
        return Say(victim);
    }
  }

  void Say(int victim) {
    if (!cluster_.running(villain_)) return;
    const auto type = static_cast<MessageType>(in_.Below(kMessageTypes + 1));
    const bool answer = (in_.U8() & 1) != 0;
    MessagePool& pool = cluster_.tables().pool;
    const bool may_be_light = type == MessageType::kPublish || type == MessageType::kPublishShard ||
                              type == MessageType::kModule;
    const bool light = may_be_light && (in_.U8() & 1) != 0;
    Message* message = light ? pool.MakeLight(type) : pool.Make(type);
    if (!light) FillHeaderOf(message, victim);
    FillBody(message, victim);
    ++said_;
    cluster_.Inject(villain_, victim, pool.Seal(message), answer);
  }

  // A name that the message may speak of: a member, a stranger, an impossible one, or one that the
  // victim made up.
  NodeKey AnyName(Message* message, int victim) {
    MessagePool& pool = cluster_.tables().pool;
    const int which = in_.Below(14);
    if (which < kMembers && cluster_.running(which)) return cluster_.key(which);
    if (which < 9) return pool.InternFor(message, Stranger(static_cast<char>('a' + which)));
    if (which == 9) return pool.InternFor(message, Stranger('Z'));
    const std::vector<NodeKey>& known = cluster_.state(victim).peers.order();
    return known[in_.U8() % known.size()];
  }

  static NodeName Stranger(char letter) {
    NodeName name;
    name.bytes.fill(letter);
    return name;
  }

  Epoch AnyEpoch(Epoch now) {
    constexpr uint64_t kLead = uint64_t{1} << 32;
    switch (in_.Below(10)) {
      case 0:
        return {0};
      case 1:
        return {now.value + kLead};
      case 2:
        return {now.value + kLead + 1};
      case 3:
        return {UINT64_MAX};
      case 4:
        return {in_.U64()};
      case 5:
        return {now.value > 0 ? now.value - 1 : 0};
      case 6:
        return now;
      default:
        return {now.value + static_cast<uint64_t>(in_.Below(16))};
    }
  }

  SlotSetRef AnySlots(int victim) {
    SlotSet set;
    const State& s = cluster_.state(victim);
    switch (in_.Below(6)) {
      case 0:
        break;
      case 1:
        set.SetRange({0, kSlots - 1});
        break;
      case 2:
        return s.peers.facts(s.myself).slots;
      case 3:
        return s.peers.facts(s.peers.order()[in_.U8() % s.peers.size()]).slots;
      default: {
        const auto one = static_cast<Slot>(in_.U16() % kSlots);
        const auto other = static_cast<Slot>(in_.U16() % kSlots);
        set.SetRange({std::min(one, other), std::max(one, other)});
      }
    }
    return cluster_.tables().pool.slot_sets().Intern(set);
  }

  IpText AnyIp() {
    switch (in_.Below(4)) {
      case 0:
        return {};
      case 1: {
        IpText junk;
        junk.bytes.fill(static_cast<char>(in_.U8()));
        return junk;
      }
      default:
        return IpText::From("10.0.0." + std::to_string(1 + in_.Below(8)));
    }
  }

  Endpoint AnyEndpoint() {
    Endpoint endpoint;
    endpoint.ip = AnyIp();
    endpoint.port = in_.U16();
    endpoint.pport = in_.U8();
    endpoint.cport = in_.U16();
    return endpoint;
  }

  // What the villain would say of itself, but for the fields that the input picks.
  void FillHeaderOf(Message* message, int victim) {
    Effects none;
    State& villain = cluster_.node(villain_).mutable_state();
    const Turn t(villain, cluster_.now(), &none);
    Header& h = message->header;
    FillHeader(t, &h);
    if (IsHeartbeat(message->type)) h.mflags[0] |= mflag::kExtData;
    const uint8_t changed = in_.U8();
    if ((changed & 1) != 0) h.sender = AnyName(message, victim);
    if ((changed & 2) != 0) h.replicaof = in_.Below(3) == 0 ? kNoKey : AnyName(message, victim);
    if ((changed & 4) != 0) h.flags = in_.U16();
    if ((changed & 8) != 0) {
      h.current_epoch = AnyEpoch(cluster_.state(victim).current_epoch);
      h.config_epoch = AnyEpoch(cluster_.state(victim).current_epoch);
    }
    if ((changed & 16) != 0) h.slots = AnySlots(victim);
    if ((changed & 32) != 0) h.repl_offset = static_cast<int64_t>(in_.U64());
    if ((changed & 64) != 0) h.mflags[0] = in_.U8();
    if ((changed & 128) != 0) {
      const Endpoint endpoint = AnyEndpoint();
      h.ip = endpoint.ip;
      h.port = endpoint.port;
      h.cport = endpoint.cport;
    }
  }

  void FillBody(Message* message, int victim) {
    switch (message->type) {
      case MessageType::kPing:
      case MessageType::kPong:
      case MessageType::kMeet:
        FillHeartbeat(message, victim);
        break;
      case MessageType::kFail:
        message->body = Fail{AnyName(message, victim)};
        break;
      case MessageType::kUpdate:
        message->body =
            SlotUpdate{AnyName(message, victim), AnyEpoch(cluster_.state(victim).current_epoch),
                       AnySlots(victim)};
        break;
      case MessageType::kPublish:
      case MessageType::kPublishShard:
        message->body = Publish{"channel", "text"};
        break;
      default:
        break;  // what Make gave is well formed
    }
  }

  void FillHeartbeat(Message* message, int victim) {
    auto& heartbeat = std::get<Heartbeat>(message->body);
    const auto now_s = static_cast<uint32_t>(cluster_.now().wall.ms() / 1000);
    const uint32_t entries = in_.U8() % 8;
    for (uint32_t i = 0; i < entries; ++i) {
      const NodeKey node = AnyName(message, victim);
      heartbeat.gossip_valid &= cluster_.tables().pool.names().valid_name(node);
      const uint16_t flags = in_.U16();
      const uint8_t extra = in_.U8();
      const uint32_t pong = (extra & 1) != 0 ? static_cast<uint32_t>(in_.U64()) : now_s;
      heartbeat.gossip.push_back({node, flags, pong});
      if ((extra & 2) != 0) heartbeat.pings.push_back({i, 1u + in_.U16()});
      if ((extra & 4) != 0) AddEndpoint(&heartbeat, i, node);
    }
    if (in_.Below(2) == 0) return;
    heartbeat.extensions = ExtensionsRef(new SharedExtensions(AnyExtensions(victim)));
  }

  void AddEndpoint(Heartbeat* heartbeat, uint32_t index, NodeKey node) {
    const Endpoint endpoint = AnyEndpoint();
    const Endpoint* canonical = cluster_.tables().pool.names().canonical_endpoint(node);
    if (canonical != nullptr && *canonical == endpoint) return;
    heartbeat->endpoints.push_back({index, endpoint});
  }

  Extensions AnyExtensions(int victim) {
    const State& s = cluster_.state(victim);
    Extensions x;
    const uint8_t present = in_.U8();
    if ((present & 1) != 0)
      x.hostname = std::string(in_.U8() % 64, static_cast<char>('a' + in_.Below(26)));
    if ((present & 2) != 0)
      x.human_nodename = std::string(1, static_cast<char>(1 + in_.Below(255)));
    if ((present & 4) != 0) x.client_port = in_.U16();
    if ((present & 8) != 0) x.availability_zone = "zone";
    if ((present & 16) != 0) {
      const NodeKey node = s.peers.order()[in_.U8() % s.peers.size()];
      x.forgotten.push_back(
          {cluster_.tables().pool.names().name(node), in_.U64() >> in_.Below(64)});
    }
    if ((present & 32) != 0) {
      x.shard_id = s.peers.facts(s.peers.order()[in_.U8() % s.peers.size()]).shard_id;
    } else if ((present & 64) != 0) {
      ShardId shard;
      shard.bytes.fill(static_cast<char>(in_.U8()));
      x.shard_id = shard;
    }
    if ((present & 128) != 0) x.unknown.push_back({77, "8 bytes."});
    return x;
  }

  // ---- What must hold ----

  void Check() {
    cluster_.other_effects().clear();
    for (int i = 0; i < kMembers; ++i) {
      if (cluster_.running(i)) CheckMember(i);
    }
    const auto& events = cluster_.events();
    for (; events_seen_ < events.size(); ++events_seen_) {
      const auto& [node, event] = events[events_seen_];
      if (event.type != EventType::kVoteGranted) continue;
      GOSSAMER_CHECK(votes_.insert({node, event.epoch.value}).second);
    }
    GOSSAMER_CHECK(cluster_.tables().pool.live() == 0);
    GOSSAMER_CHECK(cluster_.tables().facts.size() <= size_t{kMembers} * kMaxNodes);
  }

  void CheckMember(int i) {
    const State& s = cluster_.state(i);
    const std::string wrong = CheckConsistency(s);
    if (!wrong.empty()) std::fprintf(stderr, "member %d: %s\n", i, wrong.c_str());
    GOSSAMER_CHECK(wrong.empty());
    GOSSAMER_CHECK(s.peers.size() <= kMaxNodes);
    GOSSAMER_CHECK(s.blacklist.size() <= kMaxNodes);
    size_t links = 0;
    s.links.ForEach([&links](LinkId, NodeKey) { ++links; });
    GOSSAMER_CHECK(links <= size_t{4} * kMaxNodes);
    const Epoch mine = s.peers.facts(s.myself).config_epoch;
    Seen& seen = seen_[i];
    GOSSAMER_CHECK(s.current_epoch >= seen.current && mine >= seen.mine &&
                   s.last_vote_epoch >= seen.vote);
    seen = {s.current_epoch, mine, s.last_vote_epoch};
    if (s.rules.max_epoch_lead != 0) {
      GOSSAMER_CHECK(s.current_epoch.value <= 1000000 + (said_ + 1) * s.rules.max_epoch_lead);
    }
  }

  Bytes in_;
  size_t base_;
  int villain_;
  MiniCluster cluster_;
  uint64_t said_ = 0;
  size_t events_seen_ = 0;
  std::map<int, Seen> seen_;
  std::set<std::pair<int, uint64_t>> votes_;
};

}  // namespace
}  // namespace gossamer

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gossamer::PeerFuzz(data, size).Run();
  return 0;
}
