#include "sim/report/stages.h"

#include <algorithm>

namespace gossamer::sim {
namespace {

bool Counts(Stage stage, const VictimTimes& victim) {
  const bool needs_cover = victim.was_primary && victim.has_survivor;
  return stage == Stage::kDetect || stage == Stage::kAgree || needs_cover;
}

}  // namespace

std::string_view StageName(Stage stage) {
  switch (stage) {
    case Stage::kDetect:
      return "detect";
    case Stage::kAgree:
      return "agree";
    case Stage::kElect:
      return "elect";
    case Stage::kSpread:
      break;
  }
  return "spread";
}

std::string_view StageAbout(Stage stage) {
  switch (stage) {
    case Stage::kDetect:
      return "injection to first FAIL";
    case Stage::kAgree:
      return "first FAIL to FAIL known to all";
    case Stage::kElect:
      return "first FAIL to slots covered";
    case Stage::kSpread:
      break;
  }
  return "slots covered to known by all";
}

std::optional<StageSpan> SpanOf(Stage stage, const IncidentTimes& incident, const VictimTimes& v) {
  std::optional<Instant> begin;
  std::optional<Instant> end;
  switch (stage) {
    case Stage::kDetect:
      begin = incident.at;
      end = v.first_fail;
      break;
    case Stage::kAgree:
      begin = v.first_fail;
      end = v.fail_known.back();
      break;
    case Stage::kElect:
      begin = v.first_fail;
      end = v.covered;
      break;
    case Stage::kSpread:
      begin = v.covered;
      end = v.covered_known.back();
      break;
  }
  if (!Counts(stage, v) || !begin || !end) return std::nullopt;
  // A victim that came back covers its own slots, maybe before anybody noticed that it was gone.
  return StageSpan{*begin - incident.at, std::max(*begin, *end) - incident.at};
}

void StageSamples::Add(Stage stage, const IncidentTimes& incident) {
  for (const VictimTimes& victim : incident.victims) {
    if (!Counts(stage, victim)) continue;
    ++expected;
    const std::optional<StageSpan> span = SpanOf(stage, incident, victim);
    if (!span) continue;
    begins.push_back(span->begin);
    ends.push_back(span->end);
    lengths.push_back(span->end - span->begin);
  }
}

void StageSamples::Sort() {
  for (std::vector<Duration>* column : {&begins, &ends, &lengths}) {
    std::sort(column->begin(), column->end());
  }
}

StageSamples SamplesOf(Stage stage, std::span<const IncidentTimes> incidents) {
  StageSamples samples;
  for (const IncidentTimes& incident : incidents) samples.Add(stage, incident);
  samples.Sort();
  return samples;
}

}  // namespace gossamer::sim
