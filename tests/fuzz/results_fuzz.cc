// Results of sweeps and measured points: read, or refused with the line that is wrong; what was
// read can be compared and drawn.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/check.h"
#include "tools/sweep/compare.h"
#include "tools/sweep/plot.h"
#include "tools/sweep/plot_svg.h"
#include "tools/sweep/results.h"

namespace gossamer::tool {
namespace {

constexpr std::string_view kPath = "results.jsonl";

void Draw(const SweepResults& results) {
  PlotRequest request;
  request.x = results.figures.front();
  request.y = results.figures.back();
  std::string error;
  const auto plot = MakePlot(results, request, &error);
  GOSSAMER_CHECK(plot.has_value() == error.empty());
  if (plot) GOSSAMER_CHECK(PlotSvg(*plot).ends_with("</svg>\n"));
}

void Read(std::string_view text) {
  std::string error;
  const auto results = ParseResults(text, kPath, &error);
  GOSSAMER_CHECK(results.has_value() || error.rfind(kPath, 0) == 0);
  if (!results || results->runs.size() > 50 || results->figures.empty()) return;
  Draw(*results);
  size_t unpaired = 0;
  const auto figure = ResolveFigure(results->figures.front(), results->figures, &error);
  const auto pairs = PairCells({*results, {}}, {*results, {}}, &unpaired);
  GOSSAMER_CHECK(unpaired == 0);
  if (figure) GOSSAMER_CHECK(!CompareText(Compare(pairs, {*figure})).empty());
}

}  // namespace
}  // namespace gossamer::tool

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  gossamer::tool::Read(text);
  std::string error;
  const auto points = gossamer::tool::ParsePoints(text, "points.csv", &error);
  GOSSAMER_CHECK(points.has_value() || error.rfind("points.csv:", 0) == 0);
  return 0;
}
