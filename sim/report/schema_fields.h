// Parts of JSON Schemas (draft 07): a map's keys as a table, each with its meaning.
//
// Pure functions.
#ifndef GOSSAMER_SIM_REPORT_SCHEMA_FIELDS_H_
#define GOSSAMER_SIM_REPORT_SCHEMA_FIELDS_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "nlohmann/json.hpp"

namespace gossamer::sim {

enum class Form : uint8_t { kText, kCount, kTime, kTimeOrNull, kCountOrNull, kFlag };

struct Field {
  std::string_view key;
  Form form = Form::kText;
  std::string_view about;
};

nlohmann::ordered_json FormSchema(Form form);
// `schema` with a description.
nlohmann::ordered_json About(std::string_view about, const nlohmann::ordered_json& schema);
// One of `words`, a list of texts.
nlohmann::ordered_json Words(nlohmann::ordered_json words);
nlohmann::ordered_json ListOf(nlohmann::ordered_json items);
nlohmann::ordered_json Nodes(std::string_view about);
nlohmann::ordered_json Texts(std::string_view about);
nlohmann::ordered_json Reference(std::string_view name);
// A map in which every key of `fields` and `more` stands.
nlohmann::ordered_json Object(std::span<const Field> fields, const nlohmann::ordered_json& more =
                                                                 nlohmann::ordered_json::object());

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_SCHEMA_FIELDS_H_
