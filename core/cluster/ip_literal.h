// IP addresses written as text, IPv4 and IPv6, without asking the operating system.
#ifndef GOSSAMER_CORE_CLUSTER_IP_LITERAL_H_
#define GOSSAMER_CORE_CLUSTER_IP_LITERAL_H_

#include <optional>
#include <string>
#include <string_view>

namespace gossamer {

// The address in its usual form (RFC 5952: lower case, the longest run of zero groups as "::"), so
// that one address has one text; nothing for host names and whatever else is no literal. No zone,
// no brackets.
std::optional<std::string> CanonicalIp(std::string_view text);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_IP_LITERAL_H_
