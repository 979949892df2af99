#include "sim/record/recording.h"

#include <algorithm>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/base/strings.h"
#include "core/cluster/bugs.h"
#include "core/cluster/rules.h"
#include "google/protobuf/io/zero_copy_stream_impl.h"
#include "google/protobuf/util/delimited_message_util.h"
#include "sim/record/recording.pb.h"

namespace gossamer::sim {
namespace {

constexpr uint32_t kFormat = 1;
constexpr int kChunk = 1 << 12;
// What a reader keeps of a hostile file.
constexpr size_t kMaxMilliseconds = size_t{1} << 24;
constexpr size_t kMaxRecords = size_t{1} << 26;

void ToProto(const RecordedRun& run, proto::RecordingHeader* out) {
  out->set_format(kFormat);
  out->set_digest_version(run.digest_version);
  out->set_version(run.version);
  out->set_build(run.build);
  out->set_scenario_path(run.scenario_path);
  out->set_scenario_text(run.scenario_text);
  out->set_cell(run.cell);
  out->set_seed(run.options.seed);
  out->set_rules(run.options.rules.value_or(""));
  for (const Bug bug : run.options.bugs) out->add_bugs(std::string(InfoOf(bug).name));
  if (run.options.cpu) out->set_cpu(run.options.cpu->preset);
  out->set_transport(static_cast<uint32_t>(run.options.transport));
  out->set_stop_at_us(run.options.stop_at.value_or(Duration{}).us);
  out->set_max_events(run.options.max_events);
  out->set_full(run.full);
}

absl::Status FromProto(const proto::RecordingHeader& in, RecordedRun* run) {
  if (in.format() != kFormat) {
    return absl::InvalidArgumentError(
        absl::StrCat("recording format ", in.format(), ", this program reads ", kFormat));
  }
  if (in.transport() > static_cast<uint32_t>(Transport::kShadow)) {
    return absl::InvalidArgumentError("unknown transport");
  }
  run->digest_version = in.digest_version();
  run->version = in.version();
  run->build = in.build();
  run->scenario_path = in.scenario_path();
  run->scenario_text = in.scenario_text();
  run->cell = in.cell();
  run->options.seed = in.seed();
  if (!in.rules().empty()) {
    if (!FindRules(in.rules()).has_value()) {
      return absl::InvalidArgumentError(absl::StrCat("unknown rules '", in.rules(), "'"));
    }
    run->options.rules = in.rules();
  }
  for (const std::string& name : in.bugs()) {
    const std::optional<Bug> bug = FindBug(name);
    if (!bug) return absl::InvalidArgumentError(absl::StrCat("unknown bug '", name, "'"));
    run->options.bugs.push_back(*bug);
  }
  if (!in.cpu().empty()) {
    run->options.cpu.emplace();
    run->options.cpu->preset = in.cpu();
  }
  run->options.transport = static_cast<Transport>(in.transport());
  if (in.stop_at_us() > 0) run->options.stop_at = Duration{in.stop_at_us()};
  run->options.max_events = in.max_events();
  run->full = in.full();
  return absl::OkStatus();
}

absl::Status TakeChunk(const proto::RecordingChunk& chunk, Recording* out) {
  if (chunk.milliseconds_size() != chunk.millisecond_digests_size()) {
    return absl::InvalidArgumentError("a chunk's milliseconds and digests differ in number");
  }
  if (out->digests.size() + static_cast<size_t>(chunk.digests_size()) > kMaxEventDigests ||
      out->by_millisecond.size() + static_cast<size_t>(chunk.milliseconds_size()) >
          kMaxMilliseconds ||
      out->records.size() + static_cast<size_t>(chunk.entries_size()) > kMaxRecords) {
    return absl::InvalidArgumentError("more digests than a recording can have");
  }
  out->digests.insert(out->digests.end(), chunk.digests().begin(), chunk.digests().end());
  for (int i = 0; i < chunk.milliseconds_size(); ++i) {
    out->by_millisecond.emplace_back(chunk.milliseconds(i), chunk.millisecond_digests(i));
  }
  for (const proto::RecordedEntry& entry : chunk.entries()) {
    out->records.push_back(
        {static_cast<TraceTag>(entry.tag()), Instant{entry.at_us()}, entry.who(), entry.what()});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Recording> ReadRecording(std::istream* in) {
  google::protobuf::io::IstreamInputStream stream(in);
  Recording recording;
  bool header = false;
  for (;;) {
    proto::RecordingPart part;
    bool clean_end = false;
    if (!google::protobuf::util::ParseDelimitedFromZeroCopyStream(&part, &stream, &clean_end)) {
      if (!header) return absl::InvalidArgumentError("not a recording");
      return recording;  // it breaks off
    }
    if (!header && part.part_case() != proto::RecordingPart::kHeader) {
      return absl::InvalidArgumentError("not a recording");
    }
    absl::Status status = absl::OkStatus();
    switch (part.part_case()) {
      case proto::RecordingPart::kHeader:
        if (header) return absl::InvalidArgumentError("a second header");
        header = true;
        status = FromProto(part.header(), &recording.run);
        break;
      case proto::RecordingPart::kChunk:
        status = TakeChunk(part.chunk(), &recording);
        break;
      case proto::RecordingPart::kEnd:
        recording.complete = true;
        recording.record_count = part.end().records();
        recording.digest = part.end().digest();
        return recording;
      case proto::RecordingPart::PART_NOT_SET:
        return absl::InvalidArgumentError("an empty part");
    }
    if (!status.ok()) return status;
  }
}

struct Recorder::Impl {
  proto::RecordingPart part;
};

Recorder::Recorder(const RecordedRun& run, std::ostream* out, uint64_t most)
    : out_(out), most_(most), full_(run.full), impl_(std::make_unique<Impl>()) {
  ToProto(run, impl_->part.mutable_header());
  google::protobuf::util::SerializeDelimitedToOstream(impl_->part, out_);
  impl_->part.mutable_chunk();
}

Recorder::~Recorder() = default;

void Recorder::OnRecord(const TraceRecord& record) {
  proto::RecordingChunk* chunk = impl_->part.mutable_chunk();
  const uint32_t digest = rolling_.Add(record);
  if (full_) {
    proto::RecordedEntry* entry = chunk->add_entries();
    entry->set_tag(static_cast<uint32_t>(record.tag));
    entry->set_at_us(record.at.us);
    entry->set_who(record.who);
    entry->set_what(record.what);
  }
  if (count_++ < most_) {
    chunk->add_digests(digest);
  } else {
    const int64_t millisecond = record.at.us / 1000;
    if (millisecond != millisecond_) FlushMillisecond();
    millisecond_ = millisecond;
    last_ = digest;
  }
  if (chunk->digests_size() + chunk->milliseconds_size() + chunk->entries_size() >= kChunk) {
    FlushChunk();
  }
}

void Recorder::FlushMillisecond() {
  if (millisecond_ < 0) return;
  impl_->part.mutable_chunk()->add_milliseconds(millisecond_);
  impl_->part.mutable_chunk()->add_millisecond_digests(last_);
}

void Recorder::FlushChunk() {
  google::protobuf::util::SerializeDelimitedToOstream(impl_->part, out_);
  impl_->part.mutable_chunk()->Clear();
}

void Recorder::Finish(const std::string& digest) {
  FlushMillisecond();
  FlushChunk();
  impl_->part.mutable_end()->set_records(count_);
  impl_->part.mutable_end()->set_digest(digest);
  google::protobuf::util::SerializeDelimitedToOstream(impl_->part, out_);
}

}  // namespace gossamer::sim
