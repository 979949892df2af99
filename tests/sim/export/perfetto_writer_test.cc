#include "sim/export/perfetto_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "sim/export/perfetto.pb.h"
#include "tests/sim/model/world_fixture.h"

namespace gossamer::sim {
namespace {

using perfetto::TracePacket;
using perfetto::TrackEvent;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// ---- A trace, read and checked ----

struct TraceMark {
  uint64_t at = 0;  // nanoseconds
  TrackEvent::Type type = TrackEvent::TYPE_UNSPECIFIED;
  uint64_t track = 0;
  std::string name;
  int64_t value = 0;
  std::vector<uint64_t> flows;
  std::vector<uint64_t> ends;
  uint64_t until = 0;  // of a slice
};

struct Decoded {
  std::map<uint64_t, std::string> names;  // of tracks
  std::map<uint64_t, uint64_t> parents;   // of tracks; of threads: their process
  std::vector<TraceMark> marks;           // slices once, at their begin
  size_t bytes = 0;

  std::vector<TraceMark> Named(const std::string& name) const {
    std::vector<TraceMark> found;
    std::copy_if(marks.begin(), marks.end(), std::back_inserter(found),
                 [&](const TraceMark& m) { return m.name == name; });
    return found;
  }
  std::vector<TraceMark> On(const std::string& track) const {
    std::vector<TraceMark> found;
    std::copy_if(marks.begin(), marks.end(), std::back_inserter(found),
                 [&](const TraceMark& m) { return names.at(m.track) == track; });
    return found;
  }
  std::set<std::string> TrackNames() const {
    std::set<std::string> all;
    for (const auto& [track, name] : names) all.insert(name);
    return all;
  }
};

class TraceReader {
 public:
  Decoded Read(const std::string& bytes) {
    perfetto::Trace trace;
    EXPECT_TRUE(trace.ParseFromString(bytes));
    out_.bytes = bytes.size();
    for (int i = 0; i < trace.packet_size(); ++i) {
      const TracePacket& packet = trace.packet(i);
      EXPECT_EQ(packet.trusted_packet_sequence_id(), 1u);
      EXPECT_EQ(packet.sequence_flags(), i == 0 ? 1u : 2u);
      EXPECT_TRUE(packet.unknown_fields().empty());
      EXPECT_NE(packet.has_track_event(), packet.has_track_descriptor());
      Intern(packet);
      if (packet.has_track_descriptor()) Describe(packet.track_descriptor());
      if (packet.has_track_event()) Take(packet);
    }
    for (const auto& [track, slices] : open_) {
      EXPECT_TRUE(slices.empty()) << "open at the end: " << out_.names[track];
    }
    CheckFlows();
    return std::move(out_);
  }

 private:
  void Intern(const TracePacket& packet) {
    for (const auto& name : packet.interned_data().event_names()) {
      EXPECT_TRUE(names_.emplace(name.iid(), name.name()).second);
    }
    for (const auto& category : packet.interned_data().event_categories()) {
      EXPECT_TRUE(categories_.emplace(category.iid(), category.name()).second);
    }
  }

  void Describe(const perfetto::TrackDescriptor& track) {
    EXPECT_NE(track.uuid(), 0u);
    std::string name = track.name();
    if (track.has_process()) {
      name = track.process().process_name();
      EXPECT_TRUE(pids_.emplace(track.process().pid(), track.uuid()).second);
    } else if (track.has_thread()) {
      name = track.thread().thread_name();
      EXPECT_TRUE(tids_.insert(track.thread().tid()).second);
      ASSERT_EQ(pids_.count(track.thread().pid()), 1u) << name;
      out_.parents[track.uuid()] = pids_[track.thread().pid()];
    } else {
      EXPECT_EQ(out_.names.count(track.parent_uuid()), 1u) << name << " has no parent";
      out_.parents[track.uuid()] = track.parent_uuid();
    }
    EXPECT_FALSE(name.empty());
    EXPECT_TRUE(out_.names.emplace(track.uuid(), name).second) << name << " twice";
    if (track.has_counter()) counters_.insert(track.uuid());
  }

