// The timeline with a row per shard.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/strings.h"
#include "sim/report/escape.h"
#include "sim/report/html_charts.h"
#include "sim/report/svg.h"
#include "sim/report/text_format.h"

namespace gossamer::sim {
namespace {

constexpr size_t kIncidentsShown = 6;
constexpr size_t kRowsShown = 600;
// A printed page holds a block of so many rows and repeats the axis.
constexpr size_t kRowsPerBlock = 40;
constexpr int64_t kRowHeight = 15;
constexpr int64_t kHeadHeight = 36;

constexpr const char* kLegend =
    "<p>Seconds after the injection, the slowest shards first. The bar:\n"
    "<span class=\"key detect\"></span> until the first FAIL,\n"
    "<span class=\"key elect\"></span> until the slots are covered,\n"
    "<span class=\"key spread\"></span> until all know the new owner;\n"
    "<span class=\"key agree\"></span> the thin one below it: until all know of the FAIL;\n"
    "<span class=\"key lost\"></span> the whole shard was lost;\n"
    "<span class=\"key waits\"></span> it got no further. Points: PFAIL (hollow), FAIL, elected,\n"
    "covered. \"12: 12 to 678 +1\" is shard 12, its node 12, the heir 678, and one more "
    "victim.</p>\n";

struct ShardRow {
  const VictimTimes* victim = nullptr;  // its primary, if that was hit
  size_t others = 0;                    // further victims of the shard
};

// The slowest first: lost, never covered, then by cover; shards that only lost replicas last.
bool Slower(const ShardRow& a, const ShardRow& b) {
  const auto rank = [](const ShardRow& row) {
    const VictimTimes& v = *row.victim;
    if (!v.was_primary) return std::make_pair(3, -(v.first_fail ? v.first_fail->us : INT64_MAX));
    if (!v.has_survivor) return std::make_pair(0, int64_t{0});
    return std::make_pair(v.covered ? 2 : 1, -(v.covered ? v.covered->us : INT64_MAX));
  };
  return std::make_pair(rank(a), a.victim->shard) < std::make_pair(rank(b), b.victim->shard);
}

std::vector<ShardRow> RowsOf(const IncidentTimes& incident) {
  std::map<int64_t, ShardRow> by_shard;
  for (const VictimTimes& victim : incident.victims) {
    ShardRow& row = by_shard[victim.shard];
    if (row.victim != nullptr) ++row.others;
    if (row.victim == nullptr || (victim.was_primary && !row.victim->was_primary)) {
      row.victim = &victim;
    }
  }
  std::vector<ShardRow> rows;
  rows.reserve(by_shard.size());
  for (const auto& [shard, row] : by_shard) rows.push_back(row);
  std::sort(rows.begin(), rows.end(), Slower);
  return rows;
}

// The last thing that happened to any row, from the injection.
int64_t LastOf(const IncidentTimes& incident) {
  int64_t last = 1;
  for (const VictimTimes& v : incident.victims) {
    for (const std::optional<Instant>& at : {v.first_pfail, v.first_fail, v.fail_known.back(),
                                             v.promoted, v.covered, v.covered_known.back()}) {
      if (at) last = std::max(last, (*at - incident.at).us);
    }
  }
  return last;
}

class ShardRows {
 public:
  ShardRows(const IncidentTimes& incident, const Scale& scale)
      : incident_(incident), scale_(scale) {}

  void Draw(const ShardRow& row, bool zebra, int64_t top, Svg* svg) const {
    const VictimTimes& v = *row.victim;
    if (zebra) svg->Rect("zebra", 0, top, kFigureWidth * 10, kRowHeight * 10);
    svg->BeginRow(Label(row));
    const bool won = v.winner != NodeIndex{};
    std::string name = absl::StrCat(v.shard, ": ", v.node.value);
    if (won) absl::StrAppend(&name, " to ", v.winner.value);
    if (row.others > 0) absl::StrAppend(&name, " +", row.others);
    svg->Text("small", 40, top + 110, name);
    Bars(v, top, svg);
    const std::pair<std::optional<Instant>, int64_t> columns[] = {
        {v.first_pfail, 7700}, {v.first_fail, 8300}, {v.promoted, 8900}, {v.covered, 9500}};
    for (const auto& [at, x] : columns) svg->Text("small end", x, top + 110, Since(at));
    svg->EndRow();
  }

 private:
  std::string Since(std::optional<Instant> at) const {
    return at ? SecondsText(*at - incident_.at) : std::string("-");
  }
  int64_t X(Instant at) const { return scale_.Tenths((at - incident_.at).us); }

  void Span(const char* css, std::optional<Instant> begin, std::optional<Instant> end, int64_t top,
            int64_t height, Svg* svg) const {
    if (!begin || !end || *end < *begin) return;
    svg->Rect(css, X(*begin), top, std::max<int64_t>(X(*end) - X(*begin), 10), height);
  }

