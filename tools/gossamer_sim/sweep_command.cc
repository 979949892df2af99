// `sweep`: every cell of a study over many seeds, a line per run to a file, and a table of them.

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/model/start.h"
#include "sim/report/text_format.h"
#include "sim/scenario/study.h"
#include "tools/gossamer_sim/build_info.h"
#include "tools/gossamer_sim/commands.h"
#include "tools/gossamer_sim/progress.h"
#include "tools/gossamer_sim/run_pool.h"
#include "tools/gossamer_sim/scenario_file.h"
#include "tools/sweep/run_figures.h"
#include "tools/sweep/sweep_cell.h"
#include "tools/sweep/sweep_file.h"
#include "tools/sweep/sweep_table.h"

namespace gossamer::tool {
namespace {

constexpr size_t kMaxSweepBytes = size_t{1} << 30;

ExitCode Fail(ExitCode code, const std::string& error) {
  std::fprintf(stderr, "gossamer-sim: %s\n", error.c_str());
  return code;
}

class Sweep : public RunListener {
 public:
  explicit Sweep(const Arguments& arguments) : arguments_(arguments) {}

  ExitCode Run() {
    for (const auto step : {&Sweep::ReadOptions, &Sweep::ReadStudy, &Sweep::ReadLines}) {
      const ExitCode code = (this->*step)();
      if (code != ExitCode::kPass) return code;
    }
    const ExitCode ran = arguments_.report_only ? ExitCode::kPass : RunMissing();
    return Worse(ran, Report());
  }

  bool Wanted(size_t index) override {
    const auto& [cell, seed] = planned_[index];
    return !broken_ && cells_[cell].Wanted(seed);
  }

  void OnDone(size_t index, RunOutcome* outcome) override {
    const auto& [cell, seed] = planned_[index];
    const bool ended = outcome->report && outcome->code != ExitCode::kInterrupted;
    if (ended) {
      cells_[cell].Add(seed, LineOf(study_, cell, hashes_[cell], *outcome->report));
      Write(cells_[cell].TakeSettled());
    }
    // The report is large, and its line is written.
    outcome->report.reset();
  }

 private:
  const sim::StudyCell& CellOf(size_t cell) const { return study_.cells[cell]; }

  ExitCode ReadOptions() {
    std::string error;
    for (const std::string& text : arguments_.figures) {
      std::optional<SweepFigure> figure = ResolveFigure(text, FigureKeys(), &error);
      if (!figure) return Fail(ExitCode::kUsage, "--figure: " + error);
      figures_.push_back(*std::move(figure));
    }
    if (figures_.empty()) figures_ = DefaultFigures();
    if (arguments_.until.empty()) return ExitCode::kPass;
    rule_ = ParseUntil(arguments_.until, &error);
    if (!rule_) return Fail(ExitCode::kUsage, "--until: " + error);
    rule_->min_seeds = static_cast<size_t>(arguments_.min_seeds);
    return ExitCode::kPass;
  }

  ExitCode ReadStudy() {
    const std::string& path = arguments_.files.front();
    const std::optional<std::string> text = ReadWholeFile(path, kMaxScenarioBytes);
    if (!text) return ExitCode::kEnvironment;
    std::vector<sim::Diagnostic> diagnostics;
    std::optional<sim::Study> study = ParseStudy(*text, path, &diagnostics);
    std::fputs(sim::Render(diagnostics, WantsColor(arguments_.color, STDERR_FILENO)).c_str(),
               stderr);
    if (!study) return ExitCode::kUsage;
    study_ = *std::move(study);
    if (const ExitCode code = KeepChosen(); code != ExitCode::kPass) return code;
    for (const sim::StudyCell& cell : study_.cells) {
      if (cell.scenario.start == sim::StartKind::kNodesConf) {
        const auto conf = sim::ReadStartConf(cell.scenario);
        if (!conf.ok()) return Fail(ExitCode::kUsage, std::string(conf.status().message()));
      }
      hashes_.push_back(SweepHash(cell.hash, arguments_.rules, arguments_.cpu));
    }
    path_ = arguments_.sweep_file.empty() ? study_.name + ".sweep.jsonl" : arguments_.sweep_file;
    return ExitCode::kPass;
  }

  // Of the cells those that --cell asks for; all of them stay known, to judge the file's lines.
  ExitCode KeepChosen() {
    std::vector<sim::CellFilter> filters;
    for (const std::string& text : arguments_.cells) {
      std::string error;
      const auto filter = sim::ParseCellFilter(study_.axes, text, &error);
      if (!filter) return Fail(ExitCode::kUsage, "--cell: " + error);
      filters.push_back(*filter);
    }
    bool any = false;
    for (const sim::StudyCell& cell : study_.cells) {
      const bool chosen = filters.empty() || std::any_of(filters.begin(), filters.end(),
                                                         [&](const sim::CellFilter& filter) {
                                                           return sim::Matches(filter, cell.labels);
                                                         });
      chosen_.push_back(chosen);
      any = any || chosen;
    }
    return any ? ExitCode::kPass : Fail(ExitCode::kUsage, "--cell: every such cell is excluded");
  }

