#include "tools/sweep/sweep_line.h"

#include "absl/strings/str_format.h"
#include "core/base/hash.h"
#include "tools/sweep/run_figures.h"

namespace gossamer::tool {
namespace {

using Json = nlohmann::ordered_json;

// Whole numbers are written as such.
Json NumberJson(const FigureInfo& info, const FigureValues& figures) {
  const auto found = figures.find(info.key);
  if (found == figures.end()) return nullptr;
  const int64_t value = found->second;
  if (info.unit == FigureUnit::kMicros) return value;
  if (value % kMillionths == 0) return value / kMillionths;
  return static_cast<double>(value) / kMillionthsPerUnit;
}

bool ReadFigures(const Json& json, FigureValues* out) {
  for (const FigureInfo& info : FigureInfos()) {
    const auto found = json.find(info.key);
    if (found == json.end() || found->is_null()) continue;
    if (!found->is_number()) return false;
    const auto value = FigureValueOf(info.key, found->get<double>());
    if (!value) return false;
    (*out)[info.key] = *value;
  }
  return true;
}

Json Count() { return {{"type", "integer"}, {"minimum", 0}}; }

Json FiguresSchema() {
  Json properties = Json::object();
  Json required = Json::array();
  for (const FigureInfo& info : FigureInfos()) {
    const bool whole = info.unit == FigureUnit::kMicros || info.unit == FigureUnit::kCount;
    properties[info.key] = {{"description", info.about},
                            {"type", {whole ? "integer" : "number", "null"}}};
    required.push_back(info.key);
  }
  return {{"description", "null: does not apply, or did not happen"},
          {"type", "object"},
          {"required", std::move(required)},
          {"properties", std::move(properties)}};
}

}  // namespace

std::string SweepHash(uint64_t cell_hash, const std::optional<std::string>& rules,
                      const std::optional<std::string>& cpu) {
  uint64_t hash = cell_hash;
  if (rules) hash = HashText("rules " + *rules, hash);
  if (cpu) hash = HashText("cpu " + *cpu, hash);
  return absl::StrFormat("%016x", hash);
}

SweepLine LineOf(const sim::Study& study, size_t index, const std::string& hash,
                 const sim::RunReport& report) {
  SweepLine line;
  line.sweep = study.name;
  for (size_t a = 0; a < study.axes.size(); ++a) {
    line.cell.emplace_back(study.axes[a].name, study.cells[index].labels[a]);
  }
  line.cell_index = index;
  line.seed = report.seed;
  line.hash = hash;
  line.build = report.environment.build;
  line.digest = sim::DigestText(report.result.digest);
  line.verdict = sim::VerdictName(report.verdict);
  line.nodes = report.scenario.node_count();
  line.virtual_us = report.virtual_us();
  line.wall_us = report.environment.wall_us;
  line.figures = FiguresOf(report);
  return line;
}

std::string WriteLine(const SweepLine& line) {
  Json cell = Json::object();
  for (const auto& [axis, label] : line.cell) cell[axis] = label;
  Json figures = Json::object();
  for (const FigureInfo& info : FigureInfos()) {
    figures[info.key] = NumberJson(info, line.figures);
  }
  const Json json = {{"schema_version", kSweepSchemaVersion},
                     {"sweep", line.sweep},
                     {"cell", std::move(cell)},
                     {"cell_index", line.cell_index},
                     {"seed", line.seed},
                     {"hash", line.hash},
                     {"build", line.build},
                     {"digest", line.digest},
                     {"verdict", line.verdict},
                     {"nodes", line.nodes},
                     {"virtual_us", line.virtual_us},
                     {"wall_us", line.wall_us},
                     {"figures", std::move(figures)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<SweepLine> ReadLine(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  SweepLine line;
  const auto read = [&](const char* key, auto* out) {
    const auto found = json.find(key);
    using Value = std::decay_t<decltype(*out)>;
    constexpr bool kText = std::is_same_v<Value, std::string>;
    if (found == json.end()) return false;
    if (kText ? !found->is_string() : !found->is_number_integer()) return false;
    *out = found->template get<Value>();
    return true;
  };
  int version = 0;
  const bool good = read("schema_version", &version) && version == kSweepSchemaVersion &&
                    read("sweep", &line.sweep) && read("seed", &line.seed) &&
                    read("hash", &line.hash) && read("build", &line.build) &&
                    read("digest", &line.digest) && read("verdict", &line.verdict) &&
                    read("nodes", &line.nodes) && read("virtual_us", &line.virtual_us) &&
                    read("wall_us", &line.wall_us);
  read("cell_index", &line.cell_index);  // older files have none
  const auto cell = json.find("cell");
  const auto figures = json.find("figures");
  if (!good || cell == json.end() || !cell->is_object() || figures == json.end() ||
      !figures->is_object() || !ReadFigures(*figures, &line.figures)) {
    return std::nullopt;
  }
  for (const auto& [axis, label] : cell->items()) {
    if (!label.is_string()) return std::nullopt;
    line.cell.emplace_back(axis, label.get<std::string>());
  }
  return line;
}

Json SweepSchema() {
  const auto text = [](const char* about) {
    return Json{{"description", about}, {"type", "string"}};
  };
  Json properties = {{"schema_version", {{"const", kSweepSchemaVersion}}},
                     {"sweep", text("the scenario's name")},
                     {"cell",
                      {{"description", "by axis the label; empty without a matrix"},
                       {"type", "object"},
                       {"additionalProperties", {{"type", "string"}}}}},
                     {"cell_index", Count()},
                     {"seed", Count()},
                     {"hash", text("of all that the run depends on but for the seed")},
                     {"build", text("of the program")},
                     {"digest", text("of the run")},
                     {"verdict", {{"enum", {"pass", "fail", "inconclusive"}}}},
                     {"nodes", Count()},
                     {"virtual_us", Count()},
                     {"wall_us", Count()},
                     {"figures", FiguresSchema()}};
  Json required = Json::array();
  for (const auto& [key, value] : properties.items()) required.push_back(key);
  return {{"$schema", "http://json-schema.org/draft-07/schema#"},
          {"title", "A line of gossamer-sim sweep"},
          {"type", "object"},
          {"required", std::move(required)},
          {"properties", std::move(properties)}};
}

}  // namespace gossamer::tool
