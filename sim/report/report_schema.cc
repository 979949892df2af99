#include "sim/report/report_schema.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cluster/event.h"
#include "nlohmann/json.hpp"
#include "sim/report/json_report.h"
#include "sim/report/phases.h"
#include "sim/report/schema_fields.h"
#include "sim/scenario/expectations.h"
#include "sim/scenario/schema_table.h"

namespace gossamer::sim {
namespace {

using Json = nlohmann::ordered_json;

using enum Form;

constexpr Field kVictim[] = {
    {"node", kCount, "index of the node"},
    {"name", kText, "what its operator calls it; empty without a layout"},
    {"shard", kTime, "its shard at the start"},
    {"shard_survives", kFlag, "its shard has a live node left"},
    {"slots", kCount, "slots it owned"},
    {"first_pfail_us", kTimeOrNull, "the first observer suspects it"},
    {"first_fail_us", kTimeOrNull, "the first observer marks it FAIL"},
    {"first_fail_by", kCountOrNull, "that observer"},
    {"quorum_markers", kCount, "nodes that found the quorum of reports themselves"},
    {"returned_us", kTimeOrNull, "it was back"},
};

// Of victims that were primaries.
constexpr Field kPrimaryVictim[] = {
    {"election_us", kTimeOrNull, "a replica of it asked for votes, the first time"},
    {"elections", kCount, "elections started for it"},
    {"promoted_us", kTimeOrNull, "a replica of it became primary"},
    {"promoted", kCountOrNull, "that replica"},
    {"votes", kCount, "votes that it received"},
    {"slots_covered_us", kTimeOrNull, "its slots were served again"},
};

constexpr Field kIncident[] = {
    {"injected_us", kTime, "since the start of the run"},
    {"fault", kText, "the fault"},
    {"first_pfail_us", kTimeOrNull, "earliest over its victims"},
    {"first_fail_us", kTimeOrNull, "earliest over its victims"},
    {"all_fail_us", kTimeOrNull, "every observer marks every victim FAIL"},
    {"slots_covered_us", kTimeOrNull, "the victims' slots are served again; 0 if none needs it"},
    {"cluster_ok_us", kTimeOrNull, "every observer says cluster_state:ok"},
    {"number", kCount, "position in the timeline, from 0"},
    {"text", kText, "the fault and its target in words"},
    {"ended_us", kTimeOrNull, "the fault was undone"},
    {"primaries", kCount, "victims that were primaries"},
    {"observers", kCount, "live nodes that are not its victims"},
    {"voting_primaries", kCount, "primaries with slots before it"},
    {"voting_primaries_left", kCount, "those that are left"},
    {"quorum", kCount, "votes that a FAIL or an election needs"},
    {"state_failed_us", kTimeOrNull, "the first observer says cluster_state:fail"},
};

constexpr Field kStep[] = {
    {"at_us", kTime, "since the start of the run"},
    {"what", kText, "the fault or action"},
    {"text", kText, "with its target, in words"},
};

constexpr Field kElections[] = {
    {"scheduled", kCount, "a replica fixed when to ask for votes"},
    {"started", kCount, "a replica asked for votes"},
    {"manual", kCount, "those of manual failovers"},
    {"won", kCount, "a replica had the votes of a quorum"},
    {"lost", kCount, "started and not won"},
    {"retried", kCount, "a node's starts for one primary beyond its first"},
    {"expired", kCount, "ran out of time"},
    {"restarted", kCount, "given up for a newer epoch"},
    {"takeovers", kCount, "promotions without votes"},
    {"votes_granted", kCount, "votes granted"},
};

constexpr Field kVotes[] = {
    {"median_us", kTimeOrNull, "half of the won elections took no longer"},
    {"p99_us", kTimeOrNull, "99 of 100"},
    {"max_us", kTimeOrNull, "the longest"},
};

constexpr Field kMemory[] = {
    {"peer_tables", kCount, "what nodes know of each other"},
    {"failure_reports", kCount, "who suspects whom"},
    {"slot_maps", kCount, "owners of slots"},
    {"connections", kCount, "links and connections"},
    {"messages", kCount, "messages under way"},
    {"shared_facts", kCount, "facts that several nodes share"},
    {"names", kCount, "node names"},
    {"events", kCount, "the event queue"},
};

constexpr Field kProcessors[] = {
    {"preset", kText, "whose costs"},
    {"scale_percent", kCount, "of these costs, what the processor does"},
    {"memory_scale_percent", kCount, "of these costs, what waits for memory"},
    {"background_ppm", kCount, "share of each core that others took"},
    {"cores_per_machine", kCount, "0: each node has a core of its own"},
    {"nodes_per_machine", kCount, "that share them"},
};

// Parts per million of a core, over the nodes.
constexpr Field kUtilisation[] = {
    {"min_ppm", kCount, "of the idlest node"},
    {"mean_ppm", kCount, "of all"},
    {"max_ppm", kCount, "of the busiest node"},
};

constexpr Field kBusiestSecond[] = {
    {"node", kCount, "whose it was"},
    {"second", kCount, "of the run, from 0"},
    {"busy_us", kCount, "time of a core that it took"},
};

constexpr Field kQueueDelay[] = {
    {"inputs", kCount, "that were handled"},
    {"mean_us", kCount, "rounded down"},
    {"p99_us", kCount, "at most 1/32 too much"},
    {"max_us", kCount, "the longest"},
};

constexpr Field kRun[] = {
    {"scenario", kText, "its name"},
    {"seed", kCount, "of every random choice"},
    {"rules", kText, "release whose rules the nodes followed"},
    {"cpu", kText, "what computing cost"},
    {"build", kText, "of the simulator; may differ between equal runs"},
    {"virtual_us", kTime, "how far the run came"},
    {"wall_us", kCount, "real time; differs between equal runs"},
    {"peak_rss_bytes", kCount, "of the process; differs between equal runs"},
    {"messages", kCount, "messages delivered"},
    {"entries", kCount, "gossip entries in them"},
    {"violation_count", kCount, "of invariants, also of those not listed"},
    {"version", kText, "of the simulator"},
    {"file", kText, "the scenario's path"},
    {"scenario_hash", kText, "16 hex digits over the scenario's bytes"},
    {"nodes", kCount, "nodes of the cluster"},
    {"live_nodes", kCount, "those that were live at the end"},
    {"node_timeout_us", kTime, "cluster-node-timeout"},
    {"bytes", kCount, "bytes of the messages"},
    {"events", kCount, "simulator events"},
    {"connects", kCount, "connections opened"},
    {"shadow_checked", kCount, "messages compared with their bytes (--transport shadow)"},
    {"codec_mismatches", kCount, "those that the codec changed"},
    {"false_fails", kCount, "FAIL set on a live, reachable node"},
    {"false_pfails", kCount, "PFAIL set on a live, reachable node"},
    {"unavailable_slot_us", kCount, "slots times the time without a server, where a node is left"},
    {"lost_slot_us", kCount, "the same of shards without a live node"},
};

constexpr Field kSeeds[] = {
    {"scenario", kText, "its name"},
    {"rules", kText, "release whose rules the nodes followed"},
    {"cpu", kText, "what computing cost"},
    {"build", kText, "of the simulator"},
    {"wall_us", kCount, "real time of all runs"},
    {"peak_rss_bytes", kCount, "of the process"},
};

constexpr Field kSeedPhase[] = {
    {"incident", kCount, "position in the runs' incidents, from 0"},
    {"runs", kCount, "seeds that have the figure"},
    {"missing", kCount, "seeds that lack it"},
    {"min_us", kTimeOrNull, "least value"},
    {"p50_us", kTimeOrNull, "nearest rank"},
    {"p90_us", kTimeOrNull, "nearest rank"},
    {"p99_us", kTimeOrNull, "nearest rank"},
    {"max_us", kTimeOrNull, "greatest value"},
    {"min_seed", kCountOrNull, "the first seed with the least value"},
    {"max_seed", kCountOrNull, "the first seed with the greatest value"},
};

// "50", "99" and "100" per cent of the observers.
Json Shares() {
  Json fields = Json::object();
  for (const auto share : kShares) fields[std::to_string(share)] = FormSchema(kTimeOrNull);
  return Object({}, fields);
}

Json PhaseKeys() {
  Json keys = Json::array();
  for (const Phase& phase : Phases()) {
    if (phase.of_incident != nullptr) keys.push_back(phase.key);
  }
  return keys;
}

Json VictimSchema() {
  Json out = Object(kVictim, {{"role", Words({"primary", "replica"})},
                              {"fail_known_us", About("by share of the observers", Shares())}});
  const Json primary =
      Object(kPrimaryVictim, {{"covered_known_us", About("by share of the observers", Shares())}});
  out["properties"].update(primary["properties"]);
  out["if"] = {{"properties", {{"role", {{"const", "primary"}}}}}};
  out["then"] = {{"required", primary["required"]}};
  return out;
}

Json IncidentSchema() {
  Json phases = Json::object();
  for (const Phase& phase : Phases()) {
    if (phase.of_incident == nullptr) continue;
    phases[std::string(phase.key) + "_us"] = About(phase.label, FormSchema(kTimeOrNull));
  }
  return Object(kIncident, {{"victims", Nodes("indexes of the nodes that its target selected")},
                            {"lost_shards", Nodes("shards without a live node left")},
                            {"phases", About("every line of the text's table", Object({}, phases))},
                            {"victim_times", ListOf(Reference("victim"))}});
}

Json ElectionsSchema() {
  Json refused = Json::object();
  for (size_t i = 0; i <= static_cast<size_t>(VoteRefusal::kNoLink); ++i) {
    refused[std::string(VoteRefusalName(static_cast<VoteRefusal>(i)))] = FormSchema(kCount);
  }
  return Object(kElections,
                {{"votes", About("of those won: from the request to the quorum", Object(kVotes))},
                 {"votes_refused", About("by reason", Object({}, refused))}});
}

Json ProcessorSchema() {
  Json before = Object(kUtilisation);
  before["type"] = {"object", "null"};
  Json out = Object(
      kProcessors,
      {{"utilisation", About("of the nodes' loops, over the run", Object(kUtilisation))},
       {"utilisation_before", About("before the first fault or action", before)},
       {"busiest_second", About("of any node", Object(kBusiestSecond))},
       {"queue_delay", About("how long inputs waited for their loop", Object(kQueueDelay))},
       {"queue_delay_before", About("before the first fault or action", Object(kQueueDelay))},
       {"queue_delay_after", About("from then on", Object(kQueueDelay))}});
  out["type"] = {"object", "null"};
  return out;
}

// What a run and a summary of seeds share.
Json Common() {
  return {{"schema_version", {{"const", kReportSchemaVersion}}},
          {"transport", Words({"typed", "wire", "shadow"})},
          {"digest", About("equal for equal scenario, seed and rules",
                           {{"type", "string"}, {"pattern", "^[0-9a-f]{32}$"}})},
          {"verdict", Reference("verdict")}};
}

Json RunSchema() {
  Json fields = Common();
  const Json expectation = Object({}, {{"expect", FormSchema(kText)},
                                       {"verdict", Reference("verdict")},
                                       {"reason", FormSchema(kText)}});
  const Json violation = Object({}, {{"invariant", FormSchema(kText)},
                                     {"at_us", FormSchema(kTime)},
                                     {"text", FormSchema(kText)}});
  const Json traffic = Object({}, {{"messages", FormSchema(kCount)},
                                   {"bytes", FormSchema(kCount)},
                                   {"entries", FormSchema(kCount)}});
  const Json step = Object(
      kStep, {{"nodes", Nodes("that it hit")}, {"refusals", Texts("what could not be done")}});
  fields.update(
      Json{{"incidents", About("faults that took nodes away", ListOf(Reference("incident")))},
           {"expectations", About("each entry of `expect`, or the defaults", ListOf(expectation))},
           {"violations", About("of invariants, the first ones", ListOf(violation))},
           {"bugs", Texts("planted in the nodes")},
           {"node_names", Texts("by index: id and address; empty without a layout")},
           {"reasons", Texts("why the verdict is no pass")},
           {"timeline", About("faults and actions as carried out", ListOf(step))},
           {"end", Words({"duration", "stop-at", "max-events", "interrupted"})},
           {"traffic",
            About("by type of message", {{"type", "object"}, {"additionalProperties", traffic}})},
           {"elections", ElectionsSchema()},
           {"memory", About("peak bytes by kind", Object(kMemory))},
           {"processors", About("null when nothing took time", ProcessorSchema())}});
  return Object(kRun, fields);
}

Json SeedsSchema() {
  Json fields = Common();
  Json seeds = Nodes("the first and the last");
  seeds["minItems"] = 2;
  seeds["maxItems"] = 2;
  fields.update(Json{{"seeds", std::move(seeds)},
                     {"bugs", Texts("planted in the nodes")},
                     {"failed_seeds", Nodes("seeds with verdict fail")},
                     {"inconclusive_seeds", Nodes("seeds with verdict inconclusive")},
                     {"phases", ListOf(Object(kSeedPhase, {{"phase", Words(PhaseKeys())}}))},
                     {"runs", About("every run, by rising seed", ListOf(Reference("run")))}});
  return Object(kSeeds, fields);
}

}  // namespace

Json ReportSchema() {
  Json verdicts = Json::array();
  for (const Verdict verdict : {Verdict::kPass, Verdict::kFail, Verdict::kInconclusive}) {
    verdicts.push_back(VerdictName(verdict));
  }
  const Json one = {{"anyOf", {Reference("run"), Reference("seeds")}}};
  return {{"$schema", "http://json-schema.org/draft-07/schema#"},
          {"title", "Gossamer report"},
          {"description",
           "What gossamer-sim run --json prints. Names that end in _us are microseconds; times of "
           "an incident run from its injection; null: it did not happen."},
          {"anyOf", {Reference("run"), Reference("seeds"), ListOf(one)}},
          {"definitions",
           {{"run", About("the report of one run", RunSchema())},
            {"seeds", About("the summary of several seeds", SeedsSchema())},
            {"incident", IncidentSchema()},
            {"victim", VictimSchema()},
            {"verdict", Words(std::move(verdicts))}}}};
}

}  // namespace gossamer::sim
