// Journal: what was done to a real cluster and when, for whoever reads its logs afterwards.
//
// Instants are times of the scenario: wall-clock time since the journal's origin. Thread safety:
// values.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_JOURNAL_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_JOURNAL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "sim/model/observer.h"
#include "sim/scenario/scenario.h"

namespace gossamer::real {

struct RealVictim {
  size_t node = 0;
  NodeName name;             // when it was hit
  bool was_primary = false;  // with slots, in its own view
  uint32_t slots = 0;
};

// A line of the timeline that was carried out.
struct RealIncident {
  uint32_t number = 0;  // position in the scenario's timeline
  Instant at;           // just before the first signal or command
  std::optional<Instant> ended;
  const sim::TimelineItem* item = nullptr;
  std::vector<RealVictim> victims;
  std::vector<int64_t> lost_shards;
  std::vector<std::string> refusals;
  uint32_t voters = 0;
  uint32_t voters_left = 0;
  // Who followed whom before it: (replica, primary).
  std::vector<std::pair<size_t, size_t>> following;
};

enum class NodeChange : uint8_t { kDown, kPaused, kResumed, kStarted };

struct JournalChange {
  Instant at;
  size_t node = 0;
  NodeChange change = NodeChange::kDown;
};

struct Journal {
  WallTime origin;
  Instant began_at;  // when the cluster was ready
  Instant ended_at;
  bool interrupted = false;
  std::vector<RealIncident> incidents;             // in the order of time
  std::vector<JournalChange> changes;              // rising
  std::vector<std::pair<NodeName, size_t>> names;  // every id that a node had
  std::vector<std::string> notes;                  // what happened by itself
  // How the live nodes' views differ at the end; empty: not at all.
  std::string difference;
};

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_JOURNAL_H_
