// Bugs: known mistakes of cluster members that can be planted, to see what they do and whether a
// scenario would find them.
//
// A closed table. Most are one condition in the rule that they break, which reads
// `rules.bugs.Has(Bug::k...)`; those that a release had as its rule are that release's switch in
// Rules. Without any, nothing differs. Names: R-n and V-n are numbers of redis/redis and
// valkey-io/valkey, under which a mistake of theirs is known; words are mistakes that nobody
// released. Thread safety: constants.
#ifndef GOSSAMER_CORE_CLUSTER_BUGS_H_
#define GOSSAMER_CORE_CLUSTER_BUGS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace gossamer {

struct Rules;

enum class Bug : uint8_t {
  // Of releases.
  kR2285,
  kR7395,
  kR8435,
  kR12824,
  kR13018,
  kV461,
  kV634,
  kV762,
  kV1009,
  kV1018,
  kV1032,
  kV1191,
  kV1274,
  kV1305,
  kV1777,
  kV2178,
  kV2301,
  kV2512,
  kV2811,
  kV2989,
  kV4533,
  // Our own.
  kAcksNotChecked,
  kAddressStuck,
  kBarrierIgnored,
  kDataAgeIgnored,
  kEpochsMayCollide,
  kEpochsUnbounded,
  kFailAlone,
  kFailNeverCleared,
  kFailOutlivesPromotion,
  kFailoverNeverEnds,
  kForgetWithoutBlacklist,
  kForgetsVote,
  kImportWithoutEpoch,
  kMigrationAtOnce,
  kMigrationHerd,
  kMinorityServes,
  kNoDemotion,
  kNoDuePings,
  kNoFailBroadcast,
  kNoFailoverIgnored,
  kNoIntroductions,
  kNoLinkReset,
  kNoUpdate,
  kOldClaimsWin,
  kQuorumOfTheLiving,
  kReportsNeverExpire,
  kReportsNotWithdrawn,
  kSplitVoteWaits,
  kTakeoverWithoutEpoch,
  kTrustTheFuture,
  kVoteTwice,
  kWinnerWithoutQuorum,
};
inline constexpr size_t kBugs = static_cast<size_t>(Bug::kWinnerWithoutQuorum) + 1;

struct BugInfo {
  std::string_view name;
  std::string_view about;   // what goes wrong, in a sentence without its dot
  std::string_view source;  // who had it
};

const BugInfo& InfoOf(Bug bug);
std::optional<Bug> FindBug(std::string_view name);
// Every name that FindBug knows, in the order of Bug.
std::vector<std::string_view> BugNames();

class BugSet {
 public:
  bool Has(Bug bug) const { return (bits_ >> static_cast<unsigned>(bug) & 1) != 0; }
  void Add(Bug bug) { bits_ |= uint64_t{1} << static_cast<unsigned>(bug); }

 private:
  static_assert(kBugs <= 64);
  uint64_t bits_ = 0;
};

// Adds `bug` to the rules, whichever they are.
void Plant(Bug bug, Rules* rules);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_BUGS_H_