  void Bars(const VictimTimes& v, int64_t top, Svg* svg) const {
    const Instant end = incident_.at + Micros(scale_.to);
    const bool primary = v.was_primary;
    if (primary && !v.has_survivor) {
      Span("lost", incident_.at, v.returned.value_or(end), top + 40, 60, svg);
    } else if (!v.first_fail) {
      Span("waits", incident_.at, v.returned.value_or(end), top + 40, 60, svg);
    } else {
      Span("detect", incident_.at, v.first_fail, top + 40, 60, svg);
      if (primary && !v.covered) Span("waits", v.first_fail, end, top + 40, 60, svg);
      if (primary) Span("elect", v.first_fail, v.covered, top + 40, 60, svg);
      if (primary) Span("spread", v.covered, v.covered_known.back(), top + 40, 60, svg);
    }
    Span("agree", v.first_fail, v.fail_known.back(), top + 110, 20, svg);
    const std::pair<std::optional<Instant>, const char*> points[] = {{v.first_pfail, "detect"},
                                                                     {v.first_fail, "agree"},
                                                                     {v.promoted, "elect"},
                                                                     {v.covered, "spread"}};
    for (const auto& [at, css] : points) {
      if (at) svg->Circle(css, X(*at), top + 70, 35);
    }
  }

  // "shard 12: primary node 12 at 0, PFAIL 15.107 s, ..." for who cannot see the row.
  std::string Label(const ShardRow& row) const {
    const VictimTimes& v = *row.victim;
    std::string text = absl::StrCat("shard ", v.shard, ": ", v.was_primary ? "primary" : "replica",
                                    " node ", v.node.value);
    if (row.others > 0) absl::StrAppend(&text, " and ", row.others, " more");
    absl::StrAppend(&text, "; PFAIL ", Since(v.first_pfail), ", FAIL ", Since(v.first_fail),
                    ", known to all ", Since(v.fail_known.back()));
    if (v.was_primary && v.has_survivor) {
      absl::StrAppend(&text, ", elections ", v.elections, ", elected ", Since(v.promoted));
      if (v.winner != NodeIndex{}) absl::StrAppend(&text, " (node ", v.winner.value, ")");
      absl::StrAppend(&text, ", covered ", Since(v.covered), ", known to all ",
                      Since(v.covered_known.back()));
    }
    if (v.was_primary && !v.has_survivor) absl::StrAppend(&text, "; the whole shard was lost");
    if (v.returned) absl::StrAppend(&text, "; back at ", Since(v.returned));
    return text;
  }

  const IncidentTimes& incident_;
  const Scale& scale_;
};

std::string Block(const std::string& id, const std::string& title, const IncidentTimes& incident,
                  const Scale& scale, const std::vector<ShardRow>& rows, size_t first,
                  size_t count) {
  const int64_t height = kHeadHeight + kRowHeight * static_cast<int64_t>(count) + 2;
  Svg svg(id, height, title, "A row per shard, slowest first; each row speaks its times.", true);
  svg.Text("tick", 40, 300, "shard: node to its heir");
  const std::pair<const char*, int64_t> columns[] = {
      {"PFAIL", 7700}, {"FAIL", 8300}, {"elected", 8900}, {"covered", 9500}};
  for (const auto& [name, x] : columns) svg.Text("tick end", x, 300, name);
  const ShardRows drawer(incident, scale);
  svg.TimeAxis(scale, kHeadHeight - 3, height);
  for (size_t i = 0; i < count; ++i) {
    const int64_t top = (kHeadHeight + kRowHeight * static_cast<int64_t>(i)) * 10;
    drawer.Draw(rows[first + i], i % 2 == 1, top, &svg);
  }
  return svg.Take();
}

std::string IncidentFigure(const std::string& id, const IncidentTimes& incident) {
  const std::vector<ShardRow> rows = RowsOf(incident);
  if (rows.empty()) return {};
  const Scale scale{0, LastOf(incident), 150, 700};
  const size_t shown = std::min(rows.size(), kRowsShown);
  const std::string title =
      absl::StrCat("Incident ", incident.number, " at ", SecondsText(incident.at - Instant{}),
                   " s: ", incident.text);
  std::string out =
      absl::StrCat("<h4>", XmlEscape(title), "</h4>\n<p class=\"skip\"><a href=\"#", id,
                   "-end\">Skip ", Plural(shown, "row"),
                   "</a></p>\n<figure class=\"long\">\n<div class=\"rows\" tabindex=\"0\" ",
                   "role=\"region\" aria-label=\"Shards of incident ", incident.number, "\">\n");
  for (size_t first = 0; first < shown; first += kRowsPerBlock) {
    const size_t count = std::min(kRowsPerBlock, shown - first);
    out += Block(absl::StrCat(id, "-", first), title, incident, scale, rows, first, count);
  }
  absl::StrAppend(&out, "</div>\n</figure>\n");
  if (rows.size() > shown) {
    absl::StrAppend(&out, "<p>and ", rows.size() - shown, " faster shards.</p>\n");
  }
  return absl::StrCat(out, "<span id=\"", id, "-end\"></span>\n");
}

}  // namespace

std::string ShardFigures(std::string_view id, const RunReport& run) {
  if (run.incidents.empty()) return {};
  std::string out(kLegend);
  const size_t shown = std::min(run.incidents.size(), kIncidentsShown);
  for (size_t i = 0; i < shown; ++i) {
    out += IncidentFigure(absl::StrCat(ToAbsl(id), "-shards", i), run.incidents[i]);
  }
  if (run.incidents.size() > shown) {
    absl::StrAppend(&out, "<p>and ", run.incidents.size() - shown,
                    " more incidents in the JSON report.</p>\n");
  }
  return out;
}

}  // namespace gossamer::sim
