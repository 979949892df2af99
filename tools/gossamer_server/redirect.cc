#include "tools/gossamer_server/redirect.h"

#include "core/cluster/node_view.h"
#include "core/slots/key_slot.h"

namespace gossamer::server {
namespace {

std::string Place(const State& s, NodeKey node, ViewClient client) {
  const std::string& hostname = s.peers.facts(node).address.hostname;
  std::string host;
  switch (s.options.preferred_endpoint_type) {
    case EndpointType::kIp:
      host = std::string(ClientIp(s, node, client));
      break;
    case EndpointType::kHostname:
      host = hostname.empty() ? "?" : hostname;
      break;
    case EndpointType::kUnknown:
      break;
  }
  return host + ":" + std::to_string(ClientPort(s, node, client.tls));
}

}  // namespace

std::string Redirection(const State& s, const std::vector<std::string_view>& keys,
                        const KeyAccess& access, ViewClient client) {
  const Slot slot = KeySlot(keys[0]);
  for (const std::string_view key : keys) {
    if (KeySlot(key) != slot) return "CROSSSLOT Keys in request don't hash to the same slot";
  }
  const NodeKey owner = s.slots.owner(slot);
  if (!owner.valid()) return "CLUSTERDOWN Hash slot not served";
  if (!s.health.ok) {
    if (!s.options.allow_reads_when_down) return "CLUSTERDOWN The cluster is down";
    if (access.write) return "CLUSTERDOWN The cluster is down and only accepts read commands";
  }
  const std::string number = std::to_string(slot);
  if (owner == s.myself) {
    const auto target = s.slots.migrating().find(slot);
    if (target == s.slots.migrating().end()) return "";
    return "ASK " + number + " " + Place(s, target->second, client);
  }
  if (access.asking && s.slots.importing().contains(slot)) return "";
  const bool replica_read = access.readonly_client && !access.write && s.my_primary() == owner;
  if (replica_read) return "";
  return "MOVED " + number + " " + Place(s, owner, client);
}

}  // namespace gossamer::server
