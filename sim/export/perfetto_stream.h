// PerfettoStream: tracks, slices, instants, flows and counters as a Perfetto trace, packet by
// packet to a stream.
//
// Slices of a track nest: End closes the innermost one. Outside of the window nothing is written
// but tracks; what is open at its beginning begins there, what is open at its end ends there, so
// that slices are balanced. Times of one track never fall when those of the calls do not. A failed
// stream is left for the caller to notice. SOURCE: perfetto.proto. Thread safety: none.
#ifndef GOSSAMER_SIM_EXPORT_PERFETTO_STREAM_H_
#define GOSSAMER_SIM_EXPORT_PERFETTO_STREAM_H_

#include <cstdint>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/base/time.h"

namespace gossamer::sim {

// A key and what it says: a text, or the number where the text is empty.
struct PerfettoNote {
  std::string_view key;
  std::string text;
  int64_t number = 0;
};

// A slice or an instant.
struct PerfettoMark {
  std::string_view category;
  std::string name;
  std::vector<PerfettoNote> notes = {};
  std::vector<uint64_t> flows = {};  // that pass through it
  std::vector<uint64_t> ends = {};   // that end in it
};

class PerfettoStream {
 public:
  PerfettoStream(std::ostream* out, Instant from, Instant until);
  ~PerfettoStream();
  PerfettoStream(const PerfettoStream&) = delete;
  PerfettoStream& operator=(const PerfettoStream&) = delete;

  // Tracks. Each to be described once, with a number of its own, before it is used.
  void AddProcess(uint64_t track, int32_t pid, std::string_view name);
  void AddThread(uint64_t track, int32_t pid, int32_t tid, std::string_view name);
  void AddLane(uint64_t track, uint64_t parent, std::string_view name);
  void AddCounter(uint64_t track, uint64_t parent, std::string_view name);

  void Begin(Instant at, uint64_t track, PerfettoMark mark);
  // Nothing when none is open.
  void End(Instant at, uint64_t track);
  void EndAll(Instant at, uint64_t track);
  // False when it was not written.
  bool AddInstant(Instant at, uint64_t track, const PerfettoMark& mark);
  // Of several values at one moment the last one counts.
  void Count(Instant at, uint64_t track, int64_t value);
  // The run is over: closes everything.
  void Finish(Instant at);

 private:
  struct Impl;  // the packet at hand

  void Advance(Instant at);
  void Enter();
  void Leave(Instant at);
  void FlushCounts();
  void WriteMark(Instant at, uint64_t track, int type, const PerfettoMark& mark);
  void WriteEnd(Instant at, uint64_t track);
  void WriteCount(Instant at, uint64_t track, int64_t value);
  uint64_t Category(std::string_view name);
  uint64_t Name(std::string_view name);
  void Write();

  std::ostream* out_;
  Instant from_;
  Instant until_;
  bool writing_ = false;  // inside of the window
  bool left_ = false;
  std::map<uint64_t, std::vector<PerfettoMark>> open_;  // by track
  std::map<uint64_t, int64_t> counts_;                  // last values
  std::map<uint64_t, int64_t> fresh_;                   // values at fresh_at_, not written yet
  Instant fresh_at_;
  absl::flat_hash_map<std::string, uint64_t> names_;  // looked up only, like the next
  absl::flat_hash_map<std::string, uint64_t> categories_;
  bool first_ = true;
  std::string bytes_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_EXPORT_PERFETTO_STREAM_H_
