#include "sim/report/schema_fields.h"

#include <string>
#include <utility>

namespace gossamer::sim {

using Json = nlohmann::ordered_json;

Json FormSchema(Form form) {
  switch (form) {
    case Form::kText:
      return {{"type", "string"}};
    case Form::kCount:
      return {{"type", "integer"}, {"minimum", 0}};
    case Form::kTime:
      return {{"type", "integer"}};
    case Form::kTimeOrNull:
      return {{"type", {"integer", "null"}}};
    case Form::kCountOrNull:
      return {{"type", {"integer", "null"}}, {"minimum", 0}};
    case Form::kFlag:
      break;
  }
  return {{"type", "boolean"}};
}

Json About(std::string_view about, const Json& schema) {
  Json out = {{"description", about}};
  out.update(schema);
  return out;
}

Json Words(Json words) { return {{"type", "string"}, {"enum", std::move(words)}}; }
Json ListOf(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }
Json Reference(std::string_view name) { return {{"$ref", "#/definitions/" + std::string(name)}}; }

Json Object(std::span<const Field> fields, const Json& more) {
  Json properties = Json::object();
  for (const Field& field : fields) {
    properties[std::string(field.key)] = About(field.about, FormSchema(field.form));
  }
  properties.update(more);
  Json required = Json::array();
  for (const auto& [key, schema] : properties.items()) required.push_back(key);
  return {{"type", "object"}, {"properties", std::move(properties)}, {"required", required}};
}

Json Nodes(std::string_view about) { return About(about, ListOf(FormSchema(Form::kCount))); }
Json Texts(std::string_view about) { return About(about, ListOf(FormSchema(Form::kText))); }

}  // namespace gossamer::sim
