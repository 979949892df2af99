// Any bytes as a scenario file and as a study: the loader returns, either with scenarios within the
// language's bounds or with errors that point into the file, and says the same when asked again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "sim/scenario/diagnostics.h"
#include "sim/scenario/loader.h"
#include "sim/scenario/schema_table.h"
#include "sim/scenario/study.h"

namespace gossamer::sim {
namespace {

void CheckDiagnostics(std::string_view text, const std::vector<Diagnostic>& diagnostics) {
  const auto lines = static_cast<int>(std::count(text.begin(), text.end(), '\n')) + 1;
  size_t errors = 0;
  for (const Diagnostic& d : diagnostics) {
    errors += d.severity == Severity::kError ? 1 : 0;
    GOSSAMER_CHECK(!d.message.empty());
    GOSSAMER_CHECK(d.line >= 0 && d.line <= lines);
    GOSSAMER_CHECK(d.line == 0 ? d.column == 0 : d.column >= 1);
    GOSSAMER_CHECK(d.caret >= 0 && static_cast<size_t>(d.caret) <= d.excerpt.size());
    GOSSAMER_CHECK(!Render(d).empty());
  }
  GOSSAMER_CHECK(errors <= kMaxDiagnostics);
}

void CheckScenario(const Scenario& scenario) {
  GOSSAMER_CHECK(scenario.shards >= 1 && scenario.node_count() <= kMaxScenarioNodes);
  GOSSAMER_CHECK(!scenario.expect.empty() && !scenario.latency.quantiles.empty());
  GOSSAMER_CHECK(OptionsOf(scenario.config).node_timeout >= Millis(1));
  Duration last;
  for (const TimelineItem& item : scenario.timeline) {
    GOSSAMER_CHECK(last <= item.at && !item.text.empty());
    GOSSAMER_CHECK(item.at <= item.latest() && item.latest() <= scenario.duration);
    last = item.at;
  }
}

// What `load` makes of a file: the same twice, with diagnostics that can be shown.
template <class Load>
auto LoadTwice(std::string_view text, Load load) {
  std::vector<Diagnostic> first;
  std::vector<Diagnostic> second;
  auto loaded = load(&first);
  GOSSAMER_CHECK(loaded.has_value() == !HasErrors(first));
  CheckDiagnostics(text, first);
  auto again = load(&second);
  GOSSAMER_CHECK(again.has_value() == loaded.has_value() && Render(first) == Render(second));
  return std::pair(std::move(loaded), std::move(again));
}

// A file as a study: every cell that is left is a scenario of its own, under labels of its own.
void TryStudy(std::string_view text) {
  const auto [study, again] =
      LoadTwice(text, [&](auto* diagnostics) { return LoadStudy(text, "", diagnostics); });
  if (!study) return;
  GOSSAMER_CHECK(!study->cells.empty() && again->cells.size() == study->cells.size());
  GOSSAMER_CHECK(!study->seeds || study->seeds->first <= study->seeds->last);
  std::set<std::string> names;
  for (size_t i = 0; i < study->cells.size(); ++i) {
    const StudyCell& cell = study->cells[i];
    CheckScenario(cell.scenario);
    GOSSAMER_CHECK(cell.labels.size() == study->axes.size());
    GOSSAMER_CHECK(cell.scenario.cell == CellText(study->axes, cell.labels));
    GOSSAMER_CHECK(names.insert(cell.scenario.cell).second);
    GOSSAMER_CHECK(cell.hash == again->cells[i].hash);
  }
}

void Try(std::string_view text) {
  const auto [scenario, again] =
      LoadTwice(text, [&](auto* diagnostics) { return LoadScenario(text, "", diagnostics); });
  if (scenario) CheckScenario(*scenario);
}

}  // namespace
}  // namespace gossamer::sim

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  gossamer::sim::Try(text);
  gossamer::sim::TryStudy(text);
  return 0;
}