  void Take(const TracePacket& packet) {
    const TrackEvent& event = packet.track_event();
    const uint64_t track = event.track_uuid();
    ASSERT_EQ(out_.names.count(track), 1u) << "an event on a track that is not described";
    EXPECT_GE(packet.timestamp(), last_[track]) << out_.names[track];
    last_[track] = packet.timestamp();
    EXPECT_EQ(counters_.count(track), event.type() == TrackEvent::TYPE_COUNTER ? 1u : 0u);
    if (event.type() == TrackEvent::TYPE_SLICE_END) {
      ASSERT_FALSE(open_[track].empty()) << out_.names[track];
      out_.marks[open_[track].back()].until = packet.timestamp();
      open_[track].pop_back();
      return;
    }
    TraceMark mark{packet.timestamp(), event.type(), track, "", event.counter_value(), {}, {}, 0};
    mark.flows.assign(event.flow_ids().begin(), event.flow_ids().end());
    mark.ends.assign(event.terminating_flow_ids().begin(), event.terminating_flow_ids().end());
    if (event.type() != TrackEvent::TYPE_COUNTER) {
      ASSERT_EQ(names_.count(event.name_iid()), 1u) << "a name that is not interned";
      mark.name = names_[event.name_iid()];
      ASSERT_EQ(event.category_iids_size(), 1);
      EXPECT_EQ(categories_.count(event.category_iids(0)), 1u);
    }
    if (event.type() == TrackEvent::TYPE_SLICE_BEGIN) open_[track].push_back(out_.marks.size());
    out_.marks.push_back(std::move(mark));
  }

  // A flow ends once, after it began, and on another track.
  void CheckFlows() {
    std::map<uint64_t, const TraceMark*> begun;
    std::set<uint64_t> ended;
    for (const TraceMark& mark : out_.marks) {
      for (const uint64_t flow : mark.flows) begun.emplace(flow, &mark);
      for (const uint64_t flow : mark.ends) {
        ASSERT_EQ(begun.count(flow), 1u) << "a flow from nowhere ends in " << mark.name;
        EXPECT_NE(begun[flow]->track, mark.track);
        EXPECT_LE(begun[flow]->at, mark.at);
        EXPECT_TRUE(ended.insert(flow).second);
      }
    }
  }

