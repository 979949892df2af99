#include <cstdint>
#include <optional>
#include <string>

#include "core/cluster/command_table.h"
#include "core/cluster/epochs.h"
#include "core/cluster/ip_literal.h"
#include "core/cluster/manual_failover.h"
#include "core/cluster/membership.h"
#include "core/cluster/roles.h"
#include "core/cluster/slot_ownership.h"

namespace gossamer {
namespace {

constexpr int64_t kBusPortIncrement = 10000;
constexpr int64_t kMaxPort = 65535;

bool IsPort(int64_t value) { return value > 0 && value <= kMaxPort; }

// A replica turns into a primary without data, in a shard of its own.
void ReplicateNoOne(Turn& t) {
  State& s = t.s;
  SetNodePrimary(t, s.myself);
  const ShardId shard = s.RandomShardId();
  s.peers.EditFacts(s.myself, [&shard](PeerFacts* facts) { facts->shard_id = shard; });
  s.peers.ClearFlags(s.myself, flag::kMyPrimaryFail | flag::kMigrateTo);
  s.extensions = nullptr;
  CloseOpenSlots(t);
  ResetManualFailover(t);
  s.election = Election{};
  t.out->Add(Replicate{kNoKey, true});
  t.out->Add(FlushData{});
  t.Todo(todo::kSaveFsync | todo::kUpdateState | todo::kBroadcastPong);
}

}  // namespace

CommandReply MeetCommand(CommandCall& call) {
  if (call.size() > 4) return SyntaxErrorOf(call);
  int64_t port = 0;
  if (!ParseInteger(call.word(2), &port)) {
    return CommandReply::Error("Invalid base port specified: " + call.word(2));
  }
  if (!IsPort(port)) return CommandReply::Error("Port number is out of range");
  int64_t bus_port = port + kBusPortIncrement;
  if (call.size() == 4 && !ParseInteger(call.word(3), &bus_port)) {
    return CommandReply::Error("Invalid bus port specified: " + call.word(3));
  }
  if (!IsPort(bus_port)) return CommandReply::Error("Cluster bus port number is out of range");
  const std::optional<std::string> ip = CanonicalIp(call.word(1));
  if (!ip.has_value()) {
    return CommandReply::Error("Invalid node address specified: " + call.word(1) + ":" +
                               call.word(2));
  }
  Endpoint endpoint;
  endpoint.ip = IpText::From(*ip);
  endpoint.port = static_cast<uint16_t>(port);
  endpoint.cport = static_cast<uint16_t>(bus_port);
  const bool running = HandshakeRuns(call.t.s, endpoint);
  if (!running && !StartHandshake(call.t, endpoint, /*meet=*/true).valid()) {
    return CommandReply::Error("Too many nodes known: " + std::to_string(call.t.s.peers.size()));
  }
  return CommandReply::Ok();
}

CommandReply ForgetCommand(CommandCall& call) {
  State& s = call.t.s;
  const std::optional<NodeName> name = NodeName::Parse(call.word(1));
  const NodeKey node = name.has_value() ? s.peers.Find(*name) : kNoKey;
  if (!node.valid()) {
    if (name.has_value() && Blacklisted(call.t, *name)) return CommandReply::Ok();
    return UnknownNode(call.word(1));
  }
  if (node == s.myself) {
    return CommandReply::Error("I tried hard but I can't forget myself...");
  }
  if (s.i_am_replica() && s.my_primary() == node) {
    return CommandReply::Error("Can't forget my master!");
  }
  if (!s.rules.bugs.Has(Bug::kForgetWithoutBlacklist)) {
    BlacklistAdd(call.t, *name, s.options.blacklist_ttl);
  }
  RemoveNode(call.t, node);
  call.t.Todo(todo::kUpdateState | todo::kSave);
  return CommandReply::Ok();
}

CommandReply ReplicateCommand(CommandCall& call) {
  State& s = call.t.s;
  if (call.size() > 2) {
    if (call.size() > 3 || !call.Is(1, "no") || !call.Is(2, "one")) return SyntaxErrorOf(call);
    if (s.i_am_replica()) ReplicateNoOne(call.t);
    return CommandReply::Ok();
  }
  const NodeKey node = FindLastingNode(s, call.word(1));
  if (!node.valid()) return UnknownNode(call.word(1));
  if (node == s.myself) return CommandReply::Error("Can't replicate myself");
  if (!s.peers.IsPrimary(node)) {
    return CommandReply::Error("I can only replicate a master, not a replica.");
  }
  if (s.i_am_replica() && s.my_primary() == node) return CommandReply::Ok();
  if (s.i_am_primary() && (s.peers.slot_count(s.myself) > 0 || s.data.has_keys)) {
    return CommandReply::Error(
        "To set a master the node must be empty and without assigned slots.");
  }
  // Whatever data is here has another history.
  BecomeReplicaOf(call.t, node, /*close_slots=*/true, /*full_sync=*/true);
  call.t.Todo(todo::kUpdateState | todo::kSave);
  return CommandReply::Ok();
}

CommandReply FailoverCommand(CommandCall& call) {
  State& s = call.t.s;
  ManualFailoverMode mode = ManualFailoverMode::kDefault;
  if (call.size() > 2) return SyntaxErrorOf(call);
  if (call.size() == 2) {
    const bool takeover = call.Is(1, "takeover");
    if (!takeover && !call.Is(1, "force")) return CommandReply::Error("syntax error");
    mode = takeover ? ManualFailoverMode::kTakeover : ManualFailoverMode::kForce;
  }
  if (s.i_am_primary()) {
    return CommandReply::Error("You should send CLUSTER FAILOVER to a replica");
  }
  const NodeKey primary = s.my_primary();
  if (!primary.valid() || !s.peers.Contains(primary)) {
    return CommandReply::Error("I'm a replica but my master is unknown to me");
  }
  if (mode == ManualFailoverMode::kDefault &&
      (s.peers.Has(primary, flag::kFail) || !s.peers.HasOutLink(primary))) {
    return CommandReply::Error("Master is down or failed, please use CLUSTER FAILOVER FORCE");
  }
  StartManualFailover(call.t, mode);
  return CommandReply::Ok();
}

CommandReply ResetCommand(CommandCall& call) {
  State& s = call.t.s;
  if (call.size() > 2) return SyntaxErrorOf(call);
  const bool hard = call.size() == 2 && call.Is(1, "hard");
  if (call.size() == 2 && !hard && !call.Is(1, "soft")) return CommandReply::Error("syntax error");
  if (s.i_am_primary() && s.data.has_keys) {
    return CommandReply::Error("CLUSTER RESET can't be called with master nodes containing keys");
  }
  Reset(call.t, hard);
  return CommandReply::Ok();
}

CommandReply BumpEpochCommand(CommandCall& call) {
  const bool bumped = BumpConfigEpoch(call.t);
  const State& s = call.t.s;
  return CommandReply::Simple((bumped ? "BUMPED " : "STILL ") +
                              std::to_string(s.peers.facts(s.myself).config_epoch.value));
}

CommandReply SetConfigEpochCommand(CommandCall& call) {
  Turn& t = call.t;
  State& s = t.s;
  int64_t value = 0;
  if (!ParseInteger(call.word(1), &value)) {
    return CommandReply::Error("value is not an integer or out of range");
  }
  if (value < 0) {
    return CommandReply::Error("Invalid config epoch specified: " + call.word(1));
  }
  if (s.peers.size() > 1) {
    return CommandReply::Error(
        "The user can assign a config epoch only when the node does not know any other node.");
  }
  if (s.peers.facts(s.myself).config_epoch.value != 0) {
    return CommandReply::Error("Node config epoch is already non-zero");
  }
  const Epoch epoch{static_cast<uint64_t>(value)};
  SetConfigEpoch(t, s.myself, epoch);
  if (s.current_epoch < epoch) {
    s.current_epoch = epoch;
    t.Event({.type = EventType::kCurrentEpochChanged, .epoch = epoch});
  }
  // Losing it in a crash does no harm: a collision gives every node an epoch of its own.
  t.Todo(todo::kUpdateState | todo::kSave);
  return CommandReply::Ok();
}

}  // namespace gossamer
