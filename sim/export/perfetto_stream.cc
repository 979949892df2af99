#include "sim/export/perfetto_stream.h"

#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "sim/export/perfetto.pb.h"

namespace gossamer::sim {
namespace {

using perfetto::TracePacket;
using perfetto::TrackEvent;

constexpr uint32_t kSequence = 1;
// Field 1 of Trace, length-delimited.
constexpr uint32_t kPacketTag = 1 << 3 | 2;

uint64_t Nanos(Instant at) { return static_cast<uint64_t>(at.us) * 1000; }

std::string Text(std::string_view text) { return std::string(text); }

}  // namespace

struct PerfettoStream::Impl {
  TracePacket packet;
};

PerfettoStream::PerfettoStream(std::ostream* out, Instant from, Instant until)
    : out_(out), from_(from), until_(until), impl_(std::make_unique<Impl>()) {}

PerfettoStream::~PerfettoStream() = default;

void PerfettoStream::Write() {
  TracePacket& packet = impl_->packet;
  packet.set_trusted_packet_sequence_id(kSequence);
  packet.set_sequence_flags(first_ ? TracePacket::SEQ_INCREMENTAL_STATE_CLEARED
                                   : TracePacket::SEQ_NEEDS_INCREMENTAL_STATE);
  first_ = false;
  bytes_.clear();
  {
    google::protobuf::io::StringOutputStream stream(&bytes_);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.WriteTag(kPacketTag);
    coded.WriteVarint32(static_cast<uint32_t>(packet.ByteSizeLong()));
    packet.SerializeWithCachedSizes(&coded);
  }
  out_->write(bytes_.data(), static_cast<std::streamsize>(bytes_.size()));
  packet.Clear();
}

// ---- Tracks ----

void PerfettoStream::AddProcess(uint64_t track, int32_t pid, std::string_view name) {
  auto* descriptor = impl_->packet.mutable_track_descriptor();
  descriptor->set_uuid(track);
  descriptor->mutable_process()->set_pid(pid);
  descriptor->mutable_process()->set_process_name(Text(name));
  Write();
}

void PerfettoStream::AddThread(uint64_t track, int32_t pid, int32_t tid, std::string_view name) {
  auto* descriptor = impl_->packet.mutable_track_descriptor();
  descriptor->set_uuid(track);
  descriptor->mutable_thread()->set_pid(pid);
  descriptor->mutable_thread()->set_tid(tid);
  descriptor->mutable_thread()->set_thread_name(Text(name));
  Write();
}

void PerfettoStream::AddLane(uint64_t track, uint64_t parent, std::string_view name) {
  auto* descriptor = impl_->packet.mutable_track_descriptor();
  descriptor->set_uuid(track);
  descriptor->set_parent_uuid(parent);
  descriptor->set_name(Text(name));
  Write();
}

void PerfettoStream::AddCounter(uint64_t track, uint64_t parent, std::string_view name) {
  auto* descriptor = impl_->packet.mutable_track_descriptor();
  descriptor->set_uuid(track);
  descriptor->set_parent_uuid(parent);
  descriptor->set_name(Text(name));
  descriptor->mutable_counter();
  Write();
}

// ---- The window ----

void PerfettoStream::Advance(Instant at) {
  if (at > fresh_at_) FlushCounts();
  if (!writing_ && !left_ && at >= from_) Enter();
  if (writing_ && at > until_) Leave(until_);
}

void PerfettoStream::Enter() {
  writing_ = true;
  for (const auto& [track, value] : counts_) WriteCount(from_, track, value);
  for (const auto& [track, marks] : open_) {
    for (const PerfettoMark& mark : marks) {
      WriteMark(from_, track, TrackEvent::TYPE_SLICE_BEGIN, mark);
    }
  }
}

void PerfettoStream::Leave(Instant at) {
  for (const auto& [track, marks] : open_) {
    for (size_t i = 0; i < marks.size(); ++i) WriteEnd(at, track);
  }
  writing_ = false;
  left_ = true;
}

void PerfettoStream::Finish(Instant at) {
  Advance(at);
  FlushCounts();
  if (writing_) Leave(at);
}

// ---- What happens ----

uint64_t PerfettoStream::Category(std::string_view name) {
  const auto [it, added] = categories_.try_emplace(Text(name), categories_.size() + 1);
  if (added) {
    auto* category = impl_->packet.mutable_interned_data()->add_event_categories();
    category->set_iid(it->second);
    category->set_name(it->first);
  }
  return it->second;
}

uint64_t PerfettoStream::Name(std::string_view name) {
  const auto [it, added] = names_.try_emplace(Text(name), names_.size() + 1);
  if (added) {
    auto* entry = impl_->packet.mutable_interned_data()->add_event_names();
    entry->set_iid(it->second);
    entry->set_name(it->first);
  }
  return it->second;
}

void PerfettoStream::WriteMark(Instant at, uint64_t track, int type, const PerfettoMark& mark) {
  impl_->packet.set_timestamp(Nanos(at));
  TrackEvent* event = impl_->packet.mutable_track_event();
  event->set_type(static_cast<TrackEvent::Type>(type));
  event->set_track_uuid(track);
  event->add_category_iids(Category(mark.category));
  event->set_name_iid(Name(mark.name));
  for (const PerfettoNote& note : mark.notes) {
    auto* annotation = event->add_debug_annotations();
    annotation->set_name(Text(note.key));
    if (note.text.empty()) {
      annotation->set_int_value(note.number);
    } else {
      annotation->set_string_value(note.text);
    }
  }
  for (const uint64_t flow : mark.flows) event->add_flow_ids(flow);
  for (const uint64_t flow : mark.ends) event->add_terminating_flow_ids(flow);
  Write();
}

void PerfettoStream::WriteEnd(Instant at, uint64_t track) {
  impl_->packet.set_timestamp(Nanos(at));
  TrackEvent* event = impl_->packet.mutable_track_event();
  event->set_type(TrackEvent::TYPE_SLICE_END);
  event->set_track_uuid(track);
  Write();
}

void PerfettoStream::WriteCount(Instant at, uint64_t track, int64_t value) {
  impl_->packet.set_timestamp(Nanos(at));
  TrackEvent* event = impl_->packet.mutable_track_event();
  event->set_type(TrackEvent::TYPE_COUNTER);
  event->set_track_uuid(track);
  event->set_counter_value(value);
  Write();
}

void PerfettoStream::Begin(Instant at, uint64_t track, PerfettoMark mark) {
  Advance(at);
  if (writing_) WriteMark(at, track, TrackEvent::TYPE_SLICE_BEGIN, mark);
  open_[track].push_back(std::move(mark));
}

void PerfettoStream::End(Instant at, uint64_t track) {
  Advance(at);
  const auto found = open_.find(track);
  if (found == open_.end()) return;
  if (writing_) WriteEnd(at, track);
  found->second.pop_back();
  if (found->second.empty()) open_.erase(found);
}

void PerfettoStream::EndAll(Instant at, uint64_t track) {
  while (open_.count(track) != 0) End(at, track);
}

bool PerfettoStream::AddInstant(Instant at, uint64_t track, const PerfettoMark& mark) {
  Advance(at);
  if (writing_) WriteMark(at, track, TrackEvent::TYPE_INSTANT, mark);
  return writing_;
}

void PerfettoStream::Count(Instant at, uint64_t track, int64_t value) {
  Advance(at);
  fresh_at_ = at;
  fresh_[track] = value;
}

void PerfettoStream::FlushCounts() {
  for (const auto& [track, value] : std::exchange(fresh_, {})) {
    const auto [it, added] = counts_.try_emplace(track, value);
    if (!added && it->second == value) continue;
    it->second = value;
    if (writing_) WriteCount(fresh_at_, track, value);
  }
}

}  // namespace gossamer::sim
