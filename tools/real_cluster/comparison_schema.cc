#include "tools/real_cluster/comparison_schema.h"

#include <initializer_list>
#include <utility>

#include "nlohmann/json.hpp"
#include "sim/report/phases.h"
#include "sim/report/schema_fields.h"
#include "sim/scenario/expectations.h"
#include "tools/real_cluster/comparison.h"

namespace gossamer::real {
namespace {

using Json = nlohmann::ordered_json;
using sim::About;
using sim::Field;
using sim::FormSchema;
using sim::ListOf;
using sim::Nodes;
using sim::Object;
using sim::Reference;
using sim::Texts;
using sim::Words;
using enum sim::Form;

constexpr Field kStep[] = {
    {"at_us", kTime, "since the cluster was ready"},
    {"what", kText, "the fault or action"},
    {"text", kText, "with its target, in words"},
};

constexpr Field kExpectation[] = {
    {"text", kText, "the entry of `expect`"},
    {"reason", kText, "what was seen; empty: it was not judged"},
};

constexpr Field kStatistics[] = {
    {"runs", kCount, "seeds that have the figure"}, {"missing", kCount, "seeds that lack it"},
    {"min_us", kTimeOrNull, "least value"},         {"p5_us", kTimeOrNull, "nearest rank"},
    {"p50_us", kTimeOrNull, "nearest rank"},        {"p95_us", kTimeOrNull, "nearest rank"},
    {"max_us", kTimeOrNull, "greatest value"},
};

constexpr Field kIncident[] = {
    {"incident", kCount, "position among those that took nodes away, from 0"},
    {"text", kText, "the fault and its target in words"},
};

constexpr Field kSimulated[] = {
    {"rules", kText, "release whose rules the nodes followed"},
    {"cpu", kText, "what computing cost"},
    {"text", kText, "all that was assumed"},
};

constexpr Field kComparison[] = {
    {"scenario", kText, "its name"},
    {"node_timeout_us", kTime, "cluster-node-timeout"},
};

Json Verdicts(std::initializer_list<const char*> more) {
  Json words = Json::array();
  for (const sim::Verdict verdict :
       {sim::Verdict::kPass, sim::Verdict::kFail, sim::Verdict::kInconclusive}) {
    words.push_back(sim::VerdictName(verdict));
  }
  for (const char* word : more) words.push_back(word);
  return Words(std::move(words));
}

Json RunSchema() {
  const Json step = Object(
      kStep, {{"nodes", Nodes("that it hit")}, {"refusals", Texts("what could not be done")}});
  const Json expectation = Object(kExpectation, {{"verdict", Verdicts({"not judged"})}});
  return Object({}, {{"seed", About("of the choice of targets", FormSchema(kCount))},
                     {"verdict", Reference("verdict")},
                     {"reasons", Texts("why the verdict is no pass")},
                     {"steps", About("faults and actions as carried out", ListOf(step))},
                     {"expectations", About("each entry of `expect`", ListOf(expectation))},
                     {"notes", Texts("what a reader should know of the run")}});
}

// Lists with an entry for each real run, in the order of real.runs.
Json PhaseSchema() {
  Json keys = Json::array();
  for (const sim::Phase& phase : sim::Phases()) {
    if (phase.of_incident != nullptr) keys.push_back(phase.key);
  }
  const Json rank = {{"type", {"number", "null"}}, {"minimum", 0}, {"maximum", 100}};
  return Object({}, {{"phase", Words(std::move(keys))},
                     {"real_us", About("by real run, from the fault; null: it did not happen",
                                       ListOf(FormSchema(kTimeOrNull)))},
                     {"simulated", Object(kStatistics)},
                     {"real_rank_percent",
                      About("by real run: simulated values below it, ties half", ListOf(rank))}});
}

Json IncidentSchema() {
  return Object(kIncident,
                {{"at_us", About("by real run, since the cluster was ready; null: it never was",
                                 ListOf(FormSchema(kTimeOrNull)))},
                 {"victims", About("by real run", ListOf(Nodes("indexes of the nodes")))},
                 {"phases", ListOf(Reference("phase"))}});
}

}  // namespace

Json ComparisonSchema() {
  Json seeds = Nodes("the first and the last; empty: interrupted before the simulation");
  seeds["maxItems"] = 2;
  const Json settle =
      About("rest before the timeline; null: none was asked for", FormSchema(kTimeOrNull));
  const Json real = Object({}, {{"programs", Texts("of the shards, in turn")},
                                {"settle_us", settle},
                                {"runs", ListOf(Reference("run"))}});
  Json top = Object(kComparison, {{"comparison_version", {{"const", kComparisonVersion}}},
                                  {"real", real},
                                  {"simulated", Object(kSimulated, {{"seeds", seeds}})},
                                  {"incidents", ListOf(Reference("incident"))},
                                  {"passed_over", Texts("what only a simulation can do")},
                                  {"verdict", Reference("verdict")}});
  Json out = {{"$schema", "http://json-schema.org/draft-07/schema#"},
              {"title", "Gossamer comparison"},
              {"description",
               "What gossamer-sim run --real --json prints: real runs of a scenario beside "
               "simulated ones. Names that end in _us are microseconds."}};
  out.update(top);
  out["definitions"] = {{"run", About("one real run", RunSchema())},
                        {"incident", IncidentSchema()},
                        {"phase", PhaseSchema()},
                        {"verdict", Verdicts({})}};
  return out;
}

}  // namespace gossamer::real
