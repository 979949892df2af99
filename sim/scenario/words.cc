// What the words of the language mean, for lists, editors and the reference.

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/cluster/bugs.h"
#include "core/cluster/config_options.h"
#include "core/cluster/event.h"
#include "sim/scenario/expectations.h"
#include "sim/scenario/schema_table.h"
#include "sim/scenario/units.h"

namespace gossamer::sim {
namespace {

// In the order of EventType.
constexpr std::string_view kEventAbouts[] = {
    "a node suspects a peer that has been silent for the node timeout",
    "a node suspects a peer no longer",
    "a node marks a peer FAIL: by a quorum of reports, or by a FAIL message",
    "a node clears a peer's FAIL",
    "a node's cluster_state changes between ok and fail",
    "a replica of a failed primary fixes when it will ask for votes",
    "a replica's rank became worse and it waits longer",
    "a replica asks for votes",
    "an election ran out of time",
    "an election is given up because somebody claimed a newer epoch",
    "a replica has the votes of a quorum",
    "a replica says why it cannot take over now",
    "a voter grants its vote",
    "a voter refuses its vote",
    "a candidate counts a vote",
    "a replica becomes primary",
    "a node becomes a replica",
    "a node sees a peer in another role",
    "a node sees slots at another owner",
    "a node sees another config epoch",
    "a node's current epoch rises",
    "two primaries have one config epoch and one of them takes a new one",
    "an epoch is refused because it is too far ahead",
    "an outdated claim of a role is passed over",
    "a node learns of another one",
    "a node drops another one",
    "a node is not taken in because the table is full",
    "a handshake starts",
    "a handshake ends well",
    "a handshake ran out of time",
    "another node than expected answers at an address",
    "a peer has another address",
    "a link ends",
    "a link is given up after half a node timeout without an answer",
    "a link's send buffer is full and the link is ended",
    "a manual failover starts",
    "the replica of a manual failover has caught up",
    "a manual failover ran out of time",
    "a replica moves to a primary that has none",
    "bytes arrive that are no message",
    "a message arrives from an unknown node that only known ones may send",
    "the state could not be saved",
    "a node loses slots that hold keys",
};
static_assert(std::size(kEventAbouts) == kEventTypes);

struct WordRow {
  std::string_view key;
  std::string_view word;
  std::string_view about;
};

constexpr WordRow kWords[] = {
    {"rules", "valkey-8.0", "as Valkey 8.0.1"},
    {"rules", "valkey-9.0", "as Valkey 9.0.4"},
    {"rules", "valkey-9.1", "as Valkey 9.1.0"},
    {"rules", "gossamer", "as Valkey 9.1.0 with known bugs mended and a shuffled gossip ring"},
    {"start", "formed", "a steady state, sampled: the nodes have been talking for a while"},
    {"start", "cold", "a formed cluster whose nodes all start at one instant"},
    {"start", "meet", "nodes that know nobody are introduced to each other"},
    {"preset", "none", "computing takes no time"},
    {"preset", "redis-7", "what redis-server 7.0 needs; a save stops the process"},
    {"preset", "redis-7-debug", "the same with loglevel debug"},
    {"preset", "gossamer", "what this core needs; saves run beside it"},
    {"role", "any", "primaries and replicas"},
    {"role", "primary", "a primary, in its own view"},
    {"role", "replica", "a replica, in its own view"},
    {"of", "nodes", "matching nodes"},
    {"of", "primaries", "matching primaries"},
    {"of", "replicas", "matching replicas"},
    {"of", "shards", "whole shards of the matches"},
    {"direction", "both", "both ways"},
    {"direction", "to", "only what the target or the first side sends"},
    {"direction", "from", "only what the target or the first side receives"},
    {"shape", "halves", "links between two halves of the target"},
    {"shape", "bridge", "links between two halves, but for one node that sees both"},
    {"shape", "isolate", "every link of the target's nodes, also those among them"},
    {"shape", "ring",
     "links between nodes far apart on a circle: each node sees a majority, no two the same one"},
    {"mode", "default", "with the primary's consent: it stops writing, the replica catches up"},
    {"mode", "force", "without asking the primary, by votes"},
    {"mode", "takeover", "without votes"},
    {"mode", "soft", "forget slots, roles and the other nodes"},
    {"mode", "hard", "the same, with a new id and epochs at zero"},
    {"about", "any", "about any node"},
    {"about", "live", "about nodes that were live and reachable for a node timeout"},
    {"about", "victims", "about nodes that a fault holds"},
};

// Valkey's default in the notation of the language.
std::string OptionDefault(const OptionInfo& info) {
  const std::string text = OptionText(info.name, ClusterOptions{});
  if (info.type != OptionType::kMillis && info.type != OptionType::kSeconds) return text;
  const Parsed<int64_t> number = ParseInteger(text);
  if (!number.ok()) return text;
  const int64_t unit = info.type == OptionType::kMillis ? 1'000 : 1'000'000;
  return FormatDuration(Micros(number.value() * unit));
}

std::string_view EventAbout(std::string_view word) {
  for (size_t i = 0; i < kEventTypes; ++i) {
    if (EventTypeName(static_cast<EventType>(i)) == word) return kEventAbouts[i];
  }
  return {};
}

template <class Rows, class Name>
std::string_view AboutIn(const Rows& rows, std::string_view word, Name name) {
  const auto row = std::find_if(std::begin(rows), std::end(rows),
                                [&](const auto& candidate) { return name(candidate) == word; });
  return row == std::end(rows) ? std::string_view() : row->about;
}

constexpr std::pair<std::string_view, std::string_view> kOptionRemarks[] = {
    {"cluster-election-delay", "0: T / 30, at most 500 ms, in 8.0 500 ms; not in Valkey"},
    {"cluster-link-sendbuf-limit", "0: none"},
    {"cluster-message-gossip-perc", "10 always before 9.1"},
    {"cluster-ping-interval", "0: T / 2"},
};

}  // namespace

std::string_view WordAbout(std::string_view key, std::string_view word) {
  const auto kind_word = [](const KindInfo& kind) { return kind.word; };
  const auto name = [](const NameInfo& info) { return info.name; };
  if (key == "fault") return AboutIn(FaultKinds(), word, kind_word);
  if (key == "action") return AboutIn(ActionKinds(), word, kind_word);
  if (key == "state") return AboutIn(StateNames(), word, name);
  if (key == "invariant") return AboutIn(InvariantNames(), word, name);
  if (key == "event") return EventAbout(word);
  if (key == "bugs") {
    const std::optional<Bug> bug = FindBug(word);
    return bug ? InfoOf(*bug).about : std::string_view();
  }
  if (key == "cpu") key = "preset";
  if (key == "base") key = "rules";
  for (const WordRow& row : kWords) {
    if (row.key == key && row.word == word) return row.about;
  }
  return {};
}

std::string OptionAbout(const OptionInfo& info) {
  std::string about = OptionDefault(info);
  if (!about.empty()) about = "default " + about;
  const auto add = [&](std::string_view more) {
    about += (about.empty() ? "" : "; ") + std::string(more);
  };
  if (!info.used()) add("no effect here");
  for (const auto& [name, remark] : kOptionRemarks) {
    if (name == info.name) add(remark);
  }
  return about;
}

}  // namespace gossamer::sim
