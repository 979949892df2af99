#include "sim/report/html_report.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/strings.h"
#include "sim/report/escape.h"
#include "sim/report/html_charts.h"
#include "sim/report/html_plots.h"
#include "sim/report/html_script.h"
#include "sim/report/html_style.h"
#include "sim/report/phases.h"
#include "sim/report/processor_load.h"
#include "sim/report/seeds_report.h"
#include "sim/report/text_format.h"
#include "sim/report/text_report.h"
#include "sim/scenario/schema_table.h"

namespace gossamer::sim {
namespace {

constexpr size_t kIncidentsShown = 50;
constexpr size_t kFailuresShown = 20;

// ---- Parts of a page ----

std::string Paragraph(std::string_view text, std::string_view css = "") {
  return absl::StrCat("<p", css.empty() ? "" : " class=\"", ToAbsl(css), css.empty() ? "" : "\"",
                      ">", XmlEscape(text), "</p>\n");
}

std::string Command(std::string_view command) {
  return absl::StrCat("<pre tabindex=\"0\"><code>", XmlEscape(command), "</code></pre>\n");
}

class Table {
 public:
  // `css`: "words" for columns of text, else they are numbers.
  explicit Table(const std::vector<std::string>& head, std::string_view css = "") {
    out_ = absl::StrCat("<div class=\"wide\"><table class=\"", ToAbsl(css), "\">\n<thead><tr>");
    for (const std::string& cell : head) {
      absl::StrAppend(&out_, "<th scope=\"col\">", XmlEscape(cell), "</th>");
    }
    out_ += "</tr></thead>\n<tbody>\n";
  }
  void Add(const std::vector<std::string>& row) {
    out_ += "<tr>";
    for (const std::string& cell : row) {
      absl::StrAppend(&out_, "<td", cell == "fail" ? " class=\"fail\"" : "", ">", XmlEscape(cell),
                      "</td>");
    }
    out_ += "</tr>\n";
  }
  std::string Take() { return std::move(out_) + "</tbody></table></div>\n"; }

 private:
  std::string out_;
};

// A section that is left out when it has nothing to say.
std::string Section(const std::string& id, const char* name, const char* title,
                    const std::string& content) {
  if (content.empty()) return {};
  return absl::StrCat("<section id=\"", id, "-", name, "\">\n<h3>", title, "</h3>\n", content,
                      "</section>\n");
}

class Cards {
 public:
  void Add(std::string_view value, std::string_view label, std::string_view css = "") {
    absl::StrAppend(&out_, "<li><b", css.empty() ? "" : " class=\"", ToAbsl(css),
                    css.empty() ? "" : "\"", ">", XmlEscape(value), "</b><span>", XmlEscape(label),
                    "</span></li>\n");
  }
  std::string Take() { return absl::StrCat("<ul class=\"cards\">\n", out_, "</ul>\n"); }

