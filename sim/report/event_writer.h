// EventWriter: everything that happens in a run as JSON lines, one object per event.
//
//   {"t_us":60000000,"event":"incident","number":0,"what":"kill","victims":[0,4]}
//   {"t_us":75012345,"node":3,"event":"pfail-set","subject":0,"value":15003}
//   {"t_us":81000412,"node":5,"event":"vote-sent","subject":7,"epoch":12}
//
// Keys that an event leaves unset are absent; nodes stand by index (a name that no node has: its
// first eight characters), in a cluster from a layout with their names too (node_name, ...). Other
// lines: incident, incident-end, restart, vote-requested, end; each stands in event_schema.h. The
// order is that of the run, the bytes are the same for the same run. The stream is the caller's; a
// failed stream is left for the caller to notice. Thread safety: none.
#ifndef GOSSAMER_SIM_REPORT_EVENT_WRITER_H_
#define GOSSAMER_SIM_REPORT_EVENT_WRITER_H_

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "sim/model/observer.h"
#include "sim/model/world.h"
#include "sim/report/output_filter.h"
#include "sim/scenario/node_names.h"

namespace gossamer::sim {

class EventWriter : public Observer {
 public:
  explicit EventWriter(std::ostream* out, OutputFilter filter = {})
      : out_(out), filter_(std::move(filter)) {}

  void OnStart(const World& world) override;
  void OnEvent(Instant at, NodeIndex node, const Event& event) override;
  void OnVoteSent(Instant at, NodeIndex from, NodeIndex to, const Message& message,
                  const DurableEpochs& durable) override;
  void OnIncident(Instant at, const Incident& incident) override;
  void OnIncidentEnd(Instant at, const Incident& incident) override;
  void OnRestart(Instant at, NodeIndex node, bool with_disk) override;
  void OnEnd(Instant at) override;

 private:
  bool Shows(Instant at, ExtraEvent event) const {
    return filter_.Shows(at) && filter_.Shows(event);
  }
  void Begin(Instant at);
  void Finish();
  void Key(std::string_view name, NodeKey key);
  void Name(std::string_view key, NodeIndex node);
  void Node(NodeIndex node);

  std::ostream* out_;
  OutputFilter filter_;
  const World* world_ = nullptr;
  NodeNames names_;
  std::string line_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_EVENT_WRITER_H_
