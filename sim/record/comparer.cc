#include "sim/record/comparer.h"

#include <utility>

#include "absl/strings/str_format.h"

namespace gossamer::sim {
namespace {

const char* TagText(TraceTag tag) {
  switch (tag) {
    case TraceTag::kDelivery:
      return "a message arrives at";
    case TraceTag::kBadFrame:
      return "a broken frame arrives at";
    case TraceTag::kEvent:
      return "an event of";
    case TraceTag::kLinkUp:
      return "a link comes up at";
    case TraceTag::kLinkDown:
      return "a link goes down at";
    case TraceTag::kPersist:
      return "a write begins at";
    case TraceTag::kPersisted:
      return "a write ends at";
    case TraceTag::kProcess:
      return "the process starts or ends of";
    case TraceTag::kFault:
      return "a step of the timeline, number";
    case TraceTag::kState:
      return "the checksum of the state of";
    case TraceTag::kCommand:
      return "a command for";
  }
  return "something at";
}

// Records about links have the node above the link.
bool HasLink(TraceTag tag) {
  return tag == TraceTag::kDelivery || tag == TraceTag::kBadFrame || tag == TraceTag::kLinkUp ||
         tag == TraceTag::kLinkDown;
}

}  // namespace

void Comparer::OnRecord(const TraceRecord& record) {
  if (difference_) return;
  const uint32_t digest = rolling_.Add(record);
  const uint64_t number = count_++;
  if (number < recording_->digests.size()) {
    if (recording_->digests[number] == digest) return;
    Difference difference{.number = number, .here = record};
    if (number < recording_->records.size()) difference.recorded = recording_->records[number];
    Found(std::move(difference));
    return;
  }
  if (!recording_->by_millisecond.empty()) {
    CheckMillisecond(record);
    last_ = digest;
  } else if (recording_->complete) {
    Found({.number = number, .here = record, .recording_ended = true});
  }
}

// At the first record of a new millisecond the one before is complete. What a recording that broke
// off says nothing of is as good as the same.
void Comparer::CheckMillisecond(const TraceRecord& record) {
  const int64_t millisecond = record.at.us / 1000;
  if (millisecond == millisecond_) return;
  if (millisecond_ >= 0 && at_millisecond_ < recording_->by_millisecond.size()) {
    const auto& [recorded, digest] = recording_->by_millisecond[at_millisecond_++];
    if (recorded != millisecond_ || digest != last_) {
      Found({.number = count_ - 1, .exact = false, .here = record});
      return;
    }
  }
  millisecond_ = millisecond;
}

void Comparer::Finish() {
  if (difference_ || !recording_->complete || count_ == recording_->record_count) return;
  Difference difference{.number = count_};
  if (count_ < recording_->records.size()) difference.recorded = recording_->records[count_];
  Found(std::move(difference));
}

void Comparer::Found(Difference difference) {
  difference_ = std::move(difference);
  if (found_) found_();
}

std::string DescribeRecord(const TraceRecord& record) {
  const uint64_t node = HasLink(record.tag) ? record.who >> 32 : record.who;
  const char* noun = record.tag == TraceTag::kFault ? "" : "node ";
  return absl::StrFormat("%s %s%d at %d.%06ds (%016x)", TagText(record.tag), noun, node,
                         record.at.us / 1'000'000, record.at.us % 1'000'000, record.what);
}

}  // namespace gossamer::sim
