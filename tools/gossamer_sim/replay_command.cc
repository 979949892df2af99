// replay: carries out a recorded run again and says whether it was the same, or where it was not.
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/record/comparer.h"
#include "sim/record/recording.h"
#include "sim/report/run_report.h"
#include "tools/gossamer_sim/commands.h"
#include "tools/gossamer_sim/rerun.h"
#include "tools/gossamer_sim/run_pool.h"

namespace gossamer::tool {
namespace {

using Count = unsigned long long;  // NOLINT(google-runtime-int): what printf takes

std::string TimeText(Instant at) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.6fs", static_cast<double>(at.us) / 1e6);
  return text;
}

// The millisecond in which runs part is known, the record is not: whoever has the other program can
// record it.
void PrintWindow(const sim::RecordedRun& run, const sim::TraceRecord& record) {
  const int64_t end_ms = record.at.us / 1000 + 1;
  std::printf(
      "  somewhere in the millisecond before. Both programs find the record with\n"
      "    gossamer-sim run %s%s --seed %llu --stop-at %lldms --record-full --record FILE\n"
      "    gossamer-sim diff FILE FILE\n",
      run.scenario_path.c_str(), run.cell.empty() ? "" : (" --cell " + run.cell).c_str(),
      static_cast<Count>(run.options.seed),
      static_cast<long long>(end_ms));  // NOLINT(google-runtime-int)
}

void PrintDifference(const sim::Recording& recording, const sim::Difference& difference) {
  std::printf("different from record %llu on\n", static_cast<Count>(difference.number));
  if (difference.here) {
    std::printf("  this run:  %s\n", sim::DescribeRecord(*difference.here).c_str());
  } else {
    std::puts("  this run:  ends");
  }
  if (difference.recorded) {
    std::printf("  recorded:  %s\n", sim::DescribeRecord(*difference.recorded).c_str());
  } else if (difference.recording_ended) {
    std::puts("  recorded:  ends");
  }
  if (!difference.exact) PrintWindow(recording.run, *difference.here);
}

}  // namespace

ExitCode ReplayCommand(const Arguments& arguments) {
  const std::string& path = arguments.files.front();
  const std::optional<sim::Recording> recording = ReadRecordingFile(path, false);
  if (!recording) return ExitCode::kUsage;
  const sim::RecordedRun& run = recording->run;
  if (run.digest_version != sim::kDigestVersion) {
    std::fprintf(stderr,
                 "gossamer-sim: %s cannot be compared: it has digest version %u, this program "
                 "makes version %u\n",
                 path.c_str(), run.digest_version, sim::kDigestVersion);
    return ExitCode::kUsage;
  }
  const std::optional<sim::Scenario> scenario = ScenarioOf(run);
  if (!scenario) return ExitCode::kUsage;
  if (!arguments.quiet) std::printf("%s\n", DescribeRun(run).c_str());

  std::unique_ptr<sim::World> world;
  Witness witness([&world] { world->Interrupt(); });
  sim::Comparer comparer(&*recording, [&witness] { witness.Mark(); });
  sim::RunOptions options = OptionsOf(run, *scenario);
  options.sink = &comparer;
  world = std::make_unique<sim::World>(*scenario, options,
                                       std::vector<sim::Observer*>{witness.observer()});
  const sim::RunResult result = world->Run();
  comparer.Finish();
  if (comparer.difference()) {
    PrintDifference(*recording, *comparer.difference());
    PrintWitness(witness);
    return ExitCode::kNonDeterminism;
  }
  if (!recording->complete) {
    std::printf("the recording breaks off after %llu records; as far as it goes, the same\n",
                static_cast<Count>(recording->digests.size()));
    return ExitCode::kInconclusive;
  }
  const std::string digest = sim::DigestText(result.digest);
  if (digest != recording->digest) {
    std::printf("different digests: %s, recorded %s\n", digest.c_str(), recording->digest.c_str());
    return ExitCode::kNonDeterminism;
  }
  std::printf("the same: %llu records until %s, digest %s\n",
              static_cast<Count>(comparer.compared()), TimeText(result.ended_at).c_str(),
              digest.c_str());
  return ExitCode::kPass;
}

}  // namespace gossamer::tool
