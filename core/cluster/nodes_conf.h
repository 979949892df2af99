// nodes.conf: the file in which a cluster member keeps what must survive a restart.
//
// SOURCE: bus spec section 12. NodesConf is the file's content as data; Parse and Write are pure
// functions over text. Errors name the line, what was found and what was expected; no input aborts
// or throws.
#ifndef GOSSAMER_CORE_CLUSTER_NODES_CONF_H_
#define GOSSAMER_CORE_CLUSTER_NODES_CONF_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/ids.h"
#include "core/cluster/peer_facts.h"
#include "core/slots/slot_set.h"

namespace gossamer {

struct NodesConfNode {
  NodeName name;
  // address.endpoint as on the wire of a node without tls-cluster: port TCP, pport TLS. Host name
  // and other announced fields as in the file.
  PeerAddress address;
  uint16_t flags =
      0;  // flag::k... bits that have a text: kMyself, kPrimary, kReplica, kPfail, kFail, ...
  std::optional<NodeName> replicaof;
  int64_t ping_sent_ms = 0;      // wall clock, 0 = none
  int64_t pong_received_ms = 0;  // wall clock, 0 = never
  Epoch config_epoch;
  bool connected = false;
  std::optional<ShardId> shard_id;
  std::vector<SlotRange> slots;
  std::vector<std::pair<Slot, NodeName>> migrating;  // on the myself line only
  std::vector<std::pair<Slot, NodeName>> importing;

  friend bool operator==(const NodesConfNode&, const NodesConfNode&) = default;
};

struct NodesConf {
  std::vector<NodesConfNode> nodes;
  Epoch current_epoch;
  Epoch last_vote_epoch;

  // Index of the node flagged myself, or nodes.size().
  size_t myself() const;
  friend bool operator==(const NodesConf&, const NodesConf&) = default;
};

// What `text` says. `file` names it in errors ("nodes.conf:3: unknown flag 'slav', expected ...,
// nearest 'slave'"). Refused: what the reference refuses (unknown flag or aux field, duplicate id,
// not exactly one myself, fewer than 8 fields, bad slot, odd `vars`, ...). After parsing,
// current_epoch is at least every config epoch.
absl::StatusOr<NodesConf> ParseNodesConf(std::string_view text,
                                         std::string_view file = "nodes.conf");

// The text of CLUSTER NODES is nearly the same grammar, without aux fields and vars line. For
// reading what an operator pasted: as ParseNodesConf, but the vars line may be missing and any
// number of nodes may be `myself`.
absl::StatusOr<NodesConf> ParseClusterNodesText(std::string_view text, std::string_view file);

// Which aux fields a release writes: a newer file cannot be loaded by an older release.
struct NodesConfFormat {
  bool aux_fields = true;         // shard-id, nodename, tls-port, ... (from 7.2)
  bool client_addresses = true;   // client-ipv4, client-ipv6 (from 8.0)
  bool client_ports = true;       // from 9.0
  bool availability_zone = true;  // from 9.1
};
std::string WriteNodesConf(const NodesConf& conf, const NodesConfFormat& format);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_NODES_CONF_H_
