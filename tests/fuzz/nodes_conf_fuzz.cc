// Any text as nodes.conf and as a CLUSTER NODES reply: it is refused with a message, or what it
// says survives writing and reading; and a member that starts from it writes a file that it can
// read again.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/check.h"
#include "core/cluster/cluster_node.h"
#include "core/cluster/nodes_conf.h"

namespace gossamer {
namespace {

void CheckRoundTrip(const NodesConf& conf) {
  const std::string written = WriteNodesConf(conf, NodesConfFormat{});
  const absl::StatusOr<NodesConf> again = ParseNodesConf(written);
  GOSSAMER_CHECK(again.ok());
  GOSSAMER_CHECK(*again == conf);
  GOSSAMER_CHECK(WriteNodesConf(*again, NodesConfFormat{}) == written);
  // Older formats hold less, but they are read as well.
  for (int level = 0; level < 4; ++level) {
    NodesConfFormat format;
    format.availability_zone = false;
    format.client_ports = level > 0;
    format.client_addresses = level > 1;
    format.aux_fields = level > 2;
    GOSSAMER_CHECK(ParseNodesConf(WriteNodesConf(conf, format)).ok());
  }
}

void CheckStart(const NodesConf& conf) {
  const std::optional<Rules> rules = FindRules("gossamer");
  GOSSAMER_CHECK(rules.has_value());
  const Now now = {Instant{1000000000}, WallTime{1700000000000000}};
  HostTables tables;
  Effects effects;
  ClusterNode node(ClusterOptions{}, *rules, &tables, conf, /*seed=*/1, /*label_index=*/0, now,
                   &effects);
  const absl::StatusOr<NodesConf> again = ParseNodesConf(node.SerializeState(now));
  GOSSAMER_CHECK(again.ok());
  GOSSAMER_CHECK(again->nodes.size() == conf.nodes.size());
  GOSSAMER_CHECK(again->current_epoch == conf.current_epoch);
}

}  // namespace
}  // namespace gossamer

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<gossamer::NodesConf> file = gossamer::ParseNodesConf(text);
  if (file.ok()) {
    gossamer::CheckRoundTrip(*file);
    gossamer::CheckStart(*file);
  } else {
    GOSSAMER_CHECK(!file.status().message().empty());
  }
  // Whatever is a file without aux fields is also a reply.
  const absl::StatusOr<gossamer::NodesConf> reply = gossamer::ParseClusterNodesText(text, "reply");
  GOSSAMER_CHECK(reply.ok() || !reply.status().message().empty());
  return 0;
}
