// The line grammar that nodes.conf and CLUSTER NODES share, from the writing side and for those who
// read it.
//
// SOURCE: bus spec sections 5, 12 and 13.
#ifndef GOSSAMER_CORE_CLUSTER_NODE_LINE_H_
#define GOSSAMER_CORE_CLUSTER_NODE_LINE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/bus/types.h"
#include "core/cluster/nodes_conf.h"

namespace gossamer {

struct FlagText {
  uint16_t bit = 0;
  std::string_view text;
};

// The flags that have a text, in the order in which they are written.
inline constexpr std::array<FlagText, 8> kFlagTexts = {{
    {flag::kMyself, "myself"},
    {flag::kPrimary, "master"},
    {flag::kReplica, "slave"},
    {flag::kPfail, "fail?"},
    {flag::kFail, "fail"},
    {flag::kHandshake, "handshake"},
    {flag::kNoAddr, "noaddr"},
    {flag::kNoFailover, "nofailover"},
}};
inline constexpr std::string_view kNoFlags = "noflags";

// The bits of kFlagTexts.
inline constexpr uint16_t kTextFlags = flag::kMyself | flag::kPrimary | flag::kReplica |
                                       flag::kPfail | flag::kFail | flag::kHandshake |
                                       flag::kNoAddr | flag::kNoFailover;

// The aux fields of nodes.conf, in the order of their indices; written from the last to the first.
enum class AuxField : uint8_t {
  kShardId,
  kNodeName,
  kTcpPort,
  kTlsPort,
  kClientIpv4,
  kClientIpv6,
  kClientTcpPort,
  kClientTlsPort,
  kAvailabilityZone,
};
inline constexpr std::array<std::string_view, 9> kAuxNames = {
    "shard-id",    "nodename",        "tcp-port",        "tls-port",         "client-ipv4",
    "client-ipv6", "client-tcp-port", "client-tls-port", "availability-zone"};

// The longest host name, human name or zone.
inline constexpr size_t kMaxPlainText = 255;
// True when `text` can stand as a host name or an aux value without changing how the line is read.
bool IsPlainText(std::string_view text);
// The same for the address in front of the port.
bool IsPlainIp(std::string_view text);

// "0-5460 [93-<-...]", each with a blank before it. Empty when there are no slots.
std::string SlotsText(const NodesConfNode& node);
// One line without its end. Without aux fields this is a line of CLUSTER NODES.
void AppendNodeLine(const NodesConfNode& node, const NodesConfFormat& format, std::string* out);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_NODE_LINE_H_
