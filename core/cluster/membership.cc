#include "core/cluster/membership.h"

#include <algorithm>
#include <vector>

#include "core/cluster/links.h"
#include "core/cluster/manual_failover.h"
#include "core/cluster/roles.h"
#include "core/cluster/slot_ownership.h"

namespace gossamer {
namespace {

void Refuse(Turn& t, NodeKey introducer) {
  ++t.s.stats.nodes_refused;
  t.Event({.type = EventType::kNodeRefused, .other = introducer});
}

// The address that a header gives; without an announced ip, that of the socket, which we opened to
// `called`.
Endpoint AnsweredEndpoint(const Header& header, const Endpoint& called) {
  return {header.ip.empty() ? called.ip : header.ip, header.port, header.pport, header.cport};
}

// A name and a row of its own for myself, as if nothing had been before.
void TakeNewName(Turn& t) {
  State& s = t.s;
  NameTable& names = s.tables->pool.names();
  const NodeKey key = names.Intern(s.RandomName());
  if (!key.valid()) return;
  const NodeKey old = s.myself;
  s.peers.Add(key, s.peers.facts(old), s.peers.flags(old), t.ms);
  names.Release(key);
  s.peers.SetMyself(key);
  s.myself = key;
  s.peers.Remove(old);
}

// A word that holds both roles is a primary's, until its own header tells.
uint16_t OneRole(uint16_t flags) {
  const bool both = (flags & flag::kPrimary) != 0 && (flags & flag::kReplica) != 0;
  return both ? static_cast<uint16_t>(flags & ~flag::kReplica) : flags;
}

}  // namespace

PeerFacts BlankFacts(Turn& t, const Endpoint& endpoint) {
  PeerFacts facts;
  facts.slots = t.s.tables->pool.slot_sets().empty();
  facts.shard_id = t.s.RandomShardId();
  facts.address.endpoint = endpoint;
  return facts;
}

NodeKey AddNode(Turn& t, const NodeName& name, const Endpoint& endpoint, uint16_t flags,
                NodeKey introducer) {
  State& s = t.s;
  if (s.peers.size() >= s.options.max_nodes) {
    Refuse(t, introducer);
    return kNoKey;
  }
  NameTable& names = s.tables->pool.names();
  const NodeKey key = names.Intern(name);
  if (!key.valid()) {
    Refuse(t, introducer);
    return kNoKey;
  }
  const auto kept = static_cast<uint16_t>(flags & ~(flag::kMyself | flag::kPfail));
  s.peers.Add(key, BlankFacts(t, endpoint), OneRole(kept), t.ms);
  // The reason of this call took the reference; the table holds its own.
  names.Release(key);
  if ((flags & flag::kPfail) != 0) s.peers.SetFlags(key, flag::kPfail);
  s.peers.SetMoment(key, Moment::kCreated, t.ms);
  t.Event({.type = EventType::kNodeAdded, .subject = key, .other = introducer});
  t.Todo(todo::kSave);
  return key;
}

void RemoveNode(Turn& t, NodeKey node) {
  State& s = t.s;
  for (auto* open : {&s.slots.migrating(), &s.slots.importing()}) {
    std::erase_if(*open, [node](const auto& entry) { return entry.second == node; });
  }
  FreeSlotsOf(t, node);
  s.reports.DropSuspect(node);
  s.reports.DropReporter(node);
  std::vector<NodeKey> replicas;
  s.peers.ForEachReplica(node, [&replicas](NodeKey replica) { replicas.push_back(replica); });
  for (const NodeKey replica : replicas) {
    s.peers.EditFacts(replica, [](PeerFacts* facts) { facts->replicaof = kNoKey; });
  }
  const NodeKey primary = s.peers.facts(node).replicaof;
  if (primary.valid() && s.peers.ReplicaCount(primary) == 1) {
    s.peers.ClearFlags(primary, flag::kMigrateTo);
  }
  FreeOutLink(t, node);
  FreeInLink(t, node);
  if (s.manual_failover.replica == node) ResetManualFailover(t);
  std::erase(s.election.voters, node);
  t.Event({.type = EventType::kNodeRemoved, .subject = node});
  s.peers.Remove(node);
  t.Todo(todo::kUpdateState | todo::kSave);
}

bool HandshakeRuns(const State& s, const Endpoint& endpoint) {
  return std::any_of(s.peers.order().begin(), s.peers.order().end(), [&](NodeKey node) {
    const Endpoint& other = s.peers.facts(node).address.endpoint;
    return s.peers.Has(node, flag::kHandshake) && other.ip == endpoint.ip &&
           other.port == endpoint.port && other.cport == endpoint.cport;
  });
}

NodeKey StartHandshake(Turn& t, const Endpoint& endpoint, bool meet) {
  State& s = t.s;
  if (HandshakeRuns(s, endpoint)) return kNoKey;
  const auto flags = static_cast<uint16_t>(flag::kHandshake | (meet ? flag::kMeet : 0));
  const NodeKey node = AddNode(t, s.RandomName(), endpoint, flags, kNoKey);
  if (node.valid()) t.Event({.type = EventType::kHandshakeStarted, .subject = node});
  return node;
}

int64_t HandshakeTimeoutMs(const State& s) { return std::max<int64_t>(s.timeout_ms(), 1000); }

NodeKey FinishHandshake(Turn& t, NodeKey temporary, NodeKey sender, const Header& header) {
  State& s = t.s;
  if (s.peers.Contains(sender)) {
    const Endpoint answered = AnsweredEndpoint(header, s.peers.facts(temporary).address.endpoint);
    const bool news = !(answered == s.peers.facts(sender).address.endpoint);
    if (news && !(sender == s.myself)) ChangeAddress(t, sender, answered);
    RemoveNode(t, temporary);
    return kNoKey;
  }
  const uint16_t roles = OneRole(header.flags & (flag::kPrimary | flag::kReplica));
  const uint16_t kept =
      s.peers.flags(temporary) & static_cast<uint16_t>(~(flag::kHandshake | flag::kMeet));
  PeerFacts facts = s.peers.facts(temporary);
  const PeerTable::Moments moments = s.peers.moments(temporary);

  // The row moves to the final key together with its links.
  const bool had_out = s.peers.HasOutLink(temporary);
  const bool had_in = s.peers.HasInLink(temporary);
  const LinkId out_link = had_out ? s.peers.out_link(temporary) : LinkId{};
  const LinkId in_link = had_in ? s.peers.in_link(temporary) : LinkId{};
  const MonoMs out_ms = s.peers.out_link_ms(temporary);
  const MonoMs in_freed_ms = had_in ? t.ms : s.peers.in_link_freed_ms(temporary);
  const MonoMs data_ms = s.peers.data_received_ms(temporary);
  if (had_out) s.peers.ClearOutLink(temporary);
  if (had_in) s.peers.ClearInLink(temporary, t.ms);
  s.reports.DropSuspect(temporary);
  s.peers.Remove(temporary);

  s.peers.Add(sender, facts, kept | roles, in_freed_ms);
  s.peers.SetMoments(sender, moments);
  s.peers.SetDataReceived(sender, data_ms);
  if (had_out) {
    s.links.Bind(out_link, sender);
    s.peers.SetOutLink(sender, out_link, out_ms);
    if (s.links.extensions(out_link)) s.peers.SetMark(sender, mark::kLinkExtensions);
  }
  if (had_in) {
    s.links.Bind(in_link, sender);
    s.peers.SetInLink(sender, in_link);
  }
  t.Event({.type = EventType::kHandshakeDone, .subject = sender, .other = temporary});
  t.Todo(todo::kUpdateState | todo::kSave);
  return sender;
}

void BlacklistAdd(Turn& t, const NodeName& name, Duration ttl) {
  t.s.blacklist[name] = t.ms + ttl.ms();
  t.s.extensions = nullptr;
}

bool Blacklisted(Turn& t, const NodeName& name) {
  const auto before = t.s.blacklist.size();
  std::erase_if(t.s.blacklist, [&t](const auto& entry) { return entry.second <= t.ms; });
  if (t.s.blacklist.size() != before) t.s.extensions = nullptr;
  return t.s.blacklist.count(name) > 0;
}

void Reset(Turn& t, bool hard) {
  State& s = t.s;
  const bool was_replica = s.i_am_replica();
  ResetManualFailover(t);
  if (was_replica) {
    SetNodePrimary(t, s.myself);
    t.out->Add(Replicate{kNoKey, true});
    t.out->Add(FlushData{});
  }
  CloseOpenSlots(t);
  FreeSlotsOf(t, s.myself);
  const std::vector<NodeKey> nodes = s.peers.order();
  for (const NodeKey node : nodes) {
    if (!(node == s.myself)) RemoveNode(t, node);
  }
  s.blacklist.clear();
  s.extensions = nullptr;
  s.election = Election{};
  s.peers.ClearFlags(s.myself, flag::kMyPrimaryFail | flag::kMigrateTo);
  if (hard || (was_replica && s.rules.soft_reset_new_shard)) {
    const ShardId shard = s.RandomShardId();
    s.peers.EditFacts(s.myself, [&shard](PeerFacts* facts) { facts->shard_id = shard; });
  }
  if (hard) {
    s.current_epoch = {};
    s.last_vote_epoch = {};
    s.peers.EditFacts(s.myself, [](PeerFacts* facts) { facts->config_epoch = {}; });
    TakeNewName(t);
  }
  t.Todo(todo::kUpdateState | todo::kSaveFsync);
}

void ChangeAddress(Turn& t, NodeKey node, const Endpoint& endpoint) {
  State& s = t.s;
  if (s.rules.bugs.Has(Bug::kAddressStuck)) return;
  s.peers.EditFacts(node, [&endpoint](PeerFacts* facts) { facts->address.endpoint = endpoint; });
  FreeOutLink(t, node);
  s.peers.ClearFlags(node, flag::kNoAddr);
  if (node == s.my_primary() && s.i_am_replica()) t.out->Add(Replicate{node, false});
  t.Event({.type = EventType::kAddressChanged, .subject = node});
  t.Todo(todo::kSave | todo::kUpdateState);
}

}  // namespace gossamer
