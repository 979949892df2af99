// Program: a server program that a node of a real cluster runs, and what is known about it.
//
// Thread safety: values; FindPrograms runs each program once to ask for its version.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_PROGRAM_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_PROGRAM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/nodes_conf.h"

namespace gossamer::real {

enum class ProgramKind : uint8_t { kRedis, kValkey, kGossamer };

struct Program {
  std::string path;
  ProgramKind kind = ProgramKind::kRedis;
  int major = 0;
  int minor = 0;
  std::string version;  // "7.0.15"

  bool ours() const { return kind == ProgramKind::kGossamer; }
  std::string Text() const;  // "redis-server 7.0.15"
  // The simulator's rules that come nearest; empty for ours, which follows any.
  std::string_view NearestRules() const;
  NodesConfFormat Format() const;
  // Its log tells PFAIL at this level only.
  std::string_view LogLevel() const { return ours() ? "notice" : "debug"; }
};

// The program that answers --version with `text`; nothing for an unknown one.
std::optional<Program> ProgramOf(std::string_view path, std::string_view text);

// The programs that `names`, separated by commas, mean: paths, or names that are looked up beside
// this program and in PATH. Nothing, with one line in *error, if one cannot be found or is not a
// server of a kind known here.
std::optional<std::vector<Program>> FindPrograms(std::string_view names, std::string* error);

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_PROGRAM_H_
