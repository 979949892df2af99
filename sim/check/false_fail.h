// false_fail: nobody sets FAIL on a node that is live and reachable.
//
// The protocol does not promise it: a quorum that cannot hear a node for a node timeout declares it
// dead, also when the node was only slow. So it is counted here, and the scenario's expectations
// decide. A node that was away counts again once it has been back for a node timeout: until then
// late reports about its absence are true. SOURCE: semantics spec section 4.
#ifndef GOSSAMER_SIM_CHECK_FALSE_FAIL_H_
#define GOSSAMER_SIM_CHECK_FALSE_FAIL_H_

#include <string_view>

#include "sim/check/checker.h"
#include "sim/check/reach.h"

namespace gossamer::sim {

class FalseFail : public Checker {
 public:
  std::string_view name() const override { return "false_fail"; }
  std::string_view rule() const override {
    return "FAIL is set on no node that is live and reachable (counted; expectations decide)";
  }
  Kind kind() const override { return Kind::kQuality; }

  void OnEvent(Instant at, NodeIndex node, const Event& event) override;
  void OnIncident(Instant at, const Incident& incident) override {
    reach_.OnIncident(at, incident);
  }
  void OnIncidentEnd(Instant at, const Incident& incident) override {
    reach_.OnIncidentEnd(at, incident);
  }
  void OnRestart(Instant at, NodeIndex node, bool /*with_disk*/) override {
    reach_.OnRestart(at, node);
  }

 private:
  void Begin() override {
    reach_.Begin(&probe());
    timeout_ = probe().node_timeout();
  }

  Reach reach_;
  Duration timeout_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_CHECK_FALSE_FAIL_H_
