// What a member tells its node of the data when it only pretends to have any (directive
// gossamer-failover-without-data, for tests).
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_DATA_FACTS_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_DATA_FACTS_H_

#include <algorithm>

#include "core/base/time.h"
#include "core/cluster/state.h"

namespace gossamer::server {

// Between two members of this build there is no stream to be fresh from or to count. Yet a replica
// of a real server has at least its primary's pings behind it: offset 0 would make it wait half a
// second longer as an empty one, and never start at once as the best one.
inline DataFacts Pretended(DataFacts facts, Now now) {
  facts.data_fresh = now.mono;
  facts.repl_offset = std::max<int64_t>(facts.repl_offset, 1);
  return facts;
}

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_DATA_FACTS_H_
