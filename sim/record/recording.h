// Recording: what a run left behind so that it can be repeated and compared, in memory and in a
// file.
//
// A recording names the run (scenario text, seed, options) and holds a rolling 32-bit digest after
// every record of its trace; where that would take more than kMaxEventDigests of them, one per
// millisecond from there on. SOURCE: recording.proto. Thread safety: values.
#ifndef GOSSAMER_SIM_RECORD_RECORDING_H_
#define GOSSAMER_SIM_RECORD_RECORDING_H_

#include <cstdint>
#include <istream>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/hash.h"
#include "core/base/time.h"
#include "sim/engine/trace.h"
#include "sim/model/run_options.h"

namespace gossamer::sim {

// Rises whenever the same run would get another digest because digests are made otherwise, not
// because it runs otherwise. Programs whose numbers differ cannot be compared.
inline constexpr uint32_t kDigestVersion = 1;

// Which run it was.
struct RecordedRun {
  uint32_t digest_version = kDigestVersion;
  std::string version;
  std::string build;
  std::string scenario_path;
  std::string scenario_text;
  std::string cell;    // of a study; else empty
  RunOptions options;  // the parts that a command line sets
  bool full = false;
};

// The digest after each of a run's records.
class RollingDigest {
 public:
  uint32_t Add(const TraceRecord& record) {
    const uint64_t place =
        (static_cast<uint64_t>(record.at.us) << 4) ^ static_cast<uint64_t>(record.tag);
    state_ = FoldMultiply(state_ ^ place, 0xa0761d6478bd642fu) + record.who;
    state_ = FoldMultiply(state_ ^ record.what, 0xe7037ed1a0b428dbu) + 1;
    return static_cast<uint32_t>(state_ >> 32);
  }

 private:
  uint64_t state_ = 0x243f6a8885a308d3u;
};

// 64 MB of digests.
inline constexpr uint64_t kMaxEventDigests = uint64_t{16} << 20;

struct Recording {
  RecordedRun run;
  std::vector<uint32_t> digests;                             // by record
  std::vector<std::pair<int64_t, uint32_t>> by_millisecond;  // of the records after these
  std::vector<TraceRecord> records;                          // when run.full
  bool complete = false;                                     // the end was read
  uint64_t record_count = 0;                                 // when complete
  std::string digest;                                        // when complete
};

// Reads a whole recording. Untrusted bytes: bounded, never aborts. A file that breaks off in the
// middle is a recording that is not complete; anything else that is not one is an error.
absl::StatusOr<Recording> ReadRecording(std::istream* in);

// Writes a recording while its run goes on. Nothing is kept but the chunk at hand. A stream that
// fails is left for the caller to notice. Thread safety: none.
class Recorder : public TraceSink {
 public:
  // `most`: of the digests that stand for one record.
  Recorder(const RecordedRun& run, std::ostream* out, uint64_t most = kMaxEventDigests);
  ~Recorder() override;
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  void OnRecord(const TraceRecord& record) override;
  // The run is over; `digest` is its digest as text.
  void Finish(const std::string& digest);

 private:
  struct Impl;
  void FlushChunk();
  void FlushMillisecond();

  std::ostream* out_;
  uint64_t most_;
  bool full_;
  RollingDigest rolling_;
  uint64_t count_ = 0;
  int64_t millisecond_ = -1;  // with records, not written yet
  uint32_t last_ = 0;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_RECORD_RECORDING_H_
