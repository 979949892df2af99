// `digests --check FILE`: every line of FILE names a scenario (relative to FILE's directory), a
// seed and the digest that the run must have. A scenario beside or below FILE without its lines, or
// a line without its scenario, is an error too.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "tools/gossamer_sim/commands.h"
#include "tools/gossamer_sim/progress.h"
#include "tools/gossamer_sim/run_pool.h"
#include "tools/gossamer_sim/scenario_file.h"

namespace gossamer::tool {
namespace {

namespace fs = std::filesystem;

// How many seeds from 1 on a scenario has: one where a run takes minutes.
uint64_t SeedsOf(const sim::Scenario& scenario) { return scenario.node_count() > 1000 ? 1 : 3; }

// (scenario, seed) -> digest.
using Digests = std::map<std::pair<std::string, uint64_t>, std::string>;

bool ReadDigests(const std::string& path, Digests* out) {
  std::ifstream in(path);
  if (!in) {
    std::fprintf(stderr, "gossamer-sim: cannot read %s\n", path.c_str());
    return false;
  }
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    const std::vector<std::string_view> words = SplitWords(line);
    uint64_t seed = 0;
    if (words.size() != 3 || !ParseU64(words[1], &seed)) {
      std::fprintf(stderr, "%s:%d: error: expected <scenario> <seed> <digest>\n", path.c_str(),
                   number);
      return false;
    }
    (*out)[{std::string(words[0]), seed}] = std::string(words[2]);
  }
  return true;
}

bool WriteDigests(const std::string& path, const Digests& digests) {
  std::ofstream out(path, std::ios::trunc);
  out << "# Digests of the shipped scenarios: scenario, seed, digest. Made by gossamer-sim digests "
         "--update.\n";
  for (const auto& [key, digest] : digests) {
    out << key.first << ' ' << key.second << ' ' << digest << '\n';
  }
  out.flush();
  if (!out) std::fprintf(stderr, "gossamer-sim: cannot write %s\n", path.c_str());
  return static_cast<bool>(out);
}

// The scenarios beside and below the digests file, relative to its directory, rising.
std::vector<std::string> ScenariosBelow(const fs::path& directory) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::recursive_directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_regular_file() && it->path().extension() == ".yaml") {
      found.push_back(it->path().lexically_relative(directory).generic_string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

struct Work {
  std::vector<std::string> names;
  std::vector<ScenarioFile> files;
};

// The cells of a study vary what other scenarios hold already.
bool IsStudy(const fs::path& path) {
  const std::optional<std::string> text = ReadWholeFile(path.string(), kMaxScenarioBytes);
  if (!text) return false;
  std::vector<sim::Diagnostic> diagnostics;
  const std::optional<sim::Study> study = ParseStudy(*text, path.string(), &diagnostics);
  return study && !study->axes.empty();
}

ExitCode ReadWork(const Arguments& arguments, const fs::path& directory, Work* work) {
  ExitCode code = ExitCode::kPass;
  for (const std::string& name : ScenariosBelow(directory)) {
    if (IsStudy(directory / name)) continue;
    std::vector<ScenarioFile> files;
    code = Worse(code, ReadScenarioFiles({(directory / name).string()}, false, &files));
    if (files.empty() || !files.front().scenario) continue;
    const int64_t nodes = files.front().scenario->node_count();
    if (nodes < arguments.min_nodes || nodes > arguments.max_nodes) continue;
    work->names.push_back(name);
    work->files.push_back(std::move(files.front()));
  }
  return code;
}

ExitCode Compare(const Digests& known, const Digests& found, const std::string& path) {
  ExitCode code = ExitCode::kPass;
  size_t same = 0;
  for (const auto& [key, digest] : found) {
    const auto expected = known.find(key);
    if (expected == known.end()) {
      std::printf("missing  %s seed %llu is %s\n", key.first.c_str(),
                  static_cast<unsigned long long>(key.second),  // NOLINT(google-runtime-int)
                  digest.c_str());
      code = Worse(code, ExitCode::kUsage);
    } else if (expected->second != digest) {
      std::printf("differs  %s seed %llu is %s, expected %s\n", key.first.c_str(),
                  static_cast<unsigned long long>(key.second),  // NOLINT(google-runtime-int)
                  digest.c_str(), expected->second.c_str());
      code = Worse(code, ExitCode::kNonDeterminism);
    } else {
      ++same;
    }
  }
  std::printf("%zu of %zu digests as expected\n", same, found.size());
  if (code != ExitCode::kPass) {
    std::printf("If the change is meant: gossamer-sim digests --check %s --update\n", path.c_str());
  }
  return code;
}

// Lines about files that are gone; they would never be looked at again.
ExitCode CheckGone(const Digests& known, const fs::path& directory) {
  ExitCode code = ExitCode::kPass;
  std::string last;
  for (const auto& [key, digest] : known) {
    if (key.first == last) continue;
    last = key.first;
    if (fs::exists(directory / key.first)) continue;
    std::printf("gone     %s\n", key.first.c_str());
    code = ExitCode::kUsage;
  }
  return code;
}

// And the name of each one's scenario.
std::vector<RunRequest> MakeRequests(const Arguments& arguments, const Work& work,
                                     std::vector<std::string>* names, int64_t* total_us) {
  std::vector<RunRequest> requests;
  for (size_t i = 0; i < work.files.size(); ++i) {
    const ScenarioFile& file = work.files[i];
    for (uint64_t seed = 1; seed <= SeedsOf(*file.scenario); ++seed) {
      names->push_back(work.names[i]);
      RunRequest& request = requests.emplace_back();
      request.scenario = &*file.scenario;
      request.scenario_hash = file.hash;
      request.options.seed = seed;
      request.options.transport = arguments.transport;
      *total_us += file.scenario->duration.us;
    }
  }
  return requests;
}

}  // namespace

ExitCode DigestsCommand(const Arguments& arguments) {
  const fs::path path(arguments.digests_file);
  const fs::path directory = path.has_parent_path() ? path.parent_path() : fs::path(".");
  Digests known;
  if (!(arguments.update && !fs::exists(path)) && !ReadDigests(path.string(), &known)) {
    return ExitCode::kUsage;
  }
  Work work;
  const ExitCode read = ReadWork(arguments, directory, &work);
  if (read != ExitCode::kPass) return read;
  int64_t total_us = 0;
  std::vector<std::string> names;
  const std::vector<RunRequest> requests = MakeRequests(arguments, work, &names, &total_us);
  Progress progress(arguments.progress, arguments.quiet, requests.size(), total_us);
  const std::vector<RunOutcome> outcomes =
      RunAll(requests, static_cast<size_t>(arguments.jobs), &progress);
  Digests found;
  for (size_t i = 0; i < outcomes.size(); ++i) {
    if (Interrupted()) return ExitCode::kInterrupted;
    if (!outcomes[i].report) {
      std::fprintf(stderr, "gossamer-sim: %s: %s\n", names[i].c_str(), outcomes[i].error.c_str());
      return outcomes[i].code;
    }
    found[{names[i], requests[i].options.seed}] =
        sim::DigestText(outcomes[i].report->result.digest);
  }
  if (!arguments.update) {
    return Worse(CheckGone(known, directory), Compare(known, found, path.string()));
  }
  // What a filter by size left out stays as it was.
  for (auto it = known.begin(); it != known.end();) {
    it = fs::exists(directory / it->first.first) ? std::next(it) : known.erase(it);
  }
  for (const auto& [key, digest] : found) known[key] = digest;
  return WriteDigests(path.string(), known) ? ExitCode::kPass : ExitCode::kEnvironment;
}

}  // namespace gossamer::tool
