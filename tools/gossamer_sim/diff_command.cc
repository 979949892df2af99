// diff: where two runs part, and what followed in each.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "sim/record/comparer.h"
#include "sim/record/recording.h"
#include "sim/report/run_report.h"
#include "tools/gossamer_sim/build_info.h"
#include "tools/gossamer_sim/commands.h"
#include "tools/gossamer_sim/rerun.h"
#include "tools/gossamer_sim/scenario_file.h"

namespace gossamer::tool {
namespace {

using Count = unsigned long long;  // NOLINT(google-runtime-int): what printf takes

// Waits for one record of a run.
class RecordAt : public sim::TraceSink {
 public:
  RecordAt(uint64_t number, Witness* witness) : number_(number), witness_(witness) {}
  void OnRecord(const sim::TraceRecord& record) override {
    if (count_++ != number_) return;
    record_ = record;
    witness_->Mark();
  }
  const std::optional<sim::TraceRecord>& record() const { return record_; }

 private:
  uint64_t number_;
  Witness* witness_;
  uint64_t count_ = 0;
  std::optional<sim::TraceRecord> record_;
};

// A recording in memory of a run of the scenario file.
std::optional<sim::Recording> Record(const std::string& path, const Arguments& arguments) {
  const std::optional<ScenarioFile> file = ReadScenarioFile(path, arguments.cell());
  if (!file) return std::nullopt;
  std::fputs(sim::Render(file->diagnostics, false).c_str(), stderr);
  if (!file->scenario) return std::nullopt;
  sim::RecordedRun run;
  run.version = Version();
  run.build = BuildId();
  run.scenario_path = path;
  run.scenario_text = file->text;
  run.cell = file->scenario->cell;
  run.options =
      OptionsFor(arguments, *file->scenario, arguments.seed.value_or(file->scenario->seed));
  std::stringstream stream;
  sim::Recorder recorder(run, &stream);
  sim::RunOptions options = run.options;
  options.sink = &recorder;
  sim::World world(*file->scenario, options, {});
  recorder.Finish(sim::DigestText(world.Run().digest));
  absl::StatusOr<sim::Recording> recording = sim::ReadRecording(&stream);
  if (!recording.ok()) return std::nullopt;
  return *std::move(recording);
}

// A recording, or a scenario that is recorded now.
std::optional<sim::Recording> Obtain(const std::string& path, const Arguments& arguments) {
  const bool scenario =
      path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json");
  return scenario ? Record(path, arguments) : ReadRecordingFile(path, false);
}

// The first record in which they differ; nothing when one is the beginning of the other as far as
// both go.
std::optional<uint64_t> FirstDifference(const sim::Recording& a, const sim::Recording& b) {
  const auto [at, other] =
      std::mismatch(a.digests.begin(), a.digests.end(), b.digests.begin(), b.digests.end());
  const bool ended = at == a.digests.end() || other == b.digests.end();
  const auto number = static_cast<uint64_t>(at - a.digests.begin());
  if (!ended) return number;
  const bool a_goes_on = at != a.digests.end() && b.complete;
  const bool b_goes_on = other != b.digests.end() && a.complete;
  if (a_goes_on || b_goes_on) return number;
  return std::nullopt;
}

// Carries the run out again as far as record `number` and a little further.
void ShowFrom(const char* title, const sim::RecordedRun& run, uint64_t number) {
  std::printf("%s: %s\n", title, DescribeRun(run).c_str());
  const std::optional<sim::Scenario> scenario = ScenarioOf(run);
  if (!scenario) return;
  std::unique_ptr<sim::World> world;
  Witness witness([&world] { world->Interrupt(); });
  RecordAt record(number, &witness);
  sim::RunOptions options = OptionsOf(run, *scenario);
  options.sink = &record;
  world = std::make_unique<sim::World>(*scenario, options,
                                       std::vector<sim::Observer*>{witness.observer()});
  world->Run();
  if (record.record()) {
    std::printf("  record %llu: %s\n", static_cast<Count>(number),
                sim::DescribeRecord(*record.record()).c_str());
  } else {
    std::printf("  ends before record %llu\n", static_cast<Count>(number));
  }
  PrintWitness(witness);
}

// The first millisecond, after the records that are known one by one, in which they differ.
std::optional<int64_t> FirstMillisecond(const sim::Recording& a, const sim::Recording& b) {
  const auto [at, other] = std::mismatch(a.by_millisecond.begin(), a.by_millisecond.end(),
                                         b.by_millisecond.begin(), b.by_millisecond.end());
  if (at != a.by_millisecond.end()) return at->first;
  if (other != b.by_millisecond.end()) return other->first;
  return std::nullopt;
}

// What the two runs were told differently, in words; empty when a difference is one of the
// programs.
std::string AskedDifferently(const sim::RecordedRun& a, const sim::RecordedRun& b) {
  std::string text;
  const auto add = [&text](const std::string& what) { text += (text.empty() ? "" : ", ") + what; };
  if (a.options.seed != b.options.seed) {
    add("seeds " + std::to_string(a.options.seed) + " and " + std::to_string(b.options.seed));
  }
  if (a.scenario_text != b.scenario_text) add("other scenarios");
  if (a.cell != b.cell) add("cells " + a.cell + " and " + b.cell);
  if (a.options.rules != b.options.rules || a.options.bugs != b.options.bugs) add("other rules");
  if (a.options.cpu.has_value() != b.options.cpu.has_value() ||
      (a.options.cpu && a.options.cpu->preset != b.options.cpu->preset)) {
    add("other processors");
  }
  return text;
}

}  // namespace

ExitCode DiffCommand(const Arguments& arguments) {
  if (arguments.files[0] == arguments.files[1]) {
    std::fprintf(stderr,
                 "gossamer-sim: both sides are %s, with the same options\n"
                 "  = help: record each side with its own: run %s --rules R --record a.rec\n",
                 arguments.files[0].c_str(), arguments.files[0].c_str());
    return ExitCode::kUsage;
  }
  const std::optional<sim::Recording> a = Obtain(arguments.files[0], arguments);
  const std::optional<sim::Recording> b = a ? Obtain(arguments.files[1], arguments) : std::nullopt;
  if (!a || !b) return ExitCode::kUsage;
  if (a->run.digest_version != b->run.digest_version ||
      a->run.digest_version != sim::kDigestVersion) {
    std::fprintf(stderr,
                 "gossamer-sim: cannot be compared: digest versions %u and %u, this program "
                 "makes %u\n",
                 a->run.digest_version, b->run.digest_version, sim::kDigestVersion);
    return ExitCode::kUsage;
  }
  const std::string asked = AskedDifferently(a->run, b->run);
  const ExitCode parted = asked.empty() ? ExitCode::kNonDeterminism : ExitCode::kFinding;
  if (!asked.empty()) std::printf("the runs were asked for differently: %s\n", asked.c_str());
  if (const std::optional<uint64_t> number = FirstDifference(*a, *b)) {
    std::printf("the runs part at record %llu\n", static_cast<Count>(*number));
    ShowFrom("A", a->run, *number);
    ShowFrom("B", b->run, *number);
    return parted;
  }
  if (const std::optional<int64_t> millisecond = FirstMillisecond(*a, *b)) {
    std::printf("the runs part in the millisecond before %.3fs\n",
                static_cast<double>(*millisecond + 1) / 1e3);
    return parted;
  }
  std::printf("the same: %llu records\n",
              static_cast<Count>(std::min(a->digests.size(), b->digests.size())));
  return ExitCode::kPass;
}

}  // namespace gossamer::tool
