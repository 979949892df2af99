#include "tools/real_cluster/program.h"

#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "core/base/strings.h"
#include "tools/real_cluster/process.h"

namespace gossamer::real {
namespace {

bool IsProgram(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0;
}

std::string OwnDirectory() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path().string();
}

// Where a shell would find it, but beside this program first. Empty: nowhere.
std::string Locate(const std::string& name) {
  if (name.find('/') != std::string::npos) return IsProgram(name) ? name : std::string();
  const char* path = std::getenv("PATH");
  std::string places = OwnDirectory();
  if (path != nullptr) places += ":" + std::string(path);
  for (const std::string_view directory : SplitWords(places, ":")) {
    std::string candidate = std::string(directory) + "/" + name;
    if (IsProgram(candidate)) return candidate;
  }
  return {};
}

int Number(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The word behind `before`: "7.0.15" of "Redis server v=7.0.15 sha=...".
std::string_view WordAfter(std::string_view text, std::string_view before) {
  const size_t at = text.find(before);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + before.size());
  return text.substr(0, text.find_first_of(" \r\n"));
}

std::optional<Program> Find(const std::string& name, std::string* error) {
  const std::string path = Locate(name);
  if (path.empty()) {
    *error = "no program '" + name + "', neither beside this one nor in PATH";
    return std::nullopt;
  }
  const std::optional<std::string> text = OutputOf(path, {"--version"}, error);
  if (!text) return std::nullopt;
  auto program = ProgramOf(path, *text);
  if (!program) {
    *error = path + " --version says '" + text->substr(0, text->find('\n')).substr(0, 80) +
             "', expected redis-server, valkey-server or gossamer-server";
  }
  return program;
}

}  // namespace

std::string Program::Text() const {
  constexpr std::string_view kNames[] = {"redis-server", "valkey-server", "gossamer-server"};
  return std::string(kNames[static_cast<size_t>(kind)]) + " " + version;
}

std::string_view Program::NearestRules() const {
  if (ours()) return {};
  if (kind == ProgramKind::kRedis || major < 9) return "valkey-8.0";
  return major == 9 && minor == 0 ? "valkey-9.0" : "valkey-9.1";
}

NodesConfFormat Program::Format() const {
  if (ours()) return {};
  const auto since = [this](int wanted_major, int wanted_minor) {
    return major > wanted_major || (major == wanted_major && minor >= wanted_minor);
  };
  const bool valkey = kind == ProgramKind::kValkey;
  return {.aux_fields = since(7, 2),
          .client_addresses = valkey && since(8, 0),
          .client_ports = valkey && since(9, 0),
          .availability_zone = valkey && since(9, 1)};
}

std::optional<Program> ProgramOf(std::string_view path, std::string_view text) {
  struct Known {
    std::string_view before;
    ProgramKind kind;
  };
  constexpr Known kKnown[] = {{"Redis server v=", ProgramKind::kRedis},
                              {"Valkey server v=", ProgramKind::kValkey},
                              {"gossamer-server ", ProgramKind::kGossamer}};
  for (const Known& known : kKnown) {
    if (!text.starts_with(known.before)) continue;
    Program program;
    program.path = std::string(path);
    program.kind = known.kind;
    program.version = std::string(WordAfter(text, known.before));
    program.major = Number(program.version);
    const size_t dot = program.version.find('.');
    if (dot != std::string::npos) {
      program.minor = Number(std::string_view{program.version}.substr(dot + 1));
    }
    return program;
  }
  return std::nullopt;
}

std::optional<std::vector<Program>> FindPrograms(std::string_view names, std::string* error) {
  std::vector<Program> programs;
  for (const std::string_view name : SplitWords(names, ",")) {
    auto program = Find(std::string(name), error);
    if (!program) return std::nullopt;
    programs.push_back(*std::move(program));
  }
  if (!programs.empty()) return programs;
  *error = "no program is named";
  return std::nullopt;
}

}  // namespace gossamer::real
