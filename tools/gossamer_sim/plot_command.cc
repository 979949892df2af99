// `plot`: the results of a sweep as a picture.

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>

#include "sim/scenario/diagnostics.h"
#include "tools/gossamer_sim/commands.h"
#include "tools/gossamer_sim/scenario_file.h"
#include "tools/sweep/plot.h"
#include "tools/sweep/plot_svg.h"
#include "tools/sweep/results.h"

namespace gossamer::tool {
namespace {

constexpr size_t kMaxPointsBytes = 1 << 20;

ExitCode Usage(const std::string& error) {
  std::fprintf(stderr, "gossamer-sim: %s\n", error.c_str());
  return ExitCode::kUsage;
}

void TellGaps(const Plot& plot) {
  constexpr size_t kMostShown = 8;
  for (size_t i = 0; i < std::min(plot.gaps.size(), kMostShown); ++i) {
    std::fprintf(stderr, "gossamer-sim: left out, as a figure did not happen: %s\n",
                 sim::Printable(plot.gaps[i]).c_str());
  }
  if (plot.gaps.size() > kMostShown) {
    std::fprintf(stderr, "gossamer-sim: and of %zu more marks\n", plot.gaps.size() - kMostShown);
  }
}

std::string FileName(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

PlotRequest RequestOf(const Arguments& arguments) {
  const StudyArguments& study = arguments.study;
  PlotRequest request;
  request.kind = study.as == "lines" ? PlotKind::kLines : PlotKind::kScatter;
  request.x = study.x;
  request.y = study.y;
  request.panel = study.panel;
  request.series = study.series;
  request.where = study.where;
  request.trace = study.trace;
  request.command = arguments.typed;
  return request;
}

}  // namespace

ExitCode PlotCommand(const Arguments& arguments) {
  const std::string& path = arguments.files.front();
  const auto text = ReadWholeFile(path, kMaxResultsBytes);
  if (!text) return ExitCode::kEnvironment;
  std::string error;
  const auto results = ParseResults(*text, path, &error);
  if (!results) return Usage(error);
  auto plot = MakePlot(*results, RequestOf(arguments), &error);
  if (!plot) return Usage(error);
  const std::string& points_path = arguments.study.points;
  if (!points_path.empty()) {
    const auto points_text = ReadWholeFile(points_path, kMaxPointsBytes);
    if (!points_text) return ExitCode::kEnvironment;
    const auto points = ParsePoints(*points_text, points_path, &error);
    if (!points) return Usage(error);
    plot->points = *points;
    plot->points_label = "measured (" + FileName(points_path) + ")";
  }
  const std::string& out_path = arguments.study.out;
  std::ofstream out(out_path, std::ios::binary);
  out << PlotSvg(*plot);
  if (!arguments.quiet) TellGaps(*plot);
  if (out.flush().good()) return ExitCode::kPass;
  std::fprintf(stderr, "gossamer-sim: cannot write %s\n", out_path.c_str());
  return ExitCode::kEnvironment;
}

}  // namespace gossamer::tool
