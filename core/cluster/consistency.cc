#include "core/cluster/consistency.h"

#include <algorithm>
#include <string>
#include <vector>

namespace gossamer {
namespace {

std::string NameIn(const State& s, NodeKey node) {
  if (!node.valid()) return "nobody";
  std::string name = s.tables->pool.names().name(node).str();
  name.resize(std::max<size_t>(1, name.find_last_not_of('0') + 1));
  return name;
}

std::string CheckSlots(const State& s) {
  uint32_t assigned = 0;
  std::vector<uint32_t> owned(s.peers.row_count());
  for (uint32_t i = 0; i < kSlots; ++i) {
    const auto slot = static_cast<Slot>(i);
    const NodeKey owner = s.slots.owner(slot);
    if (!owner.valid()) {
      if (s.slots.not_claiming().test(slot)) return "a slot without owner is not claimed";
      continue;
    }
    ++assigned;
    if (!s.peers.Contains(owner)) return "a slot is owned by an unknown node";
    if (!s.peers.facts(owner).slots->set().test(slot)) {
      return "slot " + std::to_string(slot) + ": its owner " + NameIn(s, owner) + " has it not";
    }
    ++owned[owner.value];
  }
  if (assigned != s.slots.assigned()) return "the number of assigned slots is wrong";
  for (const NodeKey node : s.peers.order()) {
    if (s.peers.slot_count(node) != owned[node.value]) {
      return NameIn(s, node) + " has slots that the map gives to others";
    }
    const bool marked = (s.peers.marks(node) & mark::kHasSlots) != 0;
    if (marked != (owned[node.value] > 0)) return NameIn(s, node) + ": wrong mark of its slots";
  }
  for (const auto* open : {&s.slots.migrating(), &s.slots.importing()}) {
    for (const auto& [slot, node] : *open) {
      if (!s.peers.Contains(node)) return "an open slot refers to an unknown node";
    }
  }
  return "";
}

std::string CheckRoles(const State& s) {
  for (const NodeKey node : s.peers.order()) {
    const NodeKey primary = s.peers.facts(node).replicaof;
    if (primary.valid()) {
      if (!s.peers.Contains(primary)) return NameIn(s, node) + " follows an unknown node";
      if (primary == node) return NameIn(s, node) + " follows itself";
      bool listed = false;
      s.peers.ForEachReplica(primary, [&](NodeKey replica) { listed |= replica == node; });
      if (!listed) return NameIn(s, node) + " is not in its primary's list";
      if (!s.peers.IsReplica(node)) return NameIn(s, node) + " follows somebody as no replica";
    }
    if (s.peers.IsPrimary(node) && s.peers.IsReplica(node)) return NameIn(s, node) + ": two roles";
    std::string wrong;
    s.peers.ForEachReplica(node, [&](NodeKey replica) {
      if (!s.peers.Contains(replica) || !(s.peers.facts(replica).replicaof == node)) {
        wrong = NameIn(s, node) + " lists a replica that is not its own";
      }
    });
    if (!wrong.empty()) return wrong;
  }
  if (s.i_am_primary() == s.i_am_replica()) return "I have no role, or two";
  if (s.i_am_primary() && s.my_primary().valid()) return "I am a primary that follows somebody";
  if (s.i_am_replica() && s.peers.slot_count(s.myself) > 0) return "I am a replica that owns slots";
  constexpr uint16_t kNeverMine =
      flag::kPfail | flag::kFail | flag::kHandshake | flag::kNoAddr | flag::kMeet;
  if (s.peers.Has(s.myself, kNeverMine)) return "my own row says that I fail";
  return "";
}

std::string CheckEpochs(const State& s) {
  if (s.peers.facts(s.myself).config_epoch > s.current_epoch) return "my epoch is in the future";
  if (s.last_vote_epoch > s.current_epoch) return "I voted in the future";
  if (s.election.auth_epoch > s.current_epoch) return "my election is in the future";
  return "";
}

std::string CheckLinks(const State& s) {
  for (const NodeKey node : s.peers.order()) {
    for (const bool inbound : {false, true}) {
      if (!(inbound ? s.peers.HasInLink(node) : s.peers.HasOutLink(node))) continue;
      const LinkId link = inbound ? s.peers.in_link(node) : s.peers.out_link(node);
      if (!s.links.Contains(link)) return NameIn(s, node) + " has a link that is gone";
      if (!(s.links.peer(link) == node)) return NameIn(s, node) + " has another node's link";
    }
  }
  std::string wrong;
  s.links.ForEach([&](LinkId link, NodeKey node) {
    if (!node.valid()) {
      if (!link.inbound()) wrong = "an outbound link leads to nobody";
      return;
    }
    const bool known = s.peers.Contains(node);
    const bool its =
        known && (link.inbound() ? s.peers.HasInLink(node) && s.peers.in_link(node) == link
                                 : s.peers.HasOutLink(node) && s.peers.out_link(node) == link);
    if (!its) wrong = "a link is bound to " + NameIn(s, node) + ", which does not know it";
  });
  return wrong;
}

}  // namespace

std::string CheckConsistency(const State& s) {
  s.peers.CheckInvariants();
  s.reports.CheckInvariants();
  for (const auto check : {CheckSlots, CheckRoles, CheckEpochs, CheckLinks}) {
    std::string wrong = check(s);
    if (!wrong.empty()) return wrong;
  }
  return "";
}

}  // namespace gossamer
