// Cron: the work of every 100 ms.
//
// SOURCE: semantics spec section 2.
#ifndef GOSSAMER_CORE_CLUSTER_CRON_H_
#define GOSSAMER_CORE_CLUSTER_CRON_H_

#include "core/cluster/state.h"

namespace gossamer {

inline constexpr int64_t kCronPeriodMs = 100;

// How old a peer's last pong may be before it is pinged: half the node timeout, or as configured.
int64_t PingIntervalMs(const State& s);

void RunCron(Turn& t);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_CRON_H_
