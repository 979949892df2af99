#include "core/cluster/nodes_conf.h"

#include <utility>

#include "core/cluster/node_line.h"

namespace gossamer {
namespace {

// Characters that the loader refuses in aux fields, and those that would end the field, the word or
// the quoting.
constexpr std::string_view kForbiddenText = "!#$%&()*+;<>?@[]^{|}~ ,=\"'\\";
constexpr std::string_view kForbiddenIp = "@,\"' \\";

bool HasNone(std::string_view text, std::string_view forbidden) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    if (forbidden.find(c) != std::string_view::npos) return false;
  }
  return true;
}

void AppendAux(AuxField field, std::string_view value, std::string* out) {
  out->push_back(',');
  out->append(kAuxNames[static_cast<size_t>(field)]);
  out->push_back('=');
  out->append(value);
}

void AppendAuxText(AuxField field, const std::string& value, std::string* out) {
  if (!value.empty()) AppendAux(field, value, out);
}

void AppendAuxPort(AuxField field, uint16_t port, std::string* out) {
  if (port != 0) AppendAux(field, std::to_string(port), out);
}

// The highest index first. tcp-port is what stands in front, so it is left out.
void AppendAuxFields(const NodesConfNode& node, const NodesConfFormat& format, std::string* out) {
  const PeerAddress& a = node.address;
  if (format.availability_zone) {
    AppendAuxText(AuxField::kAvailabilityZone, a.availability_zone, out);
  }
  if (format.client_ports) {
    AppendAuxPort(AuxField::kClientTlsPort, a.client_tls_port, out);
    AppendAuxPort(AuxField::kClientTcpPort, a.client_port, out);
  }
  if (format.client_addresses) {
    AppendAuxText(AuxField::kClientIpv6, a.client_ipv6, out);
    AppendAuxText(AuxField::kClientIpv4, a.client_ipv4, out);
  }
  AppendAux(AuxField::kTlsPort, std::to_string(a.endpoint.pport), out);
  AppendAuxText(AuxField::kNodeName, a.human_nodename, out);
  if (node.shard_id.has_value()) AppendAux(AuxField::kShardId, node.shard_id->view(), out);
}

void AppendAddress(const NodesConfNode& node, const NodesConfFormat& format, std::string* out) {
  const PeerAddress& a = node.address;
  out->append(a.endpoint.ip.view());
  out->push_back(':');
  out->append(std::to_string(a.endpoint.port));
  out->push_back('@');
  out->append(std::to_string(a.endpoint.cport));
  if (!a.hostname.empty() || format.aux_fields) {
    out->push_back(',');
    out->append(a.hostname);
  }
  if (format.aux_fields) AppendAuxFields(node, format, out);
}

void AppendFlags(uint16_t flags, std::string* out) {
  if ((flags & kTextFlags) == 0) {
    out->append(kNoFlags);
    return;
  }
  bool first = true;
  for (const FlagText& flag : kFlagTexts) {
    if ((flags & flag.bit) == 0) continue;
    if (!first) out->push_back(',');
    out->append(flag.text);
    first = false;
  }
}

void AppendOpenSlot(Slot slot, std::string_view arrow, const NodeName& node, std::string* out) {
  out->append(" [");
  out->append(std::to_string(slot));
  out->append(arrow);
  out->append(node.view());
  out->push_back(']');
}

}  // namespace

bool IsPlainText(std::string_view text) {
  return text.size() <= kMaxPlainText && HasNone(text, kForbiddenText);
}

bool IsPlainIp(std::string_view text) { return HasNone(text, kForbiddenIp); }

std::string SlotsText(const NodesConfNode& node) {
  std::string out;
  for (const SlotRange& range : node.slots) {
    out.push_back(' ');
    out.append(std::to_string(range.first));
    if (range.last == range.first) continue;
    out.push_back('-');
    out.append(std::to_string(range.last));
  }
  // Both lists rise; they are written as one.
  auto importing = node.importing.begin();
  for (const auto& [slot, target] : node.migrating) {
    for (; importing != node.importing.end() && importing->first < slot; ++importing) {
      AppendOpenSlot(importing->first, "-<-", importing->second, &out);
    }
    AppendOpenSlot(slot, "->-", target, &out);
  }
  for (; importing != node.importing.end(); ++importing) {
    AppendOpenSlot(importing->first, "-<-", importing->second, &out);
  }
  return out;
}

void AppendNodeLine(const NodesConfNode& node, const NodesConfFormat& format, std::string* out) {
  out->append(node.name.view());
  out->push_back(' ');
  AppendAddress(node, format, out);
  out->push_back(' ');
  AppendFlags(node.flags, out);
  out->push_back(' ');
  out->append(node.replicaof.has_value() ? node.replicaof->view() : std::string_view("-"));
  out->push_back(' ');
  out->append(std::to_string(node.ping_sent_ms));
  out->push_back(' ');
  out->append(std::to_string(node.pong_received_ms));
  out->push_back(' ');
  out->append(std::to_string(node.config_epoch.value));
  out->append(node.connected ? " connected" : " disconnected");
  out->append(SlotsText(node));
}

size_t NodesConf::myself() const {
  for (size_t i = 0; i < nodes.size(); ++i) {
    if ((nodes[i].flags & flag::kMyself) != 0) return i;
  }
  return nodes.size();
}

std::string WriteNodesConf(const NodesConf& conf, const NodesConfFormat& format) {
  std::string out;
  // Enough for a line with host name, shard id and one range.
  constexpr size_t kTypicalLine = 256;
  out.reserve((conf.nodes.size() + 1) * kTypicalLine);
  for (const NodesConfNode& node : conf.nodes) {
    AppendNodeLine(node, format, &out);
    out.push_back('\n');
  }
  out.append("vars currentEpoch ");
  out.append(std::to_string(conf.current_epoch.value));
  out.append(" lastVoteEpoch ");
  out.append(std::to_string(conf.last_vote_epoch.value));
  out.push_back('\n');
  return out;
}

}  // namespace gossamer
