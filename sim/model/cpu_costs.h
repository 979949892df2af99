// CpuCosts: what a node's event loop spends on each thing that it does, as data.
//
// A preset is a file in cpu_presets/, compiled in: a row per cost with its value, its unit, the
// least and the greatest of the measurements behind it, and how it was measured. `redis-7` is
// Redis 7.0.15, `redis-7-debug` the same with loglevel debug, where each message and each gossip
// entry that arrives is a line of the log, and `gossamer` gossamer-server, all written by
// `tools/dev bench costs`; with `none` everything is free. Integers only. Thread safety: values and
// pure functions. Errors: a file that is not as described stops the program; a test reads them all.
#ifndef GOSSAMER_SIM_MODEL_CPU_COSTS_H_
#define GOSSAMER_SIM_MODEL_CPU_COSTS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace gossamer::sim {

// Nanoseconds of one core.
struct CpuCosts {
  int64_t turn = 0;       // waking up
  int64_t send = 0;       // each message sent
  int64_t receive = 0;    // each message received
  int64_t byte_pico = 0;  // each byte of one, in picoseconds
  int64_t entry = 0;      // each gossip entry
  int64_t report = 0;     // and more for one that is a failure report
  // Each report that a walk through a suspect's reports passes, in picoseconds (report_walk.h):
  // where they stand in a list (ReportStore::kMillis), and in a radix tree (kSecondBuckets).
  int64_t report_list_pico = 0;
  int64_t report_tree_pico = 0;
  int64_t connect = 0;
  int64_t accept = 0;
  int64_t close = 0;  // each socket, by the kernel of a process that has died
  int64_t cron = 0;
  int64_t cron_peer = 0;    // per known peer, in each cron
  int64_t save = 0;         // each save of nodes.conf, as far as the loop does it
  int64_t save_peer = 0;    // and per known peer
  int64_t sync = 0;         // the system call, without the disk
  int64_t sync_blocks = 0;  // 1: the loop waits for the disk
};

// One row of a preset's file: where its value goes.
struct CpuCostRow {
  std::string_view name;
  std::string_view unit;  // "ns", "ps" or "flag"
  int64_t CpuCosts::*field = nullptr;
};
// All of them, in the order in which files have them.
std::span<const CpuCostRow> CpuCostRows();

// Reads a preset's file: lines that begin with # are comments, the first other line is the head,
// then each row of CpuCostRows() once. Nothing if it is not so.
std::optional<CpuCosts> ParseCpuCosts(std::string_view csv);

// The preset called `name`, or nothing.
std::optional<CpuCosts> FindCpuCosts(std::string_view name);
// Names of the presets.
std::vector<std::string_view> CpuPresetNames();

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_CPU_COSTS_H_
