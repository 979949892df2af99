// NodeLog: a log per node in the format of Valkey's, in our own words.
//
//   7:S 01 Jan 2026 00:00:15.712 * asks for votes in epoch 4 to replace node 0 (0a1b2c3d)
//
// The number before the role (M, S) tells the processes of one node apart; no two nodes share one.
// Times are virtual, from kWallEpoch on, and take no notice of a node's own clock. Lines that a
// dead process could not have written say so: they begin with "(simulator)". Thread safety: none.
#ifndef GOSSAMER_SIM_EXPORT_NODE_LOG_H_
#define GOSSAMER_SIM_EXPORT_NODE_LOG_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/observer.h"
#include "sim/model/world.h"
#include "sim/report/output_filter.h"

namespace gossamer::sim {

class NodeLog : public Observer {
 public:
  // Text for the end of a node's log; whole lines. The first call for each node is that of its
  // start, with an empty text.
  using Append = std::function<void(NodeIndex node, std::string_view text)>;

  NodeLog(OutputFilter filter, Append append);

  void OnStart(const World& world) override;
  void OnEvent(Instant at, NodeIndex node, const Event& event) override;
  void OnProcess(Instant at, NodeIndex node, ProcessChange change) override;
  void OnRestart(Instant at, NodeIndex node, bool with_disk) override;
  void OnEnd(Instant at) override;

 private:
  struct Node {
    uint32_t starts = 1;
    char role = 'M';
    std::string text;  // not handed over yet
  };

  void Say(Instant at, NodeIndex node, char level, std::string_view text);
  void HandOver(NodeIndex node);
  // "node 3 (0a1b2c3d)".
  std::string Name(NodeKey key) const;
  std::string Introduction(NodeIndex node) const;
  // What the event says, or nothing for one that no log has.
  std::string Text(NodeIndex node, const Event& event) const;
  std::string ElectionText(const Event& event) const;
  std::string MembershipText(NodeIndex node, const Event& event) const;
  std::string LinkText(const Event& event) const;

  OutputFilter filter_;
  Append append_;
  const World* world_ = nullptr;
  std::vector<Node> nodes_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_EXPORT_NODE_LOG_H_