  Decoded out_;
  std::map<uint64_t, std::string> names_;
  std::map<uint64_t, std::string> categories_;
  std::map<int32_t, uint64_t> pids_;
  std::set<int32_t> tids_;
  std::set<uint64_t> counters_;
  std::map<uint64_t, uint64_t> last_;
  std::map<uint64_t, std::vector<size_t>> open_;
};

std::string TraceOf(const Scenario& scenario, const OutputFilter& filter = {}) {
  std::ostringstream out;
  PerfettoWriter writer(&out, filter);
  World world(scenario, {}, {&writer});
  world.Run();
  return out.str();
}

Decoded Trace(const Scenario& scenario, const OutputFilter& filter = {}) {
  return TraceReader().Read(TraceOf(scenario, filter));
}

constexpr uint64_t kSecond = 1'000'000'000;

// Primary 0 dies at 5 s and is back at 20 s; node 4 stops from 6 to 6.5 s; node 5 is cut off from
// 22 to 30 s.
Scenario Trouble() {
  Scenario scenario = SixNodes();
  scenario.duration = Seconds(40);
  TimelineItem kill = Fault(FaultKind::kKill, Seconds(5), {0});
  kill.length = Seconds(15);
  TimelineItem pause = Fault(FaultKind::kPause, Seconds(6), {4});
  pause.length = Millis(500);
  TimelineItem partition = Fault(FaultKind::kPartition, Seconds(22), {5});
  partition.length = Seconds(8);
  scenario.timeline = {kill, pause, partition, Action(ActionKind::kFailover, Seconds(35), {4})};
  return scenario;
}

// ---- Tests ----

TEST(PerfettoWriterTest, HasAProcessPerShardAndAThreadPerNode) {
  const Decoded trace = Trace(Trouble());
  for (const char* name : {"cluster", "timeline", "shard 0", "shard 1", "shard 2",
                           "node 0 10.0.0.1", "node 5 10.0.0.6"}) {
    EXPECT_THAT(trace.TrackNames(), Contains(name));
  }
  for (const auto& [track, name] : trace.names) {
    if (name.rfind("node 3 ", 0) == 0) {
      EXPECT_EQ(trace.names.at(trace.parents.at(track)), "shard 0");
    }
  }
}

TEST(PerfettoWriterTest, ShowsWhenNodesAreDownStoppedAndCutOff) {
  const Decoded trace = Trace(Trouble());
  const auto down = trace.Named("down");
  ASSERT_EQ(down.size(), 1u);
  EXPECT_EQ(trace.names.at(down[0].track), "node 0 10.0.0.1");
  EXPECT_EQ(down[0].at, 5 * kSecond);
  EXPECT_EQ(down[0].until, 20 * kSecond);
  const auto paused = trace.Named("paused");
  ASSERT_EQ(paused.size(), 1u);
  EXPECT_EQ(paused[0].until - paused[0].at, kSecond / 2);
  const auto cut = trace.Named("partition");
  ASSERT_EQ(cut.size(), 2u) << "of the node and of the timeline";
  for (const TraceMark& mark : cut) {
    EXPECT_EQ(mark.at, 22 * kSecond);
    EXPECT_EQ(mark.until, 30 * kSecond);
  }
  EXPECT_EQ(trace.Named("failover").size(), 1u);
}

TEST(PerfettoWriterTest, ShowsHowADeathIsDetectedAndAgreedUpon) {
  const Decoded trace = Trace(Trouble());
  std::vector<std::string> seen;
  uint64_t last = 0;
  for (const TraceMark& mark : trace.On("as the others see it")) {
    if (trace.names.at(trace.parents.at(mark.track)) != "node 0 10.0.0.1") continue;
    EXPECT_GE(mark.at, last);
    last = mark.until;
    seen.push_back(mark.name);
  }
  ASSERT_GE(seen.size(), 3u);
  EXPECT_EQ(seen[0], "PFAIL somewhere");
  EXPECT_EQ(seen[1], "FAIL somewhere");
  EXPECT_THAT(seen, Contains("FAIL everywhere"));
  EXPECT_EQ(trace.Named("FAIL(0)").size(), 5u) << "each of the others";
  int64_t most = 0;
  for (const TraceMark& mark : trace.On("nodes that hold a FAIL")) {
    most = std::max(most, mark.value);
  }
  EXPECT_EQ(most, 5);
  const auto counts = trace.On("nodes that hold a FAIL");
  EXPECT_EQ(counts.front().value, 0);
  EXPECT_EQ(counts.back().value, 0) << "all are back at the end";
}

TEST(PerfettoWriterTest, VotesFlowIntoPromotions) {
  const Decoded trace = Trace(Trouble());
  const auto promoted = trace.Named("promoted");
  ASSERT_EQ(promoted.size(), 2u) << "an election and a manual failover";
  EXPECT_EQ(trace.names.at(promoted[0].track), "node 3 10.0.0.4");
  EXPECT_EQ(trace.names.at(promoted[1].track), "node 4 10.0.0.5");
  for (const TraceMark& mark : promoted) EXPECT_EQ(mark.ends.size(), 2u) << "a quorum of three";
  const auto votes = trace.Named("vote for 3");
  ASSERT_EQ(votes.size(), 2u);
  for (const TraceMark& vote : votes) {
    ASSERT_EQ(vote.flows.size(), 1u);
    EXPECT_THAT(promoted[0].ends, Contains(vote.flows[0]));
  }
  const auto elections = trace.Named("election");
  ASSERT_EQ(elections.size(), 2u);
  EXPECT_EQ(elections[0].until, promoted[0].at);
  EXPECT_FALSE(trace.Named("waits to ask for votes").empty());
  EXPECT_EQ(trace.Named("config epoch 4").size(), 1u);
  EXPECT_EQ(trace.Named("current epoch 4").size(), 1u) << "once for the cluster";
}

TEST(PerfettoWriterTest, IsTheSameForTheSameRun) {
  EXPECT_EQ(TraceOf(Trouble()), TraceOf(Trouble()));
}

TEST(PerfettoWriterTest, AWindowCutsSlicesAndStaysBalanced) {
  OutputFilter filter;
  filter.OnlyWindow(Instant{} + Seconds(10), Instant{} + Seconds(25));
  const Decoded trace = Trace(Trouble(), filter);
  ASSERT_FALSE(trace.marks.empty());
  for (const TraceMark& mark : trace.marks) {
    EXPECT_GE(mark.at, 10 * kSecond);
    EXPECT_LE(mark.at, 25 * kSecond);
    EXPECT_LE(mark.until, 25 * kSecond);
  }
  const auto down = trace.Named("down");
  ASSERT_EQ(down.size(), 1u);
  EXPECT_EQ(down[0].at, 10 * kSecond) << "begins with the window";
  EXPECT_EQ(trace.Named("partition").at(0).until, 25 * kSecond) << "ends with the window";
  EXPECT_TRUE(trace.Named("promoted").empty());
  EXPECT_EQ(trace.On("nodes that hold a FAIL").front().value, 5) << "as it was by then";
  OutputFilter late;
  late.OnlyWindow(Instant{} + Seconds(500), kNever);
  EXPECT_TRUE(Trace(Trouble(), late).marks.empty());
}

TEST(PerfettoWriterTest, TheFilterHidesNodesAndTypes) {
  OutputFilter nodes;
  nodes.OnlyNodes({3});
  const Decoded some = Trace(Trouble(), nodes);
  EXPECT_THAT(some.TrackNames(), Not(Contains(HasSubstr("node 1 "))));
  EXPECT_THAT(some.TrackNames(), Contains("node 3 10.0.0.4"));
  EXPECT_EQ(some.Named("promoted").at(0).ends.size(), 0u) << "its voters are hidden";
  EXPECT_EQ(some.Named("FAIL(0)").size(), 1u);

  OutputFilter types;
  ASSERT_TRUE(types.AddType("promoted"));
  std::set<std::string> names;
  for (const TraceMark& mark : Trace(Trouble(), types).marks) names.insert(mark.name);
  EXPECT_EQ(names, std::set<std::string>{"promoted"});
}

// 120 nodes of which twelve die: each node's own view of each other would be 1,440 lanes.
TEST(PerfettoWriterTest, LargeClustersHaveNoViewsUnlessAskedFor) {
  Scenario scenario = SixNodes();
  scenario.shards = 40;
  scenario.replicas_per_shard = 2;
  std::vector<int64_t> victims;
  for (int64_t i = 0; i < 12; ++i) victims.push_back(i);
  scenario.timeline = {Fault(FaultKind::kKill, Seconds(5), victims)};
  const Decoded trace = Trace(scenario);
  EXPECT_TRUE(trace.Named("FAIL(0)").empty());
  EXPECT_EQ(trace.Named("FAIL everywhere").size(), 12u);
  EXPECT_EQ(trace.Named("promoted").size(), 12u);
  EXPECT_LT(trace.bytes, 300'000u);
  OutputFilter filter;
  filter.OnlyNodes({50, 51});
  EXPECT_EQ(Trace(scenario, filter).Named("FAIL(0)").size(), 2u);
}

// The numbers by which Perfetto knows our fields.
TEST(PerfettoSchemaTest, FieldNumbersArePerfettos) {
  const auto number = [](const google::protobuf::Descriptor* type, const char* field) {
    const auto* found = type->FindFieldByName(field);
    return found == nullptr ? -1 : found->number();
  };
  const auto* packet = TracePacket::descriptor();
  EXPECT_EQ(number(perfetto::Trace::descriptor(), "packet"), 1);
  EXPECT_EQ(number(packet, "timestamp"), 8);
  EXPECT_EQ(number(packet, "trusted_packet_sequence_id"), 10);
  EXPECT_EQ(number(packet, "track_event"), 11);
  EXPECT_EQ(number(packet, "interned_data"), 12);
  EXPECT_EQ(number(packet, "sequence_flags"), 13);
  EXPECT_EQ(number(packet, "track_descriptor"), 60);
  const auto* track = perfetto::TrackDescriptor::descriptor();
  EXPECT_EQ(number(track, "uuid"), 1);
  EXPECT_EQ(number(track, "name"), 2);
  EXPECT_EQ(number(track, "process"), 3);
  EXPECT_EQ(number(track, "thread"), 4);
  EXPECT_EQ(number(track, "parent_uuid"), 5);
  EXPECT_EQ(number(track, "counter"), 8);
  EXPECT_EQ(number(perfetto::ProcessDescriptor::descriptor(), "process_name"), 6);
  EXPECT_EQ(number(perfetto::ThreadDescriptor::descriptor(), "thread_name"), 5);
  const auto* event = TrackEvent::descriptor();
  EXPECT_EQ(number(event, "category_iids"), 3);
  EXPECT_EQ(number(event, "debug_annotations"), 4);
  EXPECT_EQ(number(event, "type"), 9);
  EXPECT_EQ(number(event, "name_iid"), 10);
  EXPECT_EQ(number(event, "track_uuid"), 11);
  EXPECT_EQ(number(event, "counter_value"), 30);
  EXPECT_EQ(number(event, "flow_ids"), 47);
  EXPECT_EQ(number(event, "terminating_flow_ids"), 48);
  EXPECT_FALSE(event->FindFieldByName("flow_ids")->is_packed());
  const auto* note = perfetto::DebugAnnotation::descriptor();
  EXPECT_EQ(number(note, "int_value"), 4);
  EXPECT_EQ(number(note, "string_value"), 6);
  EXPECT_EQ(number(note, "name"), 10);
}

}  // namespace
}  // namespace gossamer::sim
