// What each fault, action and expectation does and takes.

#include <span>
#include <string_view>
#include <vector>

#include "core/base/strings.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/schema_table.h"

namespace gossamer::sim {
namespace {

constexpr KindInfo kFaults[] = {
    {.word = "kill",
     .about = "the process dies; its host resets its connections and refuses new ones; after `for` "
              "it starts again",
     .required = "target",
     .optional = "for with_disk"},
    {.word = "host-loss",
     .about = "the machine is gone: nothing answers, nothing resets; after `for` it is back",
     .required = "target",
     .optional = "for with_disk"},
    {.word = "pause",
     .about = "the process stops (SIGSTOP); its kernel still answers",
     .required = "target",
     .optional = "for"},
    {.word = "slow",
     .about =
         "the process needs `factor` times longer for everything; with cpu none, than redis-7 does",
     .required = "target factor",
     .optional = "for"},
    {.word = "shutdown",
     .about = "an orderly end: state saved, connections closed; after `for` it starts again",
     .required = "target",
     .optional = "for with_disk"},
    {.word = "partition",
     .about = "no packet passes",
     .link = true,
     .optional = "direction shape for"},
    {.word = "delay",
     .about = "messages take longer",
     .link = true,
     .required = "latency",
     .optional = "jitter burst correlation direction shape for"},
    {.word = "loss",
     .about = "packets get lost and TCP sends them again later",
     .link = true,
     .required = "probability",
     .optional = "burst correlation direction shape for"},
    {.word = "duplicate",
     .about = "messages arrive twice",
     .link = true,
     .required = "probability",
     .optional = "burst correlation direction shape for"},
    {.word = "corrupt",
     .about = "messages arrive with a flipped bit",
     .link = true,
     .required = "probability",
     .optional = "burst correlation direction shape for"},
    {.word = "reorder",
     .about = "some messages take longer: those of other connections overtake them, those of "
              "their own wait",
     .link = true,
     .required = "probability latency",
     .optional = "burst correlation direction shape for"},
    {.word = "slice",
     .about = "messages arrive in pieces of `size` bytes, `latency` apart",
     .link = true,
     .required = "size latency",
     .optional = "direction shape for"},
    {.word = "bandwidth",
     .about = "each link carries at most `rate`",
     .link = true,
     .required = "rate",
     .optional = "direction shape for"},
    {.word = "reset-connection", .about = "connections are reset, once", .link = true},
    {.word = "blackhole",
     .about = "connections stay open but carry nothing, as behind a firewall that forgot them",
     .link = true,
     .optional = "direction shape for"},
    {.word = "disk-stall",
     .about = "no fsync ends while it lasts",
     .required = "target",
     .optional = "for"},
    {.word = "disk-full", .about = "every save fails", .required = "target", .optional = "for"},
    {.word = "disk-corrupt",
     .about = "what the disk holds is damaged; the next start finds out",
     .required = "target"},
    {.word = "clock-skew",
     .about = "the wall clock jumps by `offset`, or goes wrong by `drift` each second",
     .required = "target",
     .optional = "offset drift for"},
};
static_assert(std::size(kFaults) == static_cast<size_t>(FaultKind::kClockSkew) + 1);

constexpr KindInfo kActions[] = {
    {.word = "restart",
     .about = "the process is started again; a running one is killed first",
     .required = "target",
     .optional = "with_disk"},
    {.word = "failover",
     .about = "CLUSTER FAILOVER on replicas",
     .required = "target",
     .optional = "mode",
     .modes = "default force takeover"},
    {.word = "meet", .about = "CLUSTER MEET with node `to`", .required = "target to"},
    {.word = "forget", .about = "CLUSTER FORGET of node `to`", .required = "target to"},
    {.word = "reset",
     .about = "CLUSTER RESET",
     .required = "target",
     .optional = "mode",
     .modes = "soft hard"},
    {.word = "replicate", .about = "CLUSTER REPLICATE of node `to`", .required = "target to"},
    {.word = "rolling-restart",
     .about = "one node after the other: failover if it is a primary, shut down, start again",
     .required = "target"},
    {.word = "address-change",
     .about = "the process restarts with its disk under another address",
     .required = "target"},
    {.word = "config-set", .about = "CONFIG SET of cluster-* options", .required = "target config"},
    {.word = "migrate-slots",
     .about = "slots move from the target to node `to`",
     .required = "target to slots"},
};
static_assert(std::size(kActions) == static_cast<size_t>(ActionKind::kMigrateSlots) + 1);

constexpr KindInfo kExpects[] = {
    {.word = "state",
     .about = "the state holds at `by`, or `within` a time after `after`",
     .optional = "by within after"},
    {.word = "event",
     .about = "the event happens: never, between min and max times, or without these at least once",
     .optional = "about never min max"},
    {.word = "metric", .about = "the quantity is within its bounds", .optional = "min max"},
    {.word = "invariant", .about = "no checker found a violation"},
};
static_assert(std::size(kExpects) == static_cast<size_t>(ExpectKind::kInvariant) + 1);

}  // namespace

std::span<const KindInfo> FaultKinds() { return kFaults; }
std::span<const KindInfo> ActionKinds() { return kActions; }
std::span<const KindInfo> ExpectKinds() { return kExpects; }

std::vector<std::string_view> KeysOf(const KindInfo& kind) {
  std::vector<std::string_view> keys = SplitWords(kind.required);
  if (kind.link) keys.insert(keys.end(), {"target", "between"});
  const std::vector<std::string_view> optional = SplitWords(kind.optional);
  keys.insert(keys.end(), optional.begin(), optional.end());
  return keys;
}

}  // namespace gossamer::sim
