#include "sim/scenario/json_schema.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "core/cluster/config_options.h"
#include "nlohmann/json.hpp"
#include "sim/scenario/expectations.h"
#include "sim/scenario/schema_table.h"
#include "sim/scenario/units.h"

namespace gossamer::sim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kNumber = "(0|[1-9][0-9]*)";
constexpr std::string_view kDecimal = "(0|[1-9][0-9]*)([.][0-9]+)?";

// Words in double braces stand for the patterns above.
std::string Pattern(std::string_view text) {
  std::string out(text);
  for (const auto& [name, pattern] :
       {std::pair{"{{number}}", kNumber}, std::pair{"{{decimal}}", kDecimal}}) {
    const std::string_view hole = name;
    for (size_t at = out.find(hole); at != std::string::npos; at = out.find(hole, at)) {
      out.replace(at, hole.size(), pattern);
    }
  }
  return out;
}

// Units fall and each stands there at most once; the look-ahead asks for at least one.
std::string DurationPattern() {
  std::string out = "(?=[0-9])";
  for (const std::string_view unit : {"d", "h", "m", "s", "ms", "us"}) {
    out += "({{decimal}} ?" + std::string(unit) + ")?";
  }
  return Pattern(out);
}

Json Text(std::string_view pattern) {
  return {{"type", "string"}, {"pattern", "^" + std::string(pattern) + "$"}};
}

Json Reference(std::string_view definition) {
  return {{"$ref", "#/definitions/" + std::string(definition)}};
}

Json AnyOf(Json::array_t choices) { return {{"anyOf", std::move(choices)}}; }

Json ListOf(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }

// "cluster.nodes item" is "cluster-nodes-item".
std::string DefinitionName(Section section) {
  std::string name(SchemaSection(section).name);
  for (char& c : name) {
    if (c == ' ' || c == '.') c = '-';
  }
  return name;
}

Json Words(std::string_view key, const std::vector<std::string_view>& words) {
  Json out = {{"type", "string"}, {"enum", words}};
  Json abouts = Json::array();
  bool any = false;
  for (const std::string_view word : words) {
    abouts.push_back(WordAbout(key, word));
    any |= !WordAbout(key, word).empty();
  }
  if (any) out["enumDescriptions"] = std::move(abouts);
  return out;
}

Json Integer(int64_t min, int64_t max) {
  Json out = {{"type", "integer"}, {"minimum", min}};
  if (max != INT64_MAX) out["maximum"] = max;
  return out;
}

Json Numbers(int64_t min, int64_t max) {
  const Json one = AnyOf({Integer(min, max), Text(Pattern("{{number}}(-{{number}})?"))});
  Json many = ListOf(one);
  many["minItems"] = 1;
  return AnyOf({one, many});
}

// As Numbers, and ids or their beginnings, ip:port, host names.
Json Nodes(int64_t min, int64_t max) {
  const Json one = AnyOf(
      {Integer(min, max), Text(Pattern("({{number}}(-{{number}})?|[0-9a-z]{4,40}|[^ ]*:[0-9]+|"
                                       "[A-Za-z][A-Za-z0-9._-]*)"))});
  Json many = ListOf(one);
  many["minItems"] = 1;
  return AnyOf({one, many});
}

Json MetricWords() {
  Json abouts = Json::array();
  for (const MetricInfo& metric : Metrics()) {
    const size_t names = metric.sampled ? MetricStatistics().size() : 1;
    for (size_t i = 0; i < names; ++i) abouts.push_back(metric.about);
  }
  return {{"type", "string"}, {"enum", MetricNames()}, {"enumDescriptions", std::move(abouts)}};
}

// What is merged over the file is checked cell by cell, not by editors.
Json MatrixSchema() {
  Json values = ListOf({{"type", {"string", "number", "boolean"}}});
  values["minItems"] = 1;
  const Json partial = {
      {"type", "object"},
      {"propertyNames", {{"not", {{"enum", {"matrix", "exclude", "seeds", "name", "version"}}}}}}};
  const Json partials = {
      {"type", "object"}, {"minProperties", 1}, {"additionalProperties", partial}};
  return {{"type", "object"},
          {"minProperties", 1},
          {"additionalProperties", AnyOf({values, partials})}};
}

