#include "core/cluster/views.h"

#include <array>
#include <utility>

#include "core/cluster/node_line.h"
#include "core/cluster/node_view.h"

namespace gossamer {
namespace {

// What CLUSTER NODES shows of an address is what every release writes.
constexpr NodesConfFormat kTextFormat = {.aux_fields = false,
                                         .client_addresses = false,
                                         .client_ports = false,
                                         .availability_zone = false};

std::string NodeLine(const Turn& t, NodeKey node, ViewClient client) {
  NodesConfNode shown = NodeAsConf(t, node);
  Endpoint& endpoint = shown.address.endpoint;
  const std::string_view ip = ClientIp(t.s, node, client);
  if (IsPlainIp(ip)) endpoint.ip = IpText::From(ip);
  endpoint.port = ClientPort(t.s, node, client.tls);
  std::string line;
  AppendNodeLine(shown, kTextFormat, &line);
  return line;
}

void AppendInfo(std::string_view name, std::string_view value, std::string* out) {
  out->append(name);
  out->push_back(':');
  out->append(value);
  out->append("\r\n");
}

void AppendInfo(std::string_view name, uint64_t value, std::string* out) {
  AppendInfo(name, std::to_string(value), out);
}

// Nodes and slots by the health of their node.
struct HealthCounts {
  uint64_t nodes_pfail = 0;
  uint64_t nodes_fail = 0;
  uint64_t voting_pfail = 0;
  uint64_t voting_fail = 0;
  uint64_t slots_pfail = 0;
  uint64_t slots_fail = 0;
};

HealthCounts CountHealth(const State& s) {
  HealthCounts counts;
  for (const NodeKey node : s.peers.order()) {
    const bool voting = s.peers.IsVoting(node);
    const uint32_t slots = s.peers.slot_count(node);
    if (s.peers.Has(node, flag::kFail)) {
      ++counts.nodes_fail;
      counts.voting_fail += voting ? 1 : 0;
      counts.slots_fail += slots;
    } else if (s.peers.Has(node, flag::kPfail)) {
      ++counts.nodes_pfail;
      counts.voting_pfail += voting ? 1 : 0;
      counts.slots_pfail += slots;
    }
  }
  return counts;
}

// Messages of unknown types are counted apart and never shown.
void AppendMessageCounts(const std::array<uint64_t, kMessageTypes + 1>& counts,
                         std::string_view direction, std::string* out) {
  uint64_t total = 0;
  for (size_t type = 0; type < kMessageTypes; ++type) {
    total += counts[type];
    if (counts[type] == 0) continue;
    std::string name = "cluster_stats_messages_";
    name += MessageTypeName(static_cast<MessageType>(type));
    name += direction;
    AppendInfo(name, counts[type], out);
  }
  AppendInfo("cluster_stats_messages" + std::string(direction), total, out);
}

CommandReply LinkReply(const Turn& t, NodeKey peer, bool inbound) {
  // DEVIATION: the core knows neither when an inbound link was made nor what is queued: 0.
  const int64_t created = inbound ? 0 : t.WallMs(t.s.peers.out_link_ms(peer));
  return CommandReply::Map({CommandReply::Bulk("direction"),
                            CommandReply::Bulk(inbound ? "from" : "to"), CommandReply::Bulk("node"),
                            CommandReply::Bulk(t.s.peers.name(peer).str()),
                            CommandReply::Bulk("create-time"), CommandReply::Integer(created),
                            CommandReply::Bulk("events"), CommandReply::Bulk("r"),
                            CommandReply::Bulk("send-buffer-allocated"), CommandReply::Integer(0),
                            CommandReply::Bulk("send-buffer-used"), CommandReply::Integer(0)});
}

}  // namespace

std::string NodesText(const Turn& t, ViewClient client) {
  std::string out;
  for (const NodeKey node : NodesByName(t.s)) {
    out += NodeLine(t, node, client);
    out.push_back('\n');
  }
  return out;
}

std::string InfoText(Turn& t) {
  const State& s = t.s;
  const HealthCounts counts = CountHealth(s);
  const uint64_t assigned = s.slots.assigned();
  std::string out;
  AppendInfo("cluster_state", s.health.ok ? "ok" : "fail", &out);
  AppendInfo("cluster_slots_assigned", assigned, &out);
  AppendInfo("cluster_slots_ok", assigned - counts.slots_pfail - counts.slots_fail, &out);
  AppendInfo("cluster_slots_pfail", counts.slots_pfail, &out);
  AppendInfo("cluster_slots_fail", counts.slots_fail, &out);
  if (s.rules.info_node_counts) {
    AppendInfo("cluster_nodes_pfail", counts.nodes_pfail, &out);
    AppendInfo("cluster_nodes_fail", counts.nodes_fail, &out);
    AppendInfo("cluster_voting_nodes_pfail", counts.voting_pfail, &out);
    AppendInfo("cluster_voting_nodes_fail", counts.voting_fail, &out);
  }
  AppendInfo("cluster_known_nodes", s.peers.size(), &out);
  AppendInfo("cluster_size", s.health.size, &out);
  AppendInfo("cluster_current_epoch", s.current_epoch.value, &out);
  AppendInfo("cluster_my_epoch", s.peers.NodeEpoch(s.myself).value, &out);
  AppendMessageCounts(s.stats.sent, "_sent", &out);
  AppendMessageCounts(s.stats.received, "_received", &out);
  if (s.rules.info_bytes) {
    AppendInfo("cluster_stats_bytes_sent", s.stats.bytes_sent, &out);
    AppendInfo("cluster_stats_bytes_received", s.stats.bytes_received, &out);
    AppendInfo("cluster_stats_pubsub_bytes_sent", s.stats.pubsub_bytes_sent, &out);
    AppendInfo("cluster_stats_pubsub_bytes_received", s.stats.pubsub_bytes_received, &out);
    AppendInfo("cluster_stats_module_bytes_sent", s.stats.module_bytes_sent, &out);
    AppendInfo("cluster_stats_module_bytes_received", s.stats.module_bytes_received, &out);
  }
  AppendInfo("total_cluster_links_buffer_limit_exceeded", s.stats.link_buffer_exceeded, &out);
  return out;
}

CommandReply LinksReply(const Turn& t) {
  std::vector<CommandReply> links;
  for (const NodeKey node : NodesByName(t.s)) {
    if (t.s.peers.HasOutLink(node)) links.push_back(LinkReply(t, node, /*inbound=*/false));
    if (t.s.peers.HasInLink(node)) links.push_back(LinkReply(t, node, /*inbound=*/true));
  }
  return CommandReply::Array(std::move(links));
}

CommandReply ReplicasReply(const Turn& t, NodeKey primary, ViewClient client) {
  std::vector<CommandReply> lines;
  for (const NodeKey node : ReplicasByName(t.s, primary)) {
    lines.push_back(CommandReply::Bulk(NodeLine(t, node, client)));
  }
  return CommandReply::Array(std::move(lines));
}

NodesConf ConfOf(const Turn& t) {
  NodesConf conf;
  for (const NodeKey node : NodesByName(t.s)) {
    if (!t.s.peers.Has(node, flag::kHandshake)) conf.nodes.push_back(NodeAsConf(t, node));
  }
  conf.current_epoch = t.s.current_epoch;
  conf.last_vote_epoch = t.s.last_vote_epoch;
  return conf;
}

}  // namespace gossamer
