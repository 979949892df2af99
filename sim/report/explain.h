// Explainer: why one node was marked or not, voted or refused, won or lost: the chain of events
// about it, in words and in order.
//
// Events of the same kind that follow each other are one step with a count: 1,796 nodes that hear
// of a FAIL are one line. Thread safety: none.
#ifndef GOSSAMER_SIM_REPORT_EXPLAIN_H_
#define GOSSAMER_SIM_REPORT_EXPLAIN_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/observer.h"
#include "sim/model/world.h"
#include "sim/scenario/node_names.h"

namespace gossamer::sim {

class Explainer : public Observer {
 public:
  // One line of the explanation.
  struct Step {
    Instant at;
    Instant last;  // of the events that it stands for
    uint64_t count = 1;
    std::string text;  // of the first one
    std::string more;  // what the others are: "nodes suspect it"; empty: it stands alone
  };

  // Tells of what happens to `node` until the given moment.
  Explainer(NodeIndex node, std::optional<Instant> until) : node_(node), until_(until) {}

  void OnStart(const World& world) override;
  void OnEvent(Instant at, NodeIndex node, const Event& event) override;
  void OnIncident(Instant at, const Incident& incident) override;
  void OnIncidentEnd(Instant at, const Incident& incident) override;
  void OnRestart(Instant at, NodeIndex node, bool with_disk) override;
  void OnSecond(Instant at) override;
  void OnEnd(Instant at) override;

  // The cluster has such a node.
  bool known() const { return node_.value < node_count_; }
  size_t node_count() const { return node_count_; }
  const std::vector<Step>& steps() const { return steps_; }
  // The explanation, in lines of at most 100 columns.
  std::string Text() const;

 private:
  // Closes all groups: what comes later is another step.
  void Say(Instant at, std::string text);
  // Joins the open group of that kind, or opens one.
  void SayMore(Instant at, std::string_view kind, std::string text, std::string more);
  void AboutIt(Instant at, NodeIndex who, const Event& event);
  void ElectionAboutIt(Instant at, NodeIndex who, const Event& event);
  void ByIt(Instant at, const Event& event);
  void ElectionByIt(Instant at, const Event& event);
  void Suspected(Instant at, NodeIndex who, const Event& event);
  void Failed(Instant at, NodeIndex who, const Event& event);
  std::string Name(NodeKey key) const;
  std::string Who(NodeIndex node) const { return names_.Text(node.value); }
  bool IsVoter(NodeIndex node) const;
  uint32_t Quorum(NodeIndex node) const;
  // "asks for votes"; why, when it is not for the first time in this election.
  std::string Asks(NodeIndex who);
  // How the live nodes see it at this moment.
  std::string View() const;

  // It is told of what happens at that moment.
  bool Listens(Instant at) const { return known() && (!until_ || at <= *until_); }

  const World* world_ = nullptr;
  size_t node_count_ = 0;
  NodeNames names_;
  NodeIndex node_;
  std::optional<Instant> until_;
  std::vector<Step> steps_;
  struct Group {
    std::string_view kind;
    size_t step = 0;
  };
  std::vector<Group> groups_;
  std::set<uint32_t> suspects_;  // voting primaries that hold PFAIL on it
  bool majority_ = false;
  std::map<uint32_t, uint32_t> asked_;  // how often a candidate asked for votes in this election
  bool viewed_ = false;
  std::string view_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_EXPLAIN_H_
