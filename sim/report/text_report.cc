#include "sim/report/text_report.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/strings.h"
#include "sim/report/escape.h"
#include "sim/report/phases.h"
#include "sim/report/processor_load.h"
#include "sim/report/stage_text.h"
#include "sim/report/text_format.h"
#include "sim/scenario/schema_table.h"

namespace gossamer::sim {
namespace {

// Of more victims than this only the extremes are shown one by one.
constexpr size_t kVictimsShown = 12;
constexpr size_t kIncidentsShown = 20;

// One row per phase; where no phase has two samples, one column tells it all.
std::string DurationTable(const RunReport& report, const Paint& paint) {
  std::vector<std::pair<const Phase*, PhaseSamples>> rows;
  size_t most = 0;
  for (const Phase& phase : Phases()) {
    PhaseSamples samples = SamplesOf(phase, report.incidents);
    if (samples.expected == 0) continue;
    most = std::max(most, samples.expected);
    rows.emplace_back(&phase, std::move(samples));
  }
  std::vector<std::string> head = {
      "from the injection, seconds", "samples", "min", "p50", "p90", "p99", "max"};
  if (most == 1) head = {"from the injection", "seconds"};
  TextTable table(std::move(head));
  for (const auto& [phase, samples] : rows) {
    std::vector<std::string> row = {std::string(phase->label)};
    if (most > 1) {
      row.push_back(CountText(samples.values.size()));
      if (samples.values.size() < samples.expected) {
        absl::StrAppend(&row.back(), " of ", CountText(samples.expected));
      }
    }
    for (const uint32_t percent : {0, 50, 90, 99, 100}) {
      row.push_back(samples.values.empty() ? "-" : SecondsText(Quantile(samples.values, percent)));
      if (most == 1) break;
    }
    table.Add(std::move(row));
  }
  return absl::StrCat(paint(Tone::kTitle, "Detection and failover"), "\n", table.Render(2));
}

// "3 primaries, 5 replicas".
std::string VictimsText(const IncidentTimes& incident) {
  const size_t primaries = incident.primaries();
  const size_t replicas = incident.victims.size() - primaries;
  std::string text;
  if (primaries > 0) text = Plural(primaries, "primary");
  if (replicas > 0) absl::StrAppend(&text, text.empty() ? "" : ", ", Plural(replicas, "replica"));
  return text;
}

std::string IncidentTable(const RunReport& report, const Paint& paint) {
  TextTable table(
      {"incident", "victims", "at", "lost", "PFAIL", "FAIL", "all FAIL", "covered", "cluster ok"});
  table.Left(1);
  for (const IncidentTimes& incident : report.incidents) {
    if (table.rows() == kIncidentsShown) break;
    const auto since = [&](std::optional<Instant> at) {
      return at ? SecondsText(*at - incident.at) : std::string("-");
    };
    table.Add({absl::StrCat(incident.number, " ", ToAbsl(FaultName(incident.fault))),
               VictimsText(incident), SecondsText(incident.at - Instant{}),
               absl::StrCat(incident.lost_shards.size()), since(incident.FirstPfail()),
               since(incident.FirstFail()), since(incident.AllFail(2)),
               since(incident.SlotsCovered()), since(incident.ClusterOk())});
  }
  std::string out = absl::StrCat(paint(Tone::kTitle, "Incidents"), "\n", table.Render(2));
  for (const IncidentTimes& incident : report.incidents) {
    const size_t lost = incident.lost_shards.size();
    if (lost == 0) continue;
    const std::string text =
        absl::StrCat("incident ", incident.number, " took every node of ", Plural(lost, "shard"),
                     ": nobody serves their slots until a node of theirs is back");
    out += paint.First(Tone::kBad, "every node", Wrap(text, 2));
  }
  if (report.incidents.size() > kIncidentsShown) {
    absl::StrAppend(&out, "  and ", report.incidents.size() - kIncidentsShown, " more\n");
  }
  return out;
}

// The slowest first: what never happened, then by cover (primaries) or by FAIL.
bool Slower(const VictimTimes& a, const VictimTimes& b) {
  const auto rank = [](const VictimTimes& v) {
    const std::optional<Instant> at = v.was_primary ? v.covered : v.fail_known.back();
    return std::make_pair(v.was_primary ? 0 : 1, -(at ? at->us : INT64_MAX));
  };
  return std::make_pair(rank(a), a.node) < std::make_pair(rank(b), b.node);
}

void AddVictimRow(const IncidentTimes& incident, const VictimTimes& v, TextTable* table) {
  const auto since = [&](std::optional<Instant> at) {
    return at ? SecondsText(*at - incident.at) : std::string("-");
  };
  const std::string role = absl::StrCat(v.was_primary ? "primary" : "replica",
                                        v.has_survivor ? "" : " lost", v.returned ? " back" : "");
  std::vector<std::string> row = {absl::StrCat(v.node.value), role,
                                  absl::StrCat(v.shard),      since(v.first_pfail),
                                  since(v.first_fail),        since(v.fail_known.back())};
  if (v.was_primary) {
    row.insert(row.end(),
               {since(v.election), absl::StrCat(v.elections), since(v.promoted),
                v.winner == NodeIndex{} ? "-" : absl::StrCat(v.winner.value), since(v.covered)});
  }
  table->Add(std::move(row));
}

// The names of those nodes: "  names: 1 is a3a5545f 10.0.0.7:6379; ...".
std::string NamesText(const std::set<NodeIndex>& nodes, const NodeNames& names) {
  std::vector<std::string> items;
  for (const NodeIndex node : nodes) {
    if (names.Of(node.value).empty()) continue;
    items.push_back(absl::StrCat(node.value, " is ", ToAbsl(names.Of(node.value))));
  }
  return items.empty() ? std::string() : WrapItems("names:", items, ";", 2);
}

std::string VictimTable(const IncidentTimes& incident, const NodeNames& names, const Paint& paint) {
  std::vector<VictimTimes> victims = incident.victims;
  std::sort(victims.begin(), victims.end(), Slower);
  const bool all = victims.size() <= kVictimsShown;
  TextTable table({"node", "role", "shard", "PFAIL", "FAIL", "all FAIL", "elect", "tries", "won",
                   "by node", "covered"});
  table.Left(1);
  const size_t primaries = incident.primaries();
  std::set<NodeIndex> shown;
  for (size_t i = 0; i < victims.size(); ++i) {
    // The slowest four and the fastest two primaries stand for the rest.
    const bool extreme = i < 4 || (i + 2 >= primaries && i < primaries);
    if (!all && !extreme) continue;
    AddVictimRow(incident, victims[i], &table);
    shown.insert({victims[i].node, victims[i].winner});
  }
  return absl::StrCat(paint(Tone::kTitle, absl::StrCat("Victims of incident ", incident.number)),
                      ": ", ToAbsl(Clip(incident.text, 50)), all ? "" : " (slowest and fastest)",
                      "\n", table.Render(2), NamesText(shown, names));
}

// Actions, and faults that took nobody away; the others are incidents with times of their own.
std::string StepsText(const RunReport& report, const Paint& paint) {
  std::string out;
  size_t shown = 0;
  for (const TimelineStep& step : report.steps) {
    const bool incident =
        std::any_of(report.incidents.begin(), report.incidents.end(),
                    [&](const IncidentTimes& i) { return i.at == step.at && i.text == step.text; });
    if ((incident && step.refusals.empty()) || ++shown > kIncidentsShown) continue;
    out += Wrap(absl::StrCat(SecondsText(step.at - Instant{}), " s  ", step.text, ": ",
                             Plural(step.nodes.size(), "node")),
                2);
    if (step.nodes.size() <= kVictimsShown) {
      out += NamesText({step.nodes.begin(), step.nodes.end()}, report.names);
    }
    for (size_t i = 0; i < step.refusals.size() && i < 3; ++i) {
      out += paint.First(Tone::kDoubt, "refused by", Wrap("refused by " + step.refusals[i], 4));
    }
  }
  if (out.empty()) return out;
  if (shown > kIncidentsShown) absl::StrAppend(&out, "  and ", shown - kIncidentsShown, " more\n");
  return paint(Tone::kTitle, "Other steps") + "\n" + out + "\n";
}

std::string RefusalsText(const ElectionTotals& elections) {
  std::string text;
  for (size_t i = 0; i < elections.votes_refused.size(); ++i) {
    if (elections.votes_refused[i] == 0) continue;
    absl::StrAppend(&text, text.empty() ? " (" : ", ", CountText(elections.votes_refused[i]), " ",
                    ToAbsl(VoteRefusalName(static_cast<VoteRefusal>(i))));
  }
  return text.empty() ? text : text + ")";
}

// How long a won election waited for its votes.
std::string VotesText(const ElectionTotals& elections) {
  const std::optional<int64_t> median_us = elections.VotesUs(500);
  if (!median_us) return "";
  return absl::StrCat(" in ", ThousandthsText(static_cast<uint64_t>(*median_us)),
                      " (median; at most ",
                      ThousandthsText(static_cast<uint64_t>(*elections.VotesUs(1000))), ")");
}

std::string OutcomeText(const RunReport& report, const Paint& paint) {
  const ElectionTotals& e = report.elections;
  uint64_t refused = 0;
  for (const uint64_t count : e.votes_refused) refused += count;
  std::string out =
      Wrap(absl::StrCat("Elections: ", CountText(e.started), " started, ", CountText(e.won), " won",
                        VotesText(e), ", ", CountText(e.lost()), " lost, ", CountText(e.retried),
                        " retried; votes: ", CountText(e.votes_granted), " granted, ",
                        CountText(refused), " refused", RefusalsText(e)),
           0);
  absl::StrAppend(&out,
                  "Slots without a server: ", CountText(report.unavailability.survivors / 1000000),
                  " slot-seconds");
  if (report.unavailability.lost > 0) {
    absl::StrAppend(&out, ", and ", CountText(report.unavailability.lost / 1000000),
                    " of shards lost as a whole");
  }
  absl::StrAppend(&out, "\nFalse FAILs: ", CountText(report.false_fails),
                  ", false PFAILs: ", CountText(report.false_pfails), "\n");
  for (const IncidentTimes& incident : report.incidents) {
    if (incident.observers > 0) continue;
    absl::StrAppend(&out, "Incident ", incident.number,
                    " hit every live node: nobody is left to see its phases and its costs\n");
  }
  for (const IncidentTimes& incident : report.incidents) {
    const std::string quorum = QuorumText(incident);
    if (quorum.empty()) continue;
    const std::string text = absl::StrCat(
        "No quorum after incident ", incident.number, ": ", quorum, " are left (", incident.voters,
        " are counted), so no node can be marked FAIL and no vote won");
    out += paint.First(Tone::kDoubt, "No quorum", Wrap(text, 0));
  }
  return out;
}

std::string TrafficTable(const RunReport& report, const Paint& paint) {
  const TrafficTotals& traffic = report.result.traffic;
  const uint64_t seconds = std::max<uint64_t>(report.virtual_us() / 1000000, 1);
  const uint64_t nodes = static_cast<uint64_t>(report.scenario.node_count());
  TextTable table({"Traffic", "messages", "bytes", "gossip entries", "messages/s per node"});
  std::array<uint64_t, 3> total{};
  const auto row = [&](std::string name, uint64_t messages, uint64_t bytes, uint64_t entries) {
    const uint64_t tenths = messages * 10 / seconds / std::max<uint64_t>(nodes, 1);
    table.Add({std::move(name), CountText(messages), BytesText(bytes), CountText(entries),
               absl::StrFormat("%d.%d", tenths / 10, tenths % 10)});
  };
  for (size_t i = 0; i <= kMessageTypes; ++i) {
    total[0] += traffic.messages[i];
    total[1] += traffic.bytes[i];
    total[2] += traffic.entries[i];
    if (traffic.messages[i] == 0) continue;
    const MessageType type = static_cast<MessageType>(i);
    row(i == kMessageTypes ? "unknown" : std::string(MessageTypeName(type)), traffic.messages[i],
        traffic.bytes[i], traffic.entries[i]);
  }
  row("all", total[0], total[1], total[2]);
  return paint.First(Tone::kTitle, "Traffic", table.Render(0));
}

std::string MemoryLine(const RunReport& report) {
  const MemoryByKind& m = report.result.memory;
  const std::pair<const char*, uint64_t> kinds[] = {{"peer tables", m.peer_tables},
                                                    {"failure reports", m.failure_reports},
                                                    {"slot maps", m.slot_maps},
                                                    {"connections", m.connections},
                                                    {"messages", m.messages},
                                                    {"shared facts", m.shared_facts},
                                                    {"names", m.names},
                                                    {"events", m.events}};
  std::vector<std::string> items;
  for (const auto& [name, bytes] : kinds) {
    if (bytes > 0) items.push_back(absl::StrCat(name, " ", MemoryText(bytes)));
  }
  if (report.environment.peak_rss_bytes > 0) {
    items.push_back("process " + MemoryText(report.environment.peak_rss_bytes));
  }
  return WrapItems("Peak memory:", items, ",", 0);
}

std::string ProcessorParagraph(const RunReport& report, const Paint& paint) {
  const std::string text = ProcessorText(report);
  return text.empty() ? text : paint.First(Tone::kTitle, "Processors:", text) + "\n";
}

std::string RunLine(const RunReport& report) {
  const uint64_t wall_us = std::max<uint64_t>(report.environment.wall_us, 1);
  const uint64_t tenths = report.virtual_us() * 10 / wall_us;
  return absl::StrFormat("Run: %s virtual s in %s s, %d.%d times real time, %s events\n",
                         SecondsText(Micros(static_cast<int64_t>(report.virtual_us()))),
                         SecondsText(Micros(static_cast<int64_t>(wall_us))), tenths / 10,
                         tenths % 10, CountText(report.result.traffic.events));
}

std::string VerdictText(const RunReport& report, const Paint& paint) {
  std::string out = absl::StrCat(paint(Tone::kTitle, "Verdict:"), " ",
                                 paint(ToneOf(report.verdict), VerdictName(report.verdict)), "\n");
  for (const std::string& reason : report.reasons) out += Wrap("- " + reason, 2);
  if (report.verdict != Verdict::kPass) {
    absl::StrAppend(&out, paint(Tone::kTitle, "To reproduce:"), "\n  ", ReproduceCommand(report),
                    "\n");
  }
  return out;
}

std::string ViolationsText(const RunReport& report, const Paint& paint) {
  if (report.violation_count == 0) return {};
  std::string out =
      absl::StrCat(paint(Tone::kBad, "Violations:"), " ", CountText(report.violation_count), "\n");
  for (const Violation& violation : report.violations) {
    out += Wrap(
        absl::StrCat(SecondsText(violation.at), " s  ", violation.invariant, ": ", violation.text),
        2);
  }
  return out;
}

// "gossamer-sim WORD FILE" with the options that make the same run.
std::string CommandOf(std::string_view word, const RunReport& report) {
  std::string command = absl::StrCat("gossamer-sim ", ToAbsl(word), " ",
                                     ShellWord(report.scenario.file), " --seed ", report.seed);
  if (!report.scenario.cell.empty()) {
    absl::StrAppend(&command, " --cell ", ShellWord(report.scenario.cell));
  }
  if (report.rules != report.scenario.rules) absl::StrAppend(&command, " --rules ", report.rules);
  // The scenario's own come first.
  for (size_t i = report.scenario.bugs.size(); i < report.bugs.size(); ++i) {
    absl::StrAppend(&command, i == report.scenario.bugs.size() ? " --bugs " : ",",
                    ToAbsl(InfoOf(report.bugs[i]).name));
  }
  if (report.cpu.preset != report.scenario.cpu.preset) {
    absl::StrAppend(&command, " --cpu ", report.cpu.preset);
  }
  return command;
}

}  // namespace

Tone ToneOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return Tone::kGood;
    case Verdict::kFail:
      return Tone::kBad;
    case Verdict::kInconclusive:
      break;
  }
  return Tone::kDoubt;
}

