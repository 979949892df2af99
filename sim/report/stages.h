// Stages: the four stretches into which a failover falls, for bars and distributions.
//
//   detect   injection .. first FAIL anywhere on the victim
//   agree    first FAIL .. FAIL known to 100 % of the observers
//   elect    first FAIL .. slots covered by the new owner
//   spread   slots covered by the new owner .. covered in the view of 100 %
//
// agree and elect begin together and overlap: a replica does not wait for everybody to know. A
// stage has one sample per victim; of elect and spread only victim primaries whose shard has a
// survivor. Terms: failover_timeline.h. Thread safety: constants and values.
#ifndef GOSSAMER_SIM_REPORT_STAGES_H_
#define GOSSAMER_SIM_REPORT_STAGES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "sim/report/failover_timeline.h"

namespace gossamer::sim {

enum class Stage : uint8_t { kDetect, kAgree, kElect, kSpread };
inline constexpr std::array<Stage, 4> kStages = {Stage::kDetect, Stage::kAgree, Stage::kElect,
                                                 Stage::kSpread};
std::string_view StageName(Stage stage);
// "injection to first FAIL".
std::string_view StageAbout(Stage stage);

// Both ends from the injection.
struct StageSpan {
  Duration begin;
  Duration end;
};
// Null when the victim does not count for the stage or did not reach its end.
std::optional<StageSpan> SpanOf(Stage stage, const IncidentTimes& incident, const VictimTimes& v);

// Samples over victims, each column rising by itself.
struct StageSamples {
  std::vector<Duration> begins;
  std::vector<Duration> ends;
  std::vector<Duration> lengths;
  size_t expected = 0;  // victims that count

  void Add(Stage stage, const IncidentTimes& incident);
  // To be called once, after the last Add.
  void Sort();
};
// Over all incidents of a run.
StageSamples SamplesOf(Stage stage, std::span<const IncidentTimes> incidents);

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_STAGES_H_
