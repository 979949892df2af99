#include "core/cluster/event.h"

#include <array>

namespace gossamer {
namespace {

// In the order of EventType.
constexpr std::array<std::string_view, kEventTypes> kEventNames = {
    "pfail-set",
    "pfail-cleared",
    "fail-set",
    "fail-cleared",
    "state-changed",
    "election-scheduled",
    "election-delayed",
    "election-started",
    "election-expired",
    "election-restarted",
    "election-won",
    "cant-failover",
    "vote-granted",
    "vote-refused",
    "vote-received",
    "promoted",
    "became-replica",
    "role-changed",
    "slots-changed",
    "config-epoch-changed",
    "current-epoch-changed",
    "epoch-collision",
    "epoch-refused",
    "stale-ignored",
    "node-added",
    "node-removed",
    "node-refused",
    "handshake-started",
    "handshake-done",
    "handshake-timed-out",
    "id-mismatch",
    "address-changed",
    "link-down",
    "link-reset",
    "link-buffer-exceeded",
    "manual-failover-started",
    "manual-failover-ready",
    "manual-failover-timed-out",
    "replica-migrated",
    "bad-frame",
    "unknown-sender",
    "persist-failed",
    "slots-lost",
};
static_assert(!kEventNames.back().empty());

constexpr std::array<std::string_view, 3> kStateReasons = {"none", "not-full-coverage", "minority"};

constexpr std::array<std::string_view, 5> kCantFailovers = {"none", "data-age", "waiting-delay",
                                                            "expired", "waiting-votes"};

constexpr std::array<std::string_view, 8> kVoteRefusals = {
    "not-safe-to-join", "old-epoch",   "already-voted", "not-replica",
    "primary-up",       "revote-lock", "stale-slots",   "no-link"};

// Values read from a recording may lie outside the enumeration.
template <class Names, class Enum>
std::string_view NameOf(const Names& names, Enum value) {
  const auto index = static_cast<size_t>(value);
  return index < names.size() ? names[index] : std::string_view("unknown");
}

}  // namespace

std::string_view EventTypeName(EventType type) { return NameOf(kEventNames, type); }

std::string_view StateReasonName(StateReason reason) { return NameOf(kStateReasons, reason); }

std::string_view CantFailoverName(CantFailover reason) { return NameOf(kCantFailovers, reason); }

std::string_view VoteRefusalName(VoteRefusal reason) { return NameOf(kVoteRefusals, reason); }

}  // namespace gossamer