  void SetSeeds(const std::vector<SweepLine>& lines) {
    std::optional<sim::SeedRange> range;
    if (!arguments_.report_only) range = study_.seeds;
    if (arguments_.seed_range) range = {arguments_.first_seed, arguments_.last_seed};
    if (range) {
      for (uint64_t seed = range->first;; ++seed) {
        seeds_.push_back(seed);
        if (seed == range->last) break;
      }
    } else if (arguments_.report_only) {
      for (const SweepLine& line : lines) seeds_.push_back(line.seed);
      std::sort(seeds_.begin(), seeds_.end());
      seeds_.erase(std::unique(seeds_.begin(), seeds_.end()), seeds_.end());
    } else {
      seeds_.push_back(study_.cells.front().scenario.seed);
    }
  }

  ExitCode ReadLines() {
    struct stat status = {};
    if (stat(path_.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
      return Fail(ExitCode::kUsage, path_ + " is no regular file, which a sweep could go on with");
    }
    if (!arguments_.report_only && !writer_.Lock(path_)) {
      return Fail(ExitCode::kEnvironment,
                  "cannot write " + path_ + ", or another sweep does; --out names another file");
    }
    const bool there = stat(path_.c_str(), &status) == 0;
    if (there && arguments_.fresh && !MayBeSweepFile(path_)) {
      return Fail(ExitCode::kUsage,
                  path_ + " is no file of a sweep, --fresh lets it be; --out names another file");
    }
    SweepFile file;
    if (there && !arguments_.fresh) {
      const std::optional<std::string> text = ReadWholeFile(path_, kMaxSweepBytes);
      if (!text) return ExitCode::kEnvironment;
      std::string error;
      std::optional<SweepFile> read = ReadSweepText(*text, path_, &error);
      if (!read) return Fail(ExitCode::kUsage, error);
      file = *std::move(read);
    } else if (arguments_.report_only) {
      return Fail(ExitCode::kEnvironment, "cannot read " + path_);
    }
    keep_bytes_ = file.whole_bytes;
    WarnOfOtherBuilds(file.lines);
    SetSeeds(file.lines);
    cells_.assign(study_.cells.size(), SweepCell(seeds_.size(), rule_ ? &*rule_ : nullptr));
    return TakeLines(std::move(file.lines));
  }

  // Runs of other programs may have had other rules or costs, which no hash of a scenario shows.
  void WarnOfOtherBuilds(const std::vector<SweepLine>& lines) const {
    std::map<std::string, size_t> runs;
    for (const SweepLine& line : lines) ++runs[line.build];
    if (!arguments_.report_only) runs.try_emplace(BuildId(), 0);
    if (arguments_.quiet || runs.size() < 2) return;
    std::string text;
    for (const auto& [build, count] : runs) {
      if (count == 0) continue;
      text += (text.empty() ? "" : ", ") + sim::Plural(count, "run") + " of build " + build;
    }
    std::fprintf(stderr, "gossamer-sim: %s has %s%s\n", path_.c_str(), text.c_str(),
                 arguments_.report_only ? "" : (", this is " + BuildId()).c_str());
  }

  ExitCode TakeLines(std::vector<SweepLine> lines) {
    std::map<std::vector<std::pair<std::string, std::string>>, size_t> by_cell;
    for (size_t c = 0; c < study_.cells.size(); ++c) {
      std::vector<std::pair<std::string, std::string>> key;
      for (size_t a = 0; a < study_.axes.size(); ++a) {
        key.emplace_back(study_.axes[a].name, CellOf(c).labels[a]);
      }
      by_cell[std::move(key)] = c;
    }
    for (size_t i = 0; i < lines.size(); ++i) {
      const auto cell = by_cell.find(lines[i].cell);
      if (cell == by_cell.end() || lines[i].hash != hashes_[cell->second]) {
        return Fail(
            ExitCode::kUsage,
            path_ + ":" + std::to_string(i + 1) + ": a run of seed " +
                std::to_string(lines[i].seed) +
                (cell == by_cell.end() ? " of a cell that the study has not"
                                       : " of another scenario, other rules or another cpu") +
                "; --out names another file, --fresh starts this one anew");
      }
      const auto seed = std::lower_bound(seeds_.begin(), seeds_.end(), lines[i].seed);
      if (seed == seeds_.end() || *seed != lines[i].seed) continue;
      const auto index = static_cast<size_t>(seed - seeds_.begin());
      cells_[cell->second].MarkWritten(index);
      cells_[cell->second].Add(index, std::move(lines[i]));
    }
    return ExitCode::kPass;
  }

  ExitCode RunMissing() {
    if (!writer_.Open(path_, keep_bytes_)) {
      return Fail(ExitCode::kEnvironment, "cannot write " + path_);
    }
    std::vector<RunRequest> requests;
    int64_t total_us = 0;
    for (size_t s = 0; s < seeds_.size(); ++s) {
      for (size_t c = 0; c < cells_.size(); ++c) {
        if (!chosen_[c] || !cells_[c].Wanted(s)) continue;
        RunRequest& request = requests.emplace_back();
        request.scenario = &CellOf(c).scenario;
        request.options = OptionsFor(arguments_, *request.scenario, seeds_[s]);
        request.scenario_hash = hashes_[c];
        planned_.emplace_back(c, s);
        total_us += request.scenario->duration.us;
      }
    }
    Progress progress(arguments_.progress, arguments_.quiet, requests.size(), total_us);
    const std::vector<RunOutcome> outcomes =
        RunAll(requests, static_cast<size_t>(arguments_.jobs), &progress, this);
    for (SweepCell& cell : cells_) Write(cell.TakeRest());
    ExitCode code =
        broken_ ? Fail(ExitCode::kEnvironment, "cannot write " + path_) : ExitCode::kPass;
    for (const RunOutcome& outcome : outcomes) {
      // What ended has a line, and the lines say how.
      if (outcome.code == ExitCode::kFinding || outcome.code == ExitCode::kInconclusive) continue;
      code = Worse(code, outcome.code);
      if (!outcome.error.empty())
        std::fprintf(stderr, "gossamer-sim: a run failed: %s\n", outcome.error.c_str());
    }
    return code;
  }

  void Write(const std::vector<const SweepLine*>& lines) {
    for (const SweepLine* line : lines) broken_ = broken_ || !writer_.Add(*line);
  }

  ExitCode Report() const {
    std::vector<SweepRow> rows;
    ExitCode code = ExitCode::kPass;
    size_t runs = 0;
    for (size_t c = 0; c < cells_.size(); ++c) {
      if (!chosen_[c]) continue;
      const SweepRow& row = rows.emplace_back(SweepRow{CellOf(c).labels, cells_[c].Lines()});
      runs += row.lines.size();
      for (const SweepLine* line : row.lines) {
        if (line->verdict == "fail") code = Worse(code, ExitCode::kFinding);
        if (line->verdict == "inconclusive") code = Worse(code, ExitCode::kInconclusive);
      }
    }
    std::printf("%s: %s of %s, in %s\n\n%s", study_.name.c_str(), sim::Plural(runs, "run").c_str(),
                sim::Plural(rows.size(), "cell").c_str(), path_.c_str(),
                SweepTable(study_.axes, rows, figures_).c_str());
    const size_t missing = Missing();
    if (Interrupted() && missing > 0) {
      std::fprintf(stderr, "gossamer-sim: interrupted, %s%s missing; the same command goes on\n",
                   rule_ ? "at most " : "",
                   missing == 1 ? "one run is" : (std::to_string(missing) + " runs are").c_str());
    } else {
      TellOpenCells();
    }
    return code;
  }

  // With --until: how many cells are not known well enough.
  void TellOpenCells() const {
    if (!rule_) return;
    std::string open;
    size_t count = 0;
    for (size_t c = 0; c < cells_.size(); ++c) {
      if (!chosen_[c] || cells_[c].IsKnown()) continue;
      if (++count == 1) open = sim::CellText(study_.axes, CellOf(c).labels);
    }
    if (count == 0) return;
    std::printf("\n--until %s: not reached in %s%s; more runs are needed\n",
                arguments_.until.c_str(), sim::Plural(count, "cell").c_str(),
                open.empty() ? "" : (count == 1 ? ", " + open : ", first " + open).c_str());
  }

  // Planned runs that did not end.
  size_t Missing() const {
    return static_cast<size_t>(std::count_if(
        planned_.begin(), planned_.end(),
        [&](const auto& planned) { return cells_[planned.first].Wanted(planned.second); }));
  }

  const Arguments& arguments_;
  std::vector<SweepFigure> figures_;
  std::optional<UntilRule> rule_;
  sim::Study study_;
  std::vector<bool> chosen_;         // by cell
  std::vector<std::string> hashes_;  // by cell
  std::vector<uint64_t> seeds_;
  std::string path_;
  uint64_t keep_bytes_ = 0;
  std::vector<SweepCell> cells_;
  std::vector<std::pair<size_t, size_t>> planned_;  // by request: cell, seed
  SweepWriter writer_;
  bool broken_ = false;  // the file cannot be written any more
};

}  // namespace

ExitCode SweepCommand(const Arguments& arguments) { return Sweep(arguments).Run(); }

}  // namespace gossamer::tool
