#include "tools/real_cluster/node_files.h"

#include <utility>

#include "core/bus/types.h"
#include "sim/model/start.h"

namespace gossamer::real {
namespace {

void Place(const sim::NodeInfo& info, NodesConfNode* node) {
  node->address.endpoint.ip = IpText::From(info.ip);
  node->address.endpoint.port = info.port;
  node->address.endpoint.pport = 0;
  node->address.endpoint.cport = info.cport;
}

}  // namespace

NodesConf FormedConf(const std::vector<sim::NodeInfo>& nodes, int64_t shards) {
  std::vector<NodeName> primaries(static_cast<size_t>(shards));
  for (const sim::NodeInfo& info : nodes) {
    if (info.starts_as_primary) primaries[static_cast<size_t>(info.shard)] = info.name;
  }
  NodesConf conf;
  conf.current_epoch = {static_cast<uint64_t>(shards)};
  for (const sim::NodeInfo& info : nodes) {
    NodesConfNode& node = conf.nodes.emplace_back();
    const NodeName& primary = primaries[static_cast<size_t>(info.shard)];
    node.name = info.name;
    Place(info, &node);
    node.connected = true;
    // Any id will do that the shard's nodes share.
    node.shard_id = ShardId{primary.bytes};
    if (info.starts_as_primary) {
      node.flags = flag::kPrimary;
      node.config_epoch = {static_cast<uint64_t>(info.shard) + 1};
      node.slots = {sim::SlotsOfShard(info.shard, shards)};
    } else {
      node.flags = flag::kReplica;
      node.replicaof = primary;
    }
  }
  return conf;
}

NodesConf MovedConf(NodesConf layout, const std::vector<sim::NodeInfo>& nodes) {
  for (NodesConfNode& node : layout.nodes) {
    for (const sim::NodeInfo& info : nodes) {
      if (info.name == node.name) Place(info, &node);
    }
  }
  return layout;
}

NodesConf FileOf(NodesConf conf, NodeName name) {
  for (NodesConfNode& node : conf.nodes) {
    node.flags &= static_cast<uint16_t>(~flag::kMyself);
    if (node.name == name) node.flags |= flag::kMyself;
  }
  return conf;
}

}  // namespace gossamer::real