 private:
  std::string out_;
};

// ---- Contents ----

std::string SecondsCard(std::optional<Duration> length) {
  return length ? SecondsText(*length) + " s" : std::string("never");
}

std::string MessagesPerNode(const RunReport& run) {
  uint64_t messages = 0;
  for (const uint64_t count : run.result.traffic.messages) messages += count;
  const uint64_t seconds = std::max<uint64_t>(run.virtual_us() / 1000000, 1);
  const uint64_t nodes = std::max<uint64_t>(static_cast<uint64_t>(run.scenario.node_count()), 1);
  const uint64_t tenths = messages * 10 / seconds / nodes;
  return absl::StrCat(CountText(tenths / 10), ".", tenths % 10);
}

// The longest of a phase over the incidents; null when one of them lacks it.
std::optional<Duration> Longest(const RunReport& run, std::string_view key) {
  std::optional<Duration> longest;
  for (const Phase& phase : Phases()) {
    if (phase.key != key) continue;
    for (const IncidentTimes& incident : run.incidents) {
      const std::optional<Duration> value = phase.of_incident(incident);
      if (!value) return std::nullopt;
      longest = std::max(longest.value_or(*value), *value);
    }
  }
  return longest;
}

std::string OneRunCards(const RunReport& run) {
  Cards cards;
  cards.Add(VerdictName(run.verdict), "verdict", VerdictName(run.verdict));
  if (!run.incidents.empty()) {
    cards.Add(SecondsCard(Longest(run, "first_fail")), "injection to the first FAIL");
    cards.Add(SecondsCard(Longest(run, "slots_covered")), "to all slots covered");
    cards.Add(SecondsCard(Longest(run, "cluster_ok")), "to cluster ok on 100 %");
  }
  cards.Add(CountText(run.unavailability.survivors / 1000000), "slot-seconds without a server");
  if (run.unavailability.lost > 0) {
    cards.Add(CountText(run.unavailability.lost / 1000000), "slot-seconds of lost shards");
  }
  cards.Add(absl::StrCat(CountText(run.elections.won), " of ", CountText(run.elections.started)),
            "elections won");
  cards.Add(CountText(run.false_fails), "false FAILs", run.false_fails > 0 ? "fail" : "");
  cards.Add(CountText(run.violation_count), "violations", run.violation_count > 0 ? "fail" : "");
  cards.Add(MessagesPerNode(run), "bus messages per second and node");
  return cards.Take();
}

// The phase `key` of that incident in which some seed took longest; null when it never happened.
const SeedPhase* WorstPhase(const SeedsReport& summary, std::string_view key) {
  const SeedPhase* worst = nullptr;
  for (const SeedPhase& phase : summary.phases) {
    if (phase.key != key || phase.values.empty()) continue;
    if (worst == nullptr || phase.values.back() > worst->values.back()) worst = &phase;
  }
  return worst;
}

std::string SeedsCards(std::span<const RunReport> runs, const SeedsReport& summary) {
  Cards cards;
  cards.Add(VerdictName(summary.verdict), "verdict", VerdictName(summary.verdict));
  const size_t passed = runs.size() - summary.failed.size() - summary.inconclusive.size();
  cards.Add(absl::StrCat(passed, " of ", runs.size()), "seeds passed");
  for (const std::string_view key : {"first_fail", "slots_covered", "cluster_ok"}) {
    const SeedPhase* const phase = WorstPhase(summary, key);
    if (phase == nullptr) continue;
    // With several incidents the one that took longest speaks for all.
    const std::string of =
        runs.front().incidents.size() < 2 ? "" : absl::StrCat(" (incident ", phase->incident, ")");
    cards.Add(SecondsText(Quantile(phase->values, 50)) + " s",
              absl::StrCat(ToAbsl(phase->label), of, ", median seed"));
    cards.Add(SecondsText(phase->values.back()) + " s",
              absl::StrCat(ToAbsl(phase->label), of, ", slowest seed (", phase->max_seed, ")"));
  }
  return cards.Take();
}

std::string IncidentTable(const RunReport& run) {
  if (run.incidents.empty()) return {};
  Table table({"incident", "at", "victims", "primaries", "shards lost", "first PFAIL", "first FAIL",
               "FAIL known to all", "covered", "cluster ok"});
  for (size_t i = 0; i < run.incidents.size() && i < kIncidentsShown; ++i) {
    const IncidentTimes& incident = run.incidents[i];
    const auto since = [&](std::optional<Instant> at) {
      return at ? SecondsText(*at - incident.at) : std::string("-");
    };
    table.Add({absl::StrCat(incident.number, ": ", incident.text),
               SecondsText(incident.at - Instant{}), CountText(incident.victims.size()),
               CountText(incident.primaries()), CountText(incident.lost_shards.size()),
               since(incident.FirstPfail()), since(incident.FirstFail()),
               since(incident.AllFail(2)), since(incident.SlotsCovered()),
               since(incident.ClusterOk())});
  }
  std::string out = table.Take();
  if (run.incidents.size() > kIncidentsShown) {
    out += Paragraph(absl::StrCat("and ", run.incidents.size() - kIncidentsShown, " more"));
  }
  for (const IncidentTimes& incident : run.incidents) {
    const std::string quorum = QuorumText(incident);
    if (quorum.empty()) continue;
    out += Paragraph(absl::StrCat("No quorum after incident ", incident.number, ": ", quorum,
                                  " are left, so no node can be marked FAIL and no vote won."));
  }
  return out;
}

std::string StepsTable(const RunReport& run) {
  if (run.steps.empty()) return {};
  Table table({"at, s", "what", "nodes", "refused"}, "words");
  for (size_t i = 0; i < run.steps.size() && i < kIncidentsShown; ++i) {
    const TimelineStep& step = run.steps[i];
    table.Add({SecondsText(step.at - Instant{}), step.text, CountText(step.nodes.size()),
               step.refusals.empty() ? std::string() : step.refusals.front()});
  }
  std::string out = table.Take();
  if (run.steps.size() > kIncidentsShown) {
    out += Paragraph(absl::StrCat("and ", run.steps.size() - kIncidentsShown, " more"));
  }
  return out;
}

std::string ElectionsTable(const RunReport& run) {
  const ElectionTotals& e = run.elections;
  if (e.started == 0 && e.takeovers == 0) return {};
  Table table({"elections", "count"});
  const std::pair<const char*, uint64_t> rows[] = {{"started", e.started},
                                                   {"won", e.won},
                                                   {"lost", e.lost()},
                                                   {"expired", e.expired},
                                                   {"retried", e.retried},
                                                   {"started by an operator", e.manual},
                                                   {"takeovers without votes", e.takeovers},
                                                   {"votes granted", e.votes_granted}};
  for (const auto& [name, count] : rows) table.Add({name, CountText(count)});
  for (size_t i = 0; i < e.votes_refused.size(); ++i) {
    if (e.votes_refused[i] == 0) continue;
    table.Add(
        {absl::StrCat("votes refused: ", ToAbsl(VoteRefusalName(static_cast<VoteRefusal>(i)))),
         CountText(e.votes_refused[i])});
  }
  return table.Take();
}

std::string TrafficTable(const RunReport& run) {
  const TrafficTotals& traffic = run.result.traffic;
  Table table({"type", "messages", "bytes", "gossip entries"});
  for (size_t i = 0; i <= kMessageTypes; ++i) {
    if (traffic.messages[i] == 0) continue;
    table.Add({i == kMessageTypes ? std::string("unknown")
                                  : std::string(MessageTypeName(static_cast<MessageType>(i))),
               CountText(traffic.messages[i]), BytesText(traffic.bytes[i]),
               CountText(traffic.entries[i])});
  }
  return absl::StrCat("<details><summary>Totals by type</summary>\n", table.Take(), "</details>\n");
}

std::string ExpectationsTable(std::span<const RunReport> runs) {
  Table table({"seed", "expectation", "verdict", "measured"}, "words");
  size_t rows = 0;
  size_t left_out = 0;
  for (const RunReport& run : runs) {
    for (const ExpectationResult& result : run.expectations) {
      // Of many seeds only what did not pass is worth a row.
      if (runs.size() > 1 && result.verdict == Verdict::kPass) continue;
      if (runs.size() > 1 && rows >= kFailuresShown) {
        ++left_out;
        continue;
      }
      ++rows;
      table.Add({absl::StrCat(run.seed), run.scenario.expect[result.index].text,
                 std::string(VerdictName(result.verdict)), result.reason});
    }
  }
  if (rows == 0) return Paragraph(runs.size() > 1 ? "Met by every seed." : "None.");
  std::string out = table.Take();
  if (left_out > 0) out += Paragraph(absl::StrCat("and ", left_out, " more"));
  return out;
}

std::string ViolationsTable(std::span<const RunReport> runs) {
  Table table({"seed", "invariant", "at, s", "what"}, "words");
  size_t rows = 0;
  for (const RunReport& run : runs) {
    for (const Violation& v : run.violations) {
      if (++rows <= kFailuresShown) {
        table.Add({absl::StrCat(run.seed), v.invariant, SecondsText(v.at), v.text});
      }
    }
  }
  return rows == 0 ? std::string() : table.Take();
}

std::string Reasons(const RunReport& run) {
  if (run.reasons.empty()) return {};
  std::string out = "<ul>\n";
  for (size_t i = 0; i < run.reasons.size() && i < kFailuresShown; ++i) {
    absl::StrAppend(&out, "<li>", XmlEscape(run.reasons[i]), "</li>\n");
  }
  return out + "</ul>\n";
}

std::string CpuSection(const std::string& id, const RunReport& run) {
  const std::string figure = CpuFigure(id, run);
  if (!figure.empty()) {
    return Paragraph(ProcessorLine(run) + ".") + CpuOverTimeFigure(id, run) + figure;
  }
  return Paragraph(
      absl::StrCat("CPU model: ", CpuText(run.cpu),
                   ". Nothing that a node does takes time; --cpu redis-7 measures it."));
}

// The run that stands for all of them.
const RunReport& Chosen(std::span<const RunReport> runs) {
  for (const RunReport& run : runs) {
    if (run.verdict != Verdict::kPass) return run;
  }
  return runs.front();
}

std::string Head(const std::string& id, std::span<const RunReport> runs, const RunReport& chosen) {
  const Scenario& s = chosen.scenario;
  std::string out = absl::StrCat("<h2 id=\"", id, "\">", XmlEscape(s.name), "</h2>\n");
  if (!s.about.empty()) out += Paragraph(s.about);
  std::string facts = absl::StrCat(
      CountText(static_cast<uint64_t>(s.node_count())), " nodes in ",
      Plural(static_cast<uint64_t>(s.shards), "shard"), " of ", s.replicas_per_shard + 1,
      ", node timeout ", SecondsText(chosen.node_timeout), " s, rules ", RulesText(chosen),
      ", cpu ", CpuText(chosen.cpu), ", transport ", ToAbsl(TransportName(chosen.transport)), ", ",
      SecondsText(Micros(static_cast<int64_t>(chosen.virtual_us()))), " virtual seconds");
  out += Paragraph(facts, "soft");
  const SeedsReport summary = SummarizeSeeds(runs);
  out += runs.size() == 1 ? OneRunCards(chosen) : SeedsCards(runs, summary);
  out += Reasons(chosen);
  if (runs.size() > 1) {
    out += Paragraph(absl::StrCat(runs.size(), " seeds, ", runs.front().seed, " to ",
                                  runs.back().seed, "; what is of one run below is seed ",
                                  chosen.seed, ", ", ToAbsl(VerdictName(chosen.verdict)), "."));
  }
  out += Paragraph(runs.size() == 1 ? "To repeat this run:" : "To repeat that run:") +
         Command(ReproduceCommand(chosen));
  return out +
         Paragraph(absl::StrCat("Digest ", DigestText(chosen.result.digest), ", scenario file ",
                                chosen.scenario.file, " (", chosen.environment.scenario_hash, ")"),
                   "soft");
}

std::string FilePart(const std::string& id, std::span<const RunReport> runs) {
  const RunReport& chosen = Chosen(runs);
  std::string out = absl::StrCat("<article aria-labelledby=\"", id, "\">\n");
  out += Head(id, runs, chosen);
  out += Section(id, "phases", "Phases", StageFigure(id, runs));
  out += Section(id, "distributions", "Distributions", DistributionFigures(id, runs));
  out += Section(id, "incidents", "Incidents", IncidentTable(chosen));
  out += Section(id, "shards", "Shards", ShardFigures(id, chosen));
  out += Section(id, "views", "What the nodes saw", ViewFigures(id, chosen));
  const std::string traffic = TrafficFigures(id, chosen);
  out += Section(id, "traffic", "Bus traffic",
                 traffic.empty() ? std::string() : traffic + TrafficTable(chosen));
  out += Section(id, "cpu", "CPU", CpuSection(id, chosen));
  out += Section(id, "elections", "Elections", ElectionsTable(chosen));
  out += Section(id, "expectations", "Expectations", ExpectationsTable(runs));
  out += Section(id, "violations", "Violations", ViolationsTable(runs));
  out += Section(id, "timeline", "Faults and actions", StepsTable(chosen));
  return out + "</article>\n";
}

std::string Navigation(const std::vector<std::pair<std::string, const RunReport*>>& parts) {
  std::string out = "<nav aria-label=\"Contents\"><ul>\n";
  const auto link = [&](const std::string& target, std::string_view text) {
    absl::StrAppend(&out, "<li><a href=\"#", target, "\">", XmlEscape(text), "</a></li>\n");
  };
  for (const auto& [id, run] : parts) {
    if (parts.size() > 1) {
      link(id, absl::StrCat(run->scenario.name, ": ", ToAbsl(VerdictName(run->verdict))));
      continue;
    }
    if (!run->incidents.empty()) {
      link(id + "-phases", "Phases");
      link(id + "-distributions", "Distributions");
      link(id + "-incidents", "Incidents");
      link(id + "-shards", "Shards");
    }
    if (!run->load.traffic.empty()) link(id + "-traffic", "Bus traffic");
    link(id + "-cpu", "CPU");
    link(id + "-expectations", "Expectations");
  }
  return out + "</ul></nav>\n";
}

// What the reader's browser may do: run our two scripts and nothing else that claims to be one.
std::string SecurityPolicy() {
  return absl::StrCat(
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
      "style-src 'unsafe-inline'; script-src '",
      ToAbsl(kUplotScriptSha256), "' '", ToAbsl(kPageScriptSha256), "'\"/>\n");
}

std::string Scripts() {
  return absl::StrCat("<script>", ToAbsl(kUplotScript), "</script>\n<script>", ToAbsl(kPageScript),
                      "</script>\n");
}

}  // namespace

std::string HtmlReport(std::span<const RunReport> runs) {
  std::vector<std::pair<std::string, const RunReport*>> parts;
  std::string content;
  std::string version;
  if (!runs.empty()) {
    version =
        absl::StrCat(runs.front().environment.version, " (", runs.front().environment.build, ")");
  }
  while (!runs.empty()) {
    const std::span<const RunReport> of_file = TakeFile(&runs);
    parts.emplace_back(absl::StrCat("s", parts.size()), &Chosen(of_file));
    content += FilePart(parts.back().first, of_file);
  }
  const std::string title = parts.size() == 1
                                ? absl::StrCat("Gossamer: ", parts.front().second->scenario.name)
                                : absl::StrCat("Gossamer: ", Plural(parts.size(), "scenario"));
  return absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n",
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n",
      SecurityPolicy(), "<link rel=\"icon\" href=\"data:,\"/>\n<title>", XmlEscape(title),
      "</title>\n<!-- The line charts are drawn by uPlot, https://github.com/leeoniya/uPlot.\n\n",
      ToAbsl(kUplotLicence), "\n-->\n<style>", ToAbsl(kUplotStyle), ToAbsl(kHtmlStyle),
      "</style>\n</head>\n<body>\n<header>\n<h1>", XmlEscape(title), "</h1>\n", Navigation(parts),
      "</header>\n<main>\n", content, "</main>\n<footer>gossamer-sim ", XmlEscape(version),
      ". All times are virtual; what every figure means: sim/report/README.md.</footer>\n",
      Scripts(), "</body>\n</html>\n");
}

}  // namespace gossamer::sim
