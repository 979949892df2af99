#include "core/cluster/start.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/cluster/membership.h"
#include "core/cluster/slot_ownership.h"

namespace gossamer {
namespace {

Endpoint OwnEndpoint(const ClusterOptions& options, const IpText& known_ip) {
  Endpoint endpoint;
  endpoint.ip = options.announce_ip.empty() ? known_ip : IpText::From(options.announce_ip);
  endpoint.port = options.tls_cluster ? options.tls_port : options.port;
  endpoint.pport = options.tls_cluster ? options.port : options.tls_port;
  endpoint.cport = options.cport;
  return endpoint;
}

// Files hold the TCP port first; the wire of a tls-cluster holds the TLS port first.
Endpoint WireEndpoint(const State& s, const Endpoint& from_file) {
  Endpoint endpoint = from_file;
  if (s.options.tls_cluster) std::swap(endpoint.port, endpoint.pport);
  return endpoint;
}

NodeKey AddFromConf(Turn& t, const NodesConfNode& node) {
  State& s = t.s;
  NameTable& names = s.tables->pool.names();
  const NodeKey key = names.Intern(node.name);
  GOSSAMER_CHECK(key.valid());
  PeerFacts facts = BlankFacts(t, WireEndpoint(s, node.address.endpoint));
  facts.address = node.address;
  facts.address.endpoint = WireEndpoint(s, node.address.endpoint);
  if (node.shard_id.has_value()) facts.shard_id = *node.shard_id;
  // A replica's epoch in the file is its primary's.
  if (!node.replicaof.has_value()) facts.config_epoch = node.config_epoch;
  auto flags = static_cast<uint16_t>(node.flags & ~(flag::kMyself | flag::kHandshake));
  if (s.rules.noaddr_is_fail && (flags & flag::kNoAddr) != 0) flags |= flag::kFail;
  s.peers.Add(key, facts, flags, t.ms);
  names.Release(key);
  if ((flags & flag::kFail) != 0) s.peers.SetMoment(key, Moment::kFail, t.ms);
  if (node.ping_sent_ms != 0) s.peers.SetPingSent(key, t.ms);
  if (node.pong_received_ms != 0) s.peers.SetPong(key, t.ms);
  s.peers.SetMoment(key, Moment::kCreated, t.ms);
  return key;
}

void LinkReplica(Turn& t, NodeKey replica, const NodesConfNode& node) {
  State& s = t.s;
  const NodeKey primary = s.peers.Find(*node.replicaof);
  if (!primary.valid() || primary == replica) return;
  // A replica whose shard differs from its primary's adopts the primary's.
  const ShardId shard = s.peers.facts(primary).shard_id;
  s.peers.EditFacts(replica, [&](PeerFacts* facts) {
    facts->replicaof = primary;
    facts->shard_id = shard;
  });
  s.peers.SetFlags(primary, flag::kMigrateTo);
}

void TakeSlots(Turn& t, NodeKey key, const NodesConfNode& node) {
  SlotSet slots;
  for (const SlotRange& range : node.slots) slots.SetRange(range);
  if (!slots.empty()) AssignSlots(t, slots, key);
  for (const auto& [slot, target] : node.migrating) {
    const NodeKey to = t.s.peers.Find(target);
    if (to.valid()) t.s.slots.migrating()[slot] = to;
  }
  for (const auto& [slot, source] : node.importing) {
    const NodeKey from = t.s.peers.Find(source);
    if (from.valid()) t.s.slots.importing()[slot] = from;
  }
}

}  // namespace

void StartFresh(Turn& t) {
  State& s = t.s;
  NameTable& names = s.tables->pool.names();
  const NodeKey key = names.Intern(s.RandomName());
  GOSSAMER_CHECK(key.valid());
  s.myself = key;
  s.peers.Add(key, BlankFacts(t, OwnEndpoint(s.options, IpText{})), flag::kPrimary | flag::kMyself,
              t.ms);
  names.Release(key);
  s.peers.SetMyself(key);
  AnnounceOptions(t);
  t.Todo(todo::kSaveFsync | todo::kUpdateState);
}

void StartFrom(Turn& t, const NodesConf& conf) {
  State& s = t.s;
  std::vector<NodeKey> keys;
  for (const NodesConfNode& node : conf.nodes) {
    keys.push_back(AddFromConf(t, node));
    if ((node.flags & flag::kMyself) == 0) continue;
    s.myself = keys.back();
    s.peers.SetFlags(s.myself, flag::kMyself);
    s.peers.SetMyself(s.myself);
  }
  GOSSAMER_CHECK(s.myself.valid());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (conf.nodes[i].replicaof.has_value()) LinkReplica(t, keys[i], conf.nodes[i]);
  }
  for (size_t i = 0; i < keys.size(); ++i) TakeSlots(t, keys[i], conf.nodes[i]);
  s.current_epoch = conf.current_epoch;
  for (const NodesConfNode& node : conf.nodes) {
    s.current_epoch = std::max(s.current_epoch, node.config_epoch);
  }
  if (!s.rules.bugs.Has(Bug::kForgetsVote)) s.last_vote_epoch = conf.last_vote_epoch;
  AnnounceOptions(t);
  if (s.i_am_replica() && s.my_primary().valid()) t.out->Add(Replicate{s.my_primary(), false});
  t.Todo(todo::kUpdateState);
}

void AnnounceOptions(Turn& t) {
  State& s = t.s;
  s.peers.EditFacts(s.myself, [&s](PeerFacts* facts) {
    const ClusterOptions& o = s.options;
    PeerAddress& a = facts->address;
    a.endpoint = OwnEndpoint(o, a.endpoint.ip);
    a.hostname = o.announce_hostname;
    a.human_nodename = o.announce_human_nodename;
    a.client_ipv4 = o.announce_client_ipv4;
    a.client_ipv6 = o.announce_client_ipv6;
    a.client_port = o.announce_client_port;
    a.client_tls_port = o.announce_client_tls_port;
    a.availability_zone = o.availability_zone;
  });
  if (s.options.replica_no_failover) {
    s.peers.SetFlags(s.myself, flag::kNoFailover);
  } else {
    s.peers.ClearFlags(s.myself, flag::kNoFailover);
  }
  s.extensions = nullptr;
}

}  // namespace gossamer
