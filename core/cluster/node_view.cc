#include "core/cluster/node_view.h"

#include <algorithm>
#include <map>
#include <string>

#include "core/cluster/node_line.h"

namespace gossamer {
namespace {

void SortByName(const State& s, std::vector<NodeKey>* nodes) {
  std::sort(nodes->begin(), nodes->end(),
            [&s](NodeKey a, NodeKey b) { return s.peers.name(a) < s.peers.name(b); });
}

void DropUnlessPlain(std::string* text) {
  if (!IsPlainText(*text)) text->clear();
}

// Names of nodes in handshake are made up and never written.
bool HasLasting(const State& s, NodeKey node) {
  return node.valid() && s.peers.Contains(node) && !s.peers.Has(node, flag::kHandshake);
}

std::vector<std::pair<Slot, NodeName>> OpenSlots(const State& s,
                                                 const std::map<Slot, NodeKey>& open) {
  std::vector<std::pair<Slot, NodeName>> named;
  for (const auto& [slot, node] : open) {
    if (HasLasting(s, node)) named.emplace_back(slot, s.peers.name(node));
  }
  return named;
}

}  // namespace

std::vector<NodeKey> NodesByName(const State& s) {
  std::vector<NodeKey> nodes = s.peers.order();
  SortByName(s, &nodes);
  return nodes;
}

std::vector<NodeKey> ReplicasByName(const State& s, NodeKey primary) {
  std::vector<NodeKey> nodes;
  s.peers.ForEachReplica(primary, [&nodes](NodeKey replica) { nodes.push_back(replica); });
  SortByName(s, &nodes);
  return nodes;
}

uint16_t TcpPort(const State& s, NodeKey node) {
  const Endpoint& endpoint = s.peers.facts(node).address.endpoint;
  return s.options.tls_cluster ? endpoint.pport : endpoint.port;
}

uint16_t TlsPort(const State& s, NodeKey node) {
  const Endpoint& endpoint = s.peers.facts(node).address.endpoint;
  return s.options.tls_cluster ? endpoint.port : endpoint.pport;
}

uint16_t ClientPort(const State& s, NodeKey node, bool tls) {
  const PeerAddress& address = s.peers.facts(node).address;
  const uint16_t announced = tls ? address.client_tls_port : address.client_port;
  if (announced != 0) return announced;
  return tls ? TlsPort(s, node) : TcpPort(s, node);
}

std::string_view ClientIp(const State& s, NodeKey node, ViewClient client) {
  const PeerAddress& address = s.peers.facts(node).address;
  const std::string& announced = client.ipv6 ? address.client_ipv6 : address.client_ipv4;
  if (announced.empty()) return address.endpoint.ip.view();
  return announced;
}

int64_t ShownOffset(const State& s, NodeKey node) {
  return node == s.myself ? s.data.repl_offset : s.peers.repl_offset(node);
}

NodesConfNode NodeAsConf(const Turn& t, NodeKey node) {
  const State& s = t.s;
  const PeerFacts& facts = s.peers.facts(node);
  NodesConfNode out;
  out.name = s.peers.name(node);
  out.address = facts.address;
  out.address.endpoint.port = TcpPort(s, node);
  out.address.endpoint.pport = TlsPort(s, node);
  PeerAddress& a = out.address;
  if (!IsPlainIp(a.endpoint.ip.view())) a.endpoint.ip = IpText{};
  for (std::string* text :
       {&a.hostname, &a.human_nodename, &a.client_ipv4, &a.client_ipv6, &a.availability_zone}) {
    DropUnlessPlain(text);
  }
  out.flags = s.peers.flags(node) & kTextFlags;
  if (s.peers.IsReplica(node) && !(facts.replicaof == node) && HasLasting(s, facts.replicaof)) {
    out.replicaof = s.peers.name(facts.replicaof);
  }
  if (s.peers.PingPending(node)) out.ping_sent_ms = t.WallMs(s.peers.ping_sent_ms(node));
  out.pong_received_ms = t.WallMs(s.peers.pong_ms(node));
  out.config_epoch = s.peers.NodeEpoch(node);
  out.connected = node == s.myself || s.peers.HasOutLink(node);
  out.shard_id = facts.shard_id;
  out.slots = facts.slots->set().Ranges();
  if (node == s.myself) {
    out.migrating = OpenSlots(s, s.slots.migrating());
    out.importing = OpenSlots(s, s.slots.importing());
  }
  return out;
}

}  // namespace gossamer
