#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "core/cluster/node_view.h"
#include "core/cluster/views.h"

namespace gossamer {
namespace {

class MapBuilder {
 public:
  void Add(std::string key, CommandReply value) {
    items_.push_back(CommandReply::Bulk(std::move(key)));
    items_.push_back(std::move(value));
  }
  void AddText(std::string key, std::string_view text) {
    Add(std::move(key), CommandReply::Bulk(std::string(text)));
  }
  CommandReply Done() { return CommandReply::Map(std::move(items_)); }

 private:
  std::vector<CommandReply> items_;
};

// The availability zone and a shard's id came with one release.
bool ShowsZones(const State& s) { return s.rules.extension_zone; }

// What a client should connect to, by cluster-preferred-endpoint-type.
CommandReply PreferredEndpoint(const State& s, NodeKey node, ViewClient client) {
  const std::string& hostname = s.peers.facts(node).address.hostname;
  switch (s.options.preferred_endpoint_type) {
    case EndpointType::kIp:
      return CommandReply::Bulk(std::string(ClientIp(s, node, client)));
    case EndpointType::kHostname:
      return CommandReply::Bulk(hostname.empty() ? "?" : hostname);
    case EndpointType::kUnknown:
      break;
  }
  return CommandReply::Null();
}

// The names that the preferred endpoint does not show.
CommandReply Metadata(const State& s, NodeKey node, ViewClient client) {
  const PeerAddress& address = s.peers.facts(node).address;
  const EndpointType preferred = s.options.preferred_endpoint_type;
  MapBuilder map;
  if (preferred != EndpointType::kIp) map.AddText("ip", ClientIp(s, node, client));
  if (preferred != EndpointType::kHostname && !address.hostname.empty()) {
    map.AddText("hostname", address.hostname);
  }
  if (ShowsZones(s) && !address.availability_zone.empty()) {
    map.AddText("availability-zone", address.availability_zone);
  }
  return map.Done();
}

CommandReply SlotsNode(const State& s, NodeKey node, ViewClient client) {
  return CommandReply::Array(
      {PreferredEndpoint(s, node, client), CommandReply::Integer(ClientPort(s, node, client.tls)),
       CommandReply::Bulk(s.peers.name(node).str()), Metadata(s, node, client)});
}

// The owner and those of its replicas that can serve.
std::vector<CommandReply> SlotsNodes(const State& s, NodeKey owner, ViewClient client) {
  std::vector<CommandReply> nodes;
  nodes.push_back(SlotsNode(s, owner, client));
  for (const NodeKey replica : ReplicasByName(s, owner)) {
    if (s.peers.Has(replica, flag::kFail) || ShownOffset(s, replica) == 0) continue;
    nodes.push_back(SlotsNode(s, replica, client));
  }
  return nodes;
}

CommandReply SlotsEntry(SlotRange range, const std::vector<CommandReply>& nodes) {
  std::vector<CommandReply> items;
  items.push_back(CommandReply::Integer(range.first));
  items.push_back(CommandReply::Integer(range.last));
  items.insert(items.end(), nodes.begin(), nodes.end());
  return CommandReply::Array(std::move(items));
}

std::string_view ShardHealth(const State& s, NodeKey node) {
  if (s.peers.Has(node, flag::kFail)) return "fail";
  return s.peers.IsReplica(node) && ShownOffset(s, node) == 0 ? "loading" : "online";
}

CommandReply ShardNode(const State& s, NodeKey node, ViewClient client) {
  const PeerAddress& address = s.peers.facts(node).address;
  MapBuilder map;
  map.AddText("id", s.peers.name(node).view());
  const uint16_t tcp_port = ClientPort(s, node, /*tls=*/false);
  const uint16_t tls_port = ClientPort(s, node, /*tls=*/true);
  if (tcp_port != 0) map.Add("port", CommandReply::Integer(tcp_port));
  if (tls_port != 0) map.Add("tls-port", CommandReply::Integer(tls_port));
  map.AddText("ip", ClientIp(s, node, client));
  map.Add("endpoint", PreferredEndpoint(s, node, client));
  if (!address.hostname.empty()) map.AddText("hostname", address.hostname);
  map.AddText("role", s.peers.IsPrimary(node) ? "master" : "replica");
  map.Add("replication-offset", CommandReply::Integer(ShownOffset(s, node)));
  map.AddText("health", ShardHealth(s, node));
  if (ShowsZones(s) && !address.availability_zone.empty()) {
    map.AddText("availability-zone", address.availability_zone);
  }
  return map.Done();
}

CommandReply ShardReply(const State& s, const ShardId& id, const std::vector<NodeKey>& members,
                        ViewClient client) {
  SlotSet slots;
  std::vector<CommandReply> nodes;
  for (const NodeKey node : members) {
    slots |= s.peers.facts(node).slots->set();
    nodes.push_back(ShardNode(s, node, client));
  }
  std::vector<CommandReply> bounds;
  for (const SlotRange& range : slots.Ranges()) {
    bounds.push_back(CommandReply::Integer(range.first));
    bounds.push_back(CommandReply::Integer(range.last));
  }
  MapBuilder map;
  map.Add("slots", CommandReply::Array(std::move(bounds)));
  map.Add("nodes", CommandReply::Array(std::move(nodes)));
  if (ShowsZones(s)) map.AddText("id", id.view());
  return map.Done();
}

}  // namespace

CommandReply SlotsReply(const Turn& t, ViewClient client) {
  const State& s = t.s;
  std::vector<CommandReply> entries;
  std::map<uint16_t, std::vector<CommandReply>> nodes_of;  // by owner's key: looked up only
  for (uint32_t first = 0; first < kSlots;) {
    const NodeKey owner = s.slots.owner(static_cast<Slot>(first));
    uint32_t end = first + 1;
    while (end < kSlots && s.slots.owner(static_cast<Slot>(end)) == owner) ++end;
    if (owner.valid()) {
      auto [at, fresh] = nodes_of.try_emplace(owner.value);
      if (fresh) at->second = SlotsNodes(s, owner, client);
      const SlotRange range{static_cast<Slot>(first), static_cast<Slot>(end - 1)};
      entries.push_back(SlotsEntry(range, at->second));
    }
    first = end;
  }
  return CommandReply::Array(std::move(entries));
}

CommandReply ShardsReply(const Turn& t, ViewClient client) {
  const State& s = t.s;
  // Shards by rising id, in each of them primaries first, then by rising name.
  std::map<ShardId, std::vector<NodeKey>> shards;
  for (const NodeKey node : NodesByName(s)) shards[s.peers.facts(node).shard_id].push_back(node);
  std::vector<CommandReply> replies;
  for (auto& [id, members] : shards) {
    std::stable_partition(members.begin(), members.end(),
                          [&s](NodeKey node) { return s.peers.IsPrimary(node); });
    replies.push_back(ShardReply(s, id, members, client));
  }
  return CommandReply::Array(std::move(replies));
}

}  // namespace gossamer
