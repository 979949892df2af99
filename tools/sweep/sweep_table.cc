#include "tools/sweep/sweep_table.h"

#include <algorithm>
#include <span>
#include <string_view>

#include "absl/strings/str_format.h"
#include "sim/report/text_format.h"
#include "tools/sweep/run_figures.h"

namespace gossamer::tool {
namespace {

std::string Rounded(double value, int decimals) { return absl::StrFormat("%.*f", decimals, value); }

size_t FailedOf(const SweepRow& row) {
  return static_cast<size_t>(
      std::count_if(row.lines.begin(), row.lines.end(),
                    [](const SweepLine* line) { return line->verdict != "pass"; }));
}

std::string_view UnitText(FigureUnit unit) {
  switch (unit) {
    case FigureUnit::kMicros:
      return " s";
    case FigureUnit::kPercent:
      return " %";
    case FigureUnit::kCount:
    case FigureUnit::kRate:
      break;
  }
  return "";
}

std::string ValueText(double millionths, FigureUnit unit) {
  const double value = millionths / kMillionthsPerUnit;
  switch (unit) {
    case FigureUnit::kMicros:
      return Rounded(value, DecimalsOfSeconds(value));
    case FigureUnit::kPercent:
      return Rounded(value, 3);
    case FigureUnit::kRate:
      return Rounded(value, value < 1000 ? 1 : 0);
    case FigureUnit::kCount:
      break;
  }
  return Rounded(value, value == static_cast<double>(static_cast<int64_t>(value)) ? 0 : 1);
}

void AddFigure(const SweepFigure& figure, const SweepRow& row, std::vector<std::string>* cells) {
  const FigureSummary summary = Summarize(figure, row.lines);
  if (summary.count == 0) {
    cells->insert(cells->end(), {"-", "-", "-", "-"});
    return;
  }
  const auto text = [&](double value) { return ValueText(value, figure.unit); };
  std::string median = text(summary.median);
  if (summary.count < row.lines.size()) median += " (" + std::to_string(summary.count) + ")";
  cells->insert(cells->end(), {median, text(summary.low) + ".." + text(summary.high),
                               text(summary.p5), text(summary.p95)});
}

std::string Part(const std::vector<sim::StudyAxis>& axes, const std::vector<SweepRow>& rows,
                 std::span<const SweepFigure> figures) {
  std::vector<std::string> head;
  for (const sim::StudyAxis& axis : axes) head.push_back(axis.name);
  head.insert(head.end(), {"n", "not passed"});
  for (const SweepFigure& figure : figures) {
    head.push_back(figure.text + std::string(UnitText(figure.unit)));
    head.insert(head.end(), {"95 %", "p5", "p95"});
  }
  sim::TextTable table(head);
  for (size_t a = 0; a < axes.size(); ++a) table.Left(a);
  for (const SweepRow& row : rows) {
    std::vector<std::string> cells = row.labels;
    cells.push_back(std::to_string(row.lines.size()));
    cells.push_back(std::to_string(FailedOf(row)));
    for (const SweepFigure& figure : figures) AddFigure(figure, row, &cells);
    table.Add(std::move(cells));
  }
  return table.Render(0);
}

size_t WidthOf(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    width = std::max(width, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return width;
}

}  // namespace

std::vector<SweepFigure> DefaultFigures() {
  std::vector<SweepFigure> figures;
  for (const std::string_view name :
       {"all_fail", "covered", "pfail_to_covered", "false_fails", "rest_bytes_per_s_node"}) {
    std::string error;
    figures.push_back(*ResolveFigure(name, FigureKeys(), &error));
  }
  return figures;
}

std::string SweepTable(const std::vector<sim::StudyAxis>& axes, const std::vector<SweepRow>& rows,
                       const std::vector<SweepFigure>& figures) {
  std::string out;
  for (std::span<const SweepFigure> left = figures; !left.empty();) {
    size_t count = 1;
    std::string part = Part(axes, rows, left.first(1));
    while (count < left.size()) {
      std::string wider = Part(axes, rows, left.first(count + 1));
      if (WidthOf(wider) > sim::kReportWidth) break;
      part = std::move(wider);
      ++count;
    }
    out += (out.empty() ? "" : "\n") + part;
    left = left.subspan(count);
  }
  return out;
}

}  // namespace gossamer::tool
