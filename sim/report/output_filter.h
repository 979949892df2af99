// OutputFilter: the part of a run that an output shows: of some nodes, of some types, in a window
// of virtual time.
//
// A type is an event's name ("fail-set", "incident") or that of what travels ("auth-req", "tcp").
// Outputs of events heed the former, captures the latter. By itself a filter shows everything.
// Thread safety: values.
#ifndef GOSSAMER_SIM_REPORT_OUTPUT_FILTER_H_
#define GOSSAMER_SIM_REPORT_OUTPUT_FILTER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/bus/types.h"
#include "core/cluster/event.h"
#include "sim/model/observer.h"

namespace gossamer::sim {

// Lines of an event stream that are no events of the core.
enum class ExtraEvent : uint8_t {
  kVoteRequested,
  kVoteSent,
  kIncident,
  kIncidentEnd,
  kRestart,
  kEnd,
};
inline constexpr size_t kExtraEvents = static_cast<size_t>(ExtraEvent::kEnd) + 1;
std::string_view ExtraEventName(ExtraEvent event);

// Every name of an event, then every name of what travels: the message types, and "tcp" for
// packets without a message.
std::vector<std::string_view> EventWords();
std::vector<std::string_view> PacketWords();

class OutputFilter {
 public:
  // Only these nodes. An event is of the node where it happens, a packet of both of its ends;
  // what belongs to no node stays.
  void OnlyNodes(const std::vector<int64_t>& nodes);
  // Also this type, and of its kind only those that are named. False for an unknown word.
  bool AddType(std::string_view word);
  // Only from `from` to `until`, both included.
  void OnlyWindow(Instant from, Instant until);

  bool Shows(Instant at) const { return from_ <= at && at <= until_; }
  bool Shows(NodeIndex node) const {
    return !some_nodes_ || (node.value < nodes_.size() && nodes_[node.value]);
  }
  bool Shows(EventType type) const { return HasEvent(static_cast<size_t>(type)); }
  bool Shows(ExtraEvent event) const { return HasEvent(kEventTypes + static_cast<size_t>(event)); }
  bool Shows(MessageType type) const {
    return HasPacket(static_cast<size_t>(type) < kMessageTypes ? static_cast<size_t>(type)
                                                               : kMessageTypes);
  }
  bool ShowsBarePackets() const { return HasPacket(kMessageTypes); }

  bool some_nodes() const { return some_nodes_; }
  // Types of that kind were named.
  bool some_events() const { return events_ != 0; }
  bool some_packets() const { return packets_ != 0; }
  Instant from() const { return from_; }
  Instant until() const { return until_; }

 private:
  bool HasEvent(size_t index) const { return events_ == 0 || ((events_ >> index) & 1) != 0; }
  bool HasPacket(size_t index) const { return packets_ == 0 || ((packets_ >> index) & 1) != 0; }

  bool some_nodes_ = false;
  std::vector<bool> nodes_;
  uint64_t events_ = 0;   // bits by position in EventWords; none: all
  uint32_t packets_ = 0;  // likewise of PacketWords
  Instant from_;
  Instant until_ = kNever;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_OUTPUT_FILTER_H_