Json KindsOfValue(const KeyInfo& row, Section section) {
  switch (row.type) {
    case ValueType::kText:
      return {{"type", "string"}};
    case ValueType::kWord:
      return Words(row.key, row.words());
    case ValueType::kMetric:
      return MetricWords();
    case ValueType::kInteger:
      return row.min == row.max ? Json{{"const", row.min}} : Integer(row.min, row.max);
    case ValueType::kSeed:
      return Integer(0, INT64_MAX);
    case ValueType::kBoolean:
      return {{"type", "boolean"}};
    case ValueType::kFactor:
      return {{"type", "number"}, {"minimum", 0.01}, {"maximum", 10000}};
    case ValueType::kNumbers:
      return Numbers(row.min, row.max);
    case ValueType::kNodes:
      return Nodes(row.min, row.max);
    case ValueType::kConfig:
      return Reference(section == Section::kTimelineItem ? "config-of-a-running-node" : "config");
    case ValueType::kSection:
      return Reference(DefinitionName(row.child));
    case ValueType::kWordOrSection:
      return AnyOf({Words(row.key, row.words()), Reference(DefinitionName(row.child))});
    case ValueType::kSections: {
      Json out = ListOf(Reference(DefinitionName(row.child)));
      if (row.min > 0) out["minItems"] = row.min;
      return out;
    }
    case ValueType::kDuration:
      return Reference("duration");
    case ValueType::kOffset:
      return Reference("offset");
    case ValueType::kMoment:
      return Reference("moment");
    case ValueType::kMoments:
      return Reference("moments");
    case ValueType::kShare:
      return Reference("share");
    case ValueType::kRate:
      return Reference("rate");
    case ValueType::kLatency:
      return Reference("latency");
    case ValueType::kNames:
      if (row.words == nullptr) return Reference("names");
      return AnyOf({Words(row.key, row.words()), ListOf(Words(row.key, row.words()))});
    case ValueType::kSeeds:
      return AnyOf({Integer(0, INT64_MAX), Text(Pattern("{{number}}[.][.]{{number}}"))});
    case ValueType::kMatrix:
      return MatrixSchema();
    case ValueType::kExclusions:
      return ListOf({{"type", "object"}, {"minProperties", 1}});
    case ValueType::kBound:
      break;
  }
  return Reference("bound");
}

Json Default(const KeyInfo& row) {
  const bool number = row.type == ValueType::kInteger || row.type == ValueType::kSeed ||
                      row.type == ValueType::kFactor;
  if (number) return ParseInteger(row.default_text).value();
  if (row.type == ValueType::kBoolean) return row.default_text == "true";
  return row.default_text;
}

bool MayBeVariable(ValueType type) {
  switch (type) {
    case ValueType::kText:  // a variable is a text
    case ValueType::kConfig:
    case ValueType::kSection:
    case ValueType::kSections:
    case ValueType::kSeeds:
    case ValueType::kMatrix:
    case ValueType::kExclusions:
      return false;
    default:
      return true;
  }
}

// In a study a single value may be a variable.
Json OrVariable(Json schema) { return AnyOf({std::move(schema), Reference("variable")}); }

Json KeySchema(const KeyInfo& row, Section section) {
  Json out = {{"description", row.about}};
  Json value = KindsOfValue(row, section);
  out.update(MayBeVariable(row.type) && row.key != "version" ? OrVariable(std::move(value))
                                                             : value);
  if (!row.default_text.empty()) out["default"] = Default(row);
  return out;
}

// What an item of this kind needs, and that it takes nothing else. `key`: the one that names the
// kind.
Json KindRule(std::string_view key, const KindInfo& kind, std::vector<std::string_view> common) {
  Json then = Json::object();
  if (!kind.required.empty()) then["required"] = SplitWords(kind.required);
  if (kind.link) {
    then["oneOf"] = {{{"required", {"target"}}}, {{"required", {"between"}}}};
  }
  if (!kind.modes.empty()) {
    then["properties"] = {{"mode", Words("mode", SplitWords(kind.modes))}};
  }
  const std::vector<std::string_view> own = KeysOf(kind);
  common.insert(common.end(), own.begin(), own.end());
  then["propertyNames"] = {{"enum", common}};
  return {{"if", {{"properties", {{key, {{"const", kind.word}}}}}, {"required", {key}}}},
          {"then", std::move(then)}};
}

// Exactly one of `keys` stands in a map.
Json OneOfKeys(const std::vector<std::string_view>& keys) {
  Json out = Json::array();
  for (const std::string_view key : keys) out.push_back({{"required", {key}}});
  return out;
}

void AddTimelineRules(Json* schema) {
  (*schema)["oneOf"] = OneOfKeys({"fault", "action"});
  Json& rules = (*schema)["allOf"] = Json::array();
  for (const KindInfo& kind : FaultKinds()) {
    rules.push_back(KindRule("fault", kind, {"at", "every", "times", "fault"}));
  }
  for (const KindInfo& kind : ActionKinds()) {
    rules.push_back(KindRule("action", kind, {"at", "every", "times", "action"}));
  }
}

void AddExpectationRules(Json* schema) {
  std::vector<std::string_view> words;
  Json rules = Json::array();
  for (const KindInfo& kind : ExpectKinds()) {
    words.push_back(kind.word);
    std::vector<std::string_view> keys = KeysOf(kind);
    keys.insert(keys.begin(), kind.word);
    rules.push_back({{"if", {{"required", {kind.word}}}},
                     {"then", {{"propertyNames", {{"enum", std::move(keys)}}}}}});
  }
  (*schema)["oneOf"] = OneOfKeys(words);
  (*schema)["allOf"] = std::move(rules);
}

