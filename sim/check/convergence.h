// convergence: once every fault is over and time has passed, all live nodes have the same view.
//
// The view: of every live node its role, a replica's primary, a primary's configEpoch and slots,
// all as that node itself sees them; of every dead node the slots that it still owns; the
// currentEpoch. Also no two live primaries with slots share a configEpoch. Follows from heartbeats
// carrying the sender's claims to everybody, and from UPDATE and collision rules that settle
// conflicting ones. SOURCE: semantics spec sections 6, 7 and 18 (I4).
//
// A node that others knew and that no live node knows any more (reset, blank, forgotten) belongs to
// another cluster and is left out.
//
// Evaluated at full seconds when something changed since the last time, which gives a history of
// when the views agreed, and at the end. Only an end that comes after the quiet period, with no
// fault of links, disks or speed in force, can break the rule.
#ifndef GOSSAMER_SIM_CHECK_CONVERGENCE_H_
#define GOSSAMER_SIM_CHECK_CONVERGENCE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/slots/slot_set.h"
#include "sim/check/checker.h"

namespace gossamer::sim {

class Convergence : public Checker {
 public:
  // From `at` on the views agree, or do not, and `difference` says where.
  struct Change {
    Instant at;
    bool agree = false;
    std::string difference;
  };

  std::string_view name() const override { return "convergence"; }
  std::string_view rule() const override {
    return "after heal and quiet, live nodes agree on slots, roles and epochs";
  }
  Kind kind() const override { return Kind::kLiveness; }

  void OnEvent(Instant at, NodeIndex node, const Event& event) override;
  void OnIncident(Instant at, const Incident& incident) override;
  void OnIncidentEnd(Instant at, const Incident& incident) override;
  void OnRestart(Instant at, NodeIndex node, bool with_disk) override;
  void OnSecond(Instant at) override;
  void OnEnd(Instant at) override;

  // Rises in time and alternates; the first entry is of the start.
  const std::vector<Change>& history() const { return history_; }
  // Whether the end came after heal and quiet; false before OnEnd.
  bool settled_at_end() const { return settled_at_end_; }
  // How long after the last fault, action or restart the rule applies: max(6 T, 60 s).
  Duration quiet_period() const;

 private:
  // What a live node says about itself.
  struct Claim {
    NodeIndex node;
    NodeKey key;
    bool is_primary = false;
    NodeKey primary;
    Epoch config_epoch;
    const SharedSlotSet* slots = nullptr;
  };
  void Begin() override;
  void Disturb(Instant at);
  void Evaluate(Instant at);
  // The first difference in words, or empty.
  std::string Compare();
  void LeaveOutStrangers(std::vector<Claim>* claims);
  std::string CompareEpochs(const std::vector<Claim>& claims);
  std::string CompareView(NodeIndex observer, const std::vector<Claim>& claims) const;
  std::string CompareDead(NodeIndex observer, NodeIndex reference) const;

  std::vector<NodeKey> key_;  // by node: its last known key
  std::vector<bool> live_;
  std::vector<bool> known_once_;  // by node: another live node had it in its table
  bool changed_ = true;
  size_t differed_ = 0;  // position in the claims of the observer that differed last
  Instant disturbed_;
  std::vector<uint32_t> in_force_;  // numbers of incidents
  std::vector<Change> history_;
  bool settled_at_end_ = false;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_CHECK_CONVERGENCE_H_
