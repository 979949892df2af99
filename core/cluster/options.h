// Options of one cluster member: the cluster-* configuration of a Valkey server, with its defaults.
//
// SOURCE: semantics spec section 15. One home per default. A host may change them at run time
// (ClusterNode::OnConfig), except where a field says "fixed".
#ifndef GOSSAMER_CORE_CLUSTER_OPTIONS_H_
#define GOSSAMER_CORE_CLUSTER_OPTIONS_H_

#include <cstdint>
#include <string>

#include "core/base/time.h"

namespace gossamer {

enum class EndpointType : uint8_t { kIp, kHostname, kUnknown };

struct ClusterOptions {
  Duration node_timeout = Seconds(15);  // cluster-node-timeout; at least 1 ms
  Duration ping_interval = {};          // cluster-ping-interval; 0 = node_timeout / 2
  // cluster-election-delay: the unit D of election delays; 0 = as the rules say. DEVIATION: no
  // release can set it.
  Duration election_delay = {};
  int64_t replica_validity_factor = 10;  // cluster-replica-validity-factor; 0 = no limit
  int64_t migration_barrier = 1;         // cluster-migration-barrier
  bool allow_replica_migration = true;
  bool require_full_coverage = true;
  bool replica_no_failover = false;
  bool allow_reads_when_down = false;
  bool allow_pubsubshard_when_down = true;
  uint64_t link_sendbuf_limit_bytes = 0;  // cluster-link-sendbuf-limit; 0 = off
  Duration blacklist_ttl = Seconds(60);
  Duration manual_failover_timeout = Seconds(5);
  int64_t gossip_percent = 10;  // cluster-message-gossip-perc, 1..100
  Duration repl_ping_replica_period = Seconds(10);

  // What this node announces. An empty ip: peers take the socket's address.
  std::string announce_ip;
  std::string announce_hostname;
  std::string announce_human_nodename;
  std::string announce_client_ipv4;
  std::string announce_client_ipv6;
  std::string availability_zone;
  uint16_t announce_client_port = 0;
  uint16_t announce_client_tls_port = 0;
  uint16_t port = 6379;      // announced client TCP port
  uint16_t tls_port = 0;     // announced client TLS port
  uint16_t cport = 16379;    // announced bus port
  bool tls_cluster = false;  // fixed
  EndpointType preferred_endpoint_type = EndpointType::kIp;

  // Bounds of our own. Nodes that a member keeps in its table; introductions accepted in one
  // message.
  uint32_t max_nodes = 16384;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_OPTIONS_H_