Json SectionSchema(Section section) {
  const SectionInfo& info = SchemaSection(section);
  Json properties = Json::object();
  Json required = Json::array();
  for (const KeyInfo& row : info.keys) {
    properties[std::string(row.key)] = KeySchema(row, section);
    if (row.required) required.push_back(row.key);
  }
  Json out = {{"description", info.about},
              {"type", "object"},
              {"additionalProperties", false},
              {"properties", std::move(properties)}};
  if (!required.empty()) out["required"] = std::move(required);
  if (section == Section::kTarget) out["minProperties"] = 1;
  if (section == Section::kStart) out["oneOf"] = OneOfKeys({"nodes_conf", "cluster_nodes"});
  if (section == Section::kTimelineItem) AddTimelineRules(&out);
  if (section == Section::kExpectation) AddExpectationRules(&out);
  return out;
}

Json OptionSchema(const OptionInfo& info) {
  switch (info.type) {
    case OptionType::kYesNo:
      return {{"enum", {true, false, "yes", "no"}}};
    case OptionType::kMillis:
    case OptionType::kSeconds:
      return Reference("duration");
    case OptionType::kBytes:
      return AnyOf({{{"const", 0}}, Reference("size")});
    case OptionType::kInteger:
    case OptionType::kPort:
      return Integer(info.min, info.max);
    case OptionType::kWord:
      return {{"type", "string"}, {"enum", SplitWords(info.words)}};
    case OptionType::kText:
      break;
  }
  return {{"type", "string"}};
}

Json ConfigSchema(bool running) {
  Json properties = Json::object();
  for (const OptionInfo& info : OptionInfos()) {
    if (running && info.fixed) continue;
    Json option = Json::object();
    const std::string about = OptionAbout(info);
    if (!about.empty()) option["description"] = about;
    option.update(info.type == OptionType::kText ? OptionSchema(info)
                                                 : OrVariable(OptionSchema(info)));
    properties[std::string(info.name)] = std::move(option);
  }
  return {{"description", running ? "options that may change in a running node, by Valkey's names"
                                  : "options of a cluster member, by Valkey's names"},
          {"type", "object"},
          {"additionalProperties", false},
          {"properties", std::move(properties)}};
}

void AddValueTypes(Json* definitions) {
  Json& all = *definitions;
  const auto about = [](ValueType type) { return Json{{"description", ValueTypeText(type)}}; };
  const auto add = [&](const std::string& name, Json with, const Json& what) {
    with.update(what);
    all[name] = std::move(with);
  };
  const std::string duration = DurationPattern();
  add("duration", about(ValueType::kDuration), Text(duration));
  add("offset", about(ValueType::kOffset), Text("[+-]?" + duration));
  add("moment", about(ValueType::kMoment), Text("(end|" + duration + ")"));
  add("share", about(ValueType::kShare),
      AnyOf({Text(Pattern("({{decimal}} ?%|0[.][0-9]+)")),
             {{"type", "number"}, {"minimum", 0}, {"exclusiveMaximum", 1}}}));
  add("size", {{"description", "a size, such as 64KiB or 10MB"}},
      Text(Pattern("{{decimal}} ?(B|kB|KB|MB|GB|TB|KiB|MiB|GiB)")));
  add("rate", about(ValueType::kRate),
      Text(Pattern("{{decimal}} ?((bit|kbit|Kbit|Mbit|Gbit)(/s)?|"
                   "(B|kB|KB|MB|GB|TB|KiB|MiB|GiB)/s)")));
  add("names", about(ValueType::kNames), AnyOf({Reference("name"), ListOf(Reference("name"))}));
  all["name"] = {{"type", {"string", "number"}}, {"pattern", "^[A-Za-z0-9._-]{1,64}$"}};
  add("bound", about(ValueType::kBound),
      AnyOf({{{"type", "integer"}}, Reference("duration"), Reference("share")}));
  Json pair = ListOf(OrVariable(Reference("duration")));
  pair["minItems"] = 2;
  pair["maxItems"] = 2;
  const Json quantiles = {
      {"type", "object"},
      {"minProperties", 1},
      {"additionalProperties", false},
      {"patternProperties", {{Pattern("^(min|max|p{{decimal}})$"), Reference("duration")}}}};
  add("moments", about(ValueType::kMoments), AnyOf({Reference("duration"), pair}));
  add("latency", about(ValueType::kLatency), AnyOf({Reference("duration"), pair, quantiles}));
}

}  // namespace

Json ScenarioSchema() {
  Json out = {{"$schema", "http://json-schema.org/draft-07/schema#"},
              {"title", "Gossamer scenario"}};
  out.update(SectionSchema(Section::kScenario));
  Json definitions = Json::object();
  for (size_t i = 0; i < kSectionCount; ++i) {
    const auto section = static_cast<Section>(i);
    if (section == Section::kNone || section == Section::kScenario) continue;
    definitions[DefinitionName(section)] = SectionSchema(section);
  }
  definitions["config"] = ConfigSchema(false);
  definitions["config-of-a-running-node"] = ConfigSchema(true);
  AddValueTypes(&definitions);
  definitions["variable"] = Text("\\$\\{[^{}]+\\}");
  out["definitions"] = std::move(definitions);
  return out;
}

}  // namespace gossamer::sim