std::string ExplainCommand(const RunReport& report, NodeIndex node) {
  std::string command = absl::StrCat(CommandOf("explain", report), " --node ", node.value);
  if (report.result.end == RunEnd::kDuration) return command;
  return absl::StrCat(command, " --at ", (report.result.ended_at - Instant{}).us, "us");
}

std::string ReproduceCommand(const RunReport& report) {
  std::string command = CommandOf("run", report);
  if (report.transport != Transport::kTyped) {
    absl::StrAppend(&command, " --transport ", ToAbsl(TransportName(report.transport)));
  }
  if (report.result.end == RunEnd::kStopAt) {
    absl::StrAppend(&command, " --stop-at ", (report.result.ended_at - Instant{}).us, "us");
  } else if (report.result.end == RunEnd::kMaxEvents) {
    absl::StrAppend(&command, " --max-events ", report.result.traffic.events);
  }
  return command;
}

namespace {

// " of 3", where all shards are alike.
std::string ShardSize(const Scenario& s) {
  if (s.shards * (1 + s.replicas_per_shard) != s.node_count()) return "";
  return absl::StrCat(" of ", s.replicas_per_shard + 1);
}

std::string ExpectationsText(const RunReport& report, const Paint& paint) {
  std::string out = paint(Tone::kTitle, "Expectations") + "\n";
  for (const ExpectationResult& result : report.expectations) {
    const std::string_view verdict = VerdictName(result.verdict);
    const std::string line = absl::StrCat(
        ToAbsl(verdict), "  ", report.scenario.expect[result.index].text, ": ", result.reason);
    out += paint.First(ToneOf(result.verdict), verdict, Wrap(line, 2));
  }
  return out;
}

}  // namespace

