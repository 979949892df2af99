#include "tools/gossamer_server/server_config.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

#include "core/base/strings.h"
#include "core/cluster/config_options.h"
#include "core/resp/request_parser.h"
#include "tools/gossamer_server/directives.h"

namespace gossamer::server {
namespace {

using Words = std::vector<std::string>;

constexpr int kMostIncludes = 16;  // one within the other

bool UnknownDirective(const std::string& name, std::string* error) {
  std::vector<std::string_view> names;
  for (const Directive& directive : Directives()) names.push_back(directive.name);
  for (const KeptDirective& kept : KeptDirectives()) names.push_back(kept.name);
  for (const OptionInfo& option : OptionInfos()) names.push_back(option.name);
  for (const DirectiveAlias& alias : DirectiveAliases()) names.push_back(alias.alias);
  names.emplace_back("include");
  const std::string_view nearest = NearestWord(name, names);
  *error = "unknown directive '" + name + "'";
  if (!nearest.empty()) *error += ", nearest is '" + std::string(nearest) + "'";
  return false;
}

std::string Joined(const Words& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

bool ApplyFileAt(const std::string& path, int depth, ServerConfig* config, std::string* error);

// A pattern without a match is no error, a plain name is.
bool Include(const std::string& pattern, int depth, ServerConfig* config, std::string* error) {
  if (depth >= kMostIncludes) {
    *error = "more than " + std::to_string(kMostIncludes) + " files include one another";
    return false;
  }
  glob_t found{};
  const int result = ::glob(pattern.c_str(), 0, nullptr, &found);
  std::vector<std::string> paths;
  for (size_t i = 0; result == 0 && i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
  ::globfree(&found);
  if (paths.empty() && pattern.find_first_of("*?[") == std::string::npos) paths = {pattern};
  return std::all_of(paths.begin(), paths.end(), [&](const std::string& path) {
    return ApplyFileAt(path, depth + 1, config, error);
  });
}

bool ApplyText(std::string_view text, std::string_view file, int depth, ServerConfig* config,
               std::string* error) {
  size_t number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos ||
        line[line.find_first_not_of(" \t\r")] == '#') {
      continue;
    }
    Words words;
    const bool split = SplitInline(line, &words);
    if (split && words.empty()) continue;
    if (split && words.size() == 2 && Lower(words[0]) == "include") {
      if (Include(words[1], depth, config, error)) continue;
    } else if (split && ApplyDirective(words, config, error)) {
      continue;
    }
    if (!split) *error = "unbalanced quotes";
    *error = std::string(file) + ":" + std::to_string(number) + ": " + *error;
    return false;
  }
  return true;
}

bool ApplyFileAt(const std::string& path, int depth, ServerConfig* config, std::string* error) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) {
    *error = "cannot read " + path;
    return false;
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return ApplyText(text, path, depth, config, error);
}

}  // namespace

std::string_view CanonicalName(std::string_view name) {
  for (const DirectiveAlias& alias : DirectiveAliases()) {
    if (alias.alias == name) return alias.name;
  }
  return name;
}

bool ApplyDirective(const std::vector<std::string>& words, ServerConfig* config,
                    std::string* error) {
  const std::string given = Lower(words[0]);
  const std::string name(CanonicalName(given));
  const Words values(words.begin() + 1, words.end());
  if (const Directive* directive = FindDirective(name)) {
    if (values.size() >= directive->least_words && values.size() <= directive->most_words) {
      return directive->set(values, config, error);
    }
    *error = "'" + given + "' has a wrong number of arguments";
    return false;
  }
  if (FindOption(name) != nullptr) {
    if (values.size() == 1) return ApplyOption(name, values[0], &config->cluster, error);
    *error = "'" + given + "' takes one argument";
    return false;
  }
  if (FindKept(name) == nullptr) return UnknownDirective(given, error);
  if (values.empty()) {
    *error = "'" + given + "' has a wrong number of arguments";
    return false;
  }
  // Lines of `save` add up.
  std::string& kept = config->kept[name];
  const std::string value = Joined(values);
  kept = name == "save" && !kept.empty() && !value.empty() ? kept + " " + value : value;
  return true;
}

bool ApplyConfigText(std::string_view text, std::string_view file, ServerConfig* config,
                     std::string* error) {
  return ApplyText(text, file, 0, config, error);
}

bool ApplyConfigFile(const std::string& path, ServerConfig* config, std::string* error) {
  if (path == "-") {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    return ApplyText(text, "standard input", 0, config, error);
  }
  std::error_code ignored;
  config->file = std::filesystem::absolute(path, ignored).string();
  return ApplyFileAt(path, 0, config, error);
}

bool FinishConfig(ServerConfig* config, std::string* error) {
  if (config->bus_port == 0 && config->port > 55535) {
    *error = "port " + std::to_string(config->port) +
             " leaves no room for the bus at port + 10000: set cluster-port";
    return false;
  }
  // Who keeps no data says so, and no election counts it among the candidates.
  if (!config->failover_without_data) config->cluster.replica_no_failover = true;
  if (config->cluster.port == ClusterOptions().port) config->cluster.port = config->port;
  if (config->cluster.cport == ClusterOptions().cport) {
    config->cluster.cport = config->actual_bus_port();
  }
  return true;
}

bool DirectiveText(std::string_view name, const ServerConfig& config, std::string* text) {
  name = CanonicalName(name);
  if (const Directive* directive = FindDirective(name)) {
    *text = directive->get(config);
    return true;
  }
  if (FindOption(name) != nullptr) {
    *text = OptionText(name, config.cluster);
    return true;
  }
  const KeptDirective* kept = FindKept(name);
  if (kept == nullptr) return false;
  const auto given = config.kept.find(name);
  *text = given == config.kept.end() ? std::string(kept->fallback) : given->second;
  return true;
}

bool IsSettable(std::string_view name) {
  name = CanonicalName(name);
  if (const Directive* directive = FindDirective(name)) return directive->settable;
  if (const OptionInfo* option = FindOption(name)) return !option->fixed;
  const KeptDirective* kept = FindKept(name);
  return kept != nullptr && !kept->fixed;
}

std::vector<std::string> DirectiveNames() {
  std::vector<std::string> names;
  for (const Directive& directive : Directives()) names.emplace_back(directive.name);
  for (const KeptDirective& kept : KeptDirectives()) names.emplace_back(kept.name);
  for (const OptionInfo& option : OptionInfos()) names.emplace_back(option.name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace gossamer::server