std::string ScenarioText(const RunReport& report, const Paint& paint) {
  const Scenario& s = report.scenario;
  std::string out = absl::StrCat(paint(Tone::kTitle, s.name), "\n");
  if (!s.about.empty()) out += Wrap(s.about, 2);
  return out +
         Wrap(absl::StrCat(CountText(static_cast<uint64_t>(s.node_count())), " nodes (",
                           Plural(static_cast<uint64_t>(s.shards), "shard"), ToAbsl(ShardSize(s)),
                           "), node timeout ", SecondsText(report.node_timeout), " s, rules ",
                           RulesText(report), ", cpu ", CpuText(report.cpu), ", transport ",
                           ToAbsl(TransportName(report.transport))),
              2);
}

std::string TextReport(const RunReport& report, const Paint& paint) {
  std::string out = ScenarioText(report, paint) + "\n";
  if (!report.incidents.empty()) {
    out += StageBars(report.incidents, paint) + "\n" + DurationTable(report, paint) + "\n" +
           IncidentTable(report, paint) + "\n";
    const size_t shown = std::min<size_t>(report.incidents.size(), 3);
    for (size_t i = 0; i < shown; ++i) {
      out += VictimTable(report.incidents[i], report.names, paint) + "\n";
    }
  }
  return out + StepsText(report, paint) + OutcomeText(report, paint) + "\n" +
         TrafficTable(report, paint) + "\n" + ProcessorParagraph(report, paint) +
         MemoryLine(report) + RunLine(report) + "Digest: " + DigestText(report.result.digest) +
         "\n\n" + ViolationsText(report, paint) + ExpectationsText(report, paint) +
         VerdictText(report, paint);
}

}  // namespace gossamer::sim
