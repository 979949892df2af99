// What a server needs of a core for each thing that the processor model knows: the simulator's CPU
// presets (sim/model/cpu_costs.h).
//
// costs_bench [--server PROGRAM [--loglevel LEVEL]] [--repetitions N] [--write FILE]. Measured is
// the processor time, user and system, of the thread that runs gossamer-server's own bus host, or
// of a redis-server or valkey-server, over loopback, with pauses between messages as in a cluster
// at rest: caches are as cold as they then are, and each answer wakes who waits for it. A value of
// one size is the mean of the middle half of its rounds; fixed and proportional parts are told
// apart by least squares over sizes. Each repetition gives one value of each cost; the file has the
// median, the least and the greatest.
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "sim/model/cpu_costs.h"
#include "tests/bench/close_rig.h"
#include "tests/bench/costs_rig.h"
#include "tools/real_cluster/process.h"

namespace gossamer::bench {
namespace {

constexpr std::array<size_t, 4> kSizes = {12, 100, 500, 2000};
constexpr size_t kSenders = 8;
constexpr int kRounds = 150;
constexpr auto kPause = std::chrono::microseconds(1500);
constexpr int64_t kPauseNanos = std::chrono::nanoseconds(kPause).count();
constexpr auto kWorkedOff = std::chrono::seconds(3);
constexpr auto kRest = std::chrono::seconds(3);

struct Line {
  double fixed = 0;
  double slope = 0;
};

// Least squares.
Line Fit(const std::vector<std::pair<double, double>>& points) {
  double x = 0;
  double y = 0;
  for (const auto& [px, py] : points) {
    x += px / static_cast<double>(points.size());
    y += py / static_cast<double>(points.size());
  }
  double xy = 0;
  double xx = 0;
  for (const auto& [px, py] : points) {
    xy += (px - x) * (py - y);
    xx += (px - x) * (px - x);
  }
  const double slope = xx == 0 ? 0 : xy / xx;
  return {y - slope * x, slope};
}

// The mean of the middle half: crons, other work and a slow moment of the machine fall outside.
double MiddleMean(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t quarter = values.size() / 4;
  double sum = 0;
  for (size_t i = quarter; i < values.size() - quarter; ++i) sum += values[i];
  return sum / static_cast<double>(values.size() - 2 * quarter);
}

// A host with what it needs in a second in which nothing but its crons happens.
struct Measured {
  std::unique_ptr<CostsRig> rig;
  double idle_per_ns = 0;

  // Nanoseconds of a call of `action`. The next waits until the host has done with it.
  template <class Action>
  double Each(int rounds, Action action) {
    std::vector<double> nanos;
    for (int round = 0; round < rounds; ++round) {
      const int64_t before = rig->CpuNanos();
      action();
      int64_t after = before;
      int64_t last = before;
      do {
        last = after;
        std::this_thread::sleep_for(kPause);
        after = rig->CpuNanos();
      } while (after - last > kPauseNanos / 2);
      nanos.push_back(static_cast<double>(after - before));
    }
    return MiddleMean(std::move(nanos));
  }

  // Nanoseconds of `action` over all, with time enough to be worked off; less what crons take.
  template <class Action>
  double Busy(Action action) {
    const auto start = std::chrono::steady_clock::now();
    const int64_t before = rig->CpuNanos();
    action();
    std::this_thread::sleep_for(kWorkedOff);
    const auto used = static_cast<double>(rig->CpuNanos() - before);
    const auto passed = std::chrono::steady_clock::now() - start;
    return used - idle_per_ns * static_cast<double>(std::chrono::nanoseconds(passed).count());
  }
};

using Costs = std::map<std::string_view, double>;

class Repetition {
 public:
  explicit Repetition(const ServerProgram& program) {
    for (const size_t size : kSizes) {
      hosts_.push_back({std::make_unique<CostsRig>(program, size, kSenders), 0});
    }
    server_ = !program.path.empty();
    if (!server_) return;
    // The system call itself, without the disk.
    costs_["sync"] = 30000;
    costs_["sync_blocks"] = 1;
  }

  Costs Run() {
    MeasureRest();
    MeasureMessages();
    MeasureConnections();
    MeasureCloses();
    MeasureCron();
    MeasureSaves();
    MeasureReportLists();
    if (server_) MeasureReportTrees();
    return costs_;
  }

 private:
  Measured& Host(size_t size) {
    return *std::find_if(hosts_.begin(), hosts_.end(),
                         [&](const Measured& host) { return host.rig->nodes() == size; });
  }

  void MeasureRest() {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    std::vector<int64_t> before;
    for (const Measured& host : hosts_) before.push_back(host.rig->CpuNanos());
    std::this_thread::sleep_for(kRest);
    for (size_t i = 0; i < hosts_.size(); ++i) {
      const auto used = static_cast<double>(hosts_[i].rig->CpuNanos() - before[i]);
      hosts_[i].idle_per_ns = used / static_cast<double>(std::chrono::nanoseconds(kRest).count());
    }
  }

  // What a message more costs in one turn, by how many arrive in it.
  double PerMessage(size_t nodes, bool ping, size_t entries, bool suspected = false) {
    Measured& host = Host(nodes);
    std::vector<std::pair<double, double>> points;
    for (size_t count = 1; count <= kSenders; count *= 2) {
      std::vector<Frame> frames;
      for (size_t i = 0; i < count; ++i) {
        frames.push_back(host.rig->Heartbeat(i, ping, entries, suspected));
      }
      const double cost = host.Each(kRounds, [&] { host.rig->Exchange(frames, true); });
      points.emplace_back(static_cast<double>(count), cost);
    }
    return Fit(points).slope;
  }

  double PerByte() {
    Measured& host = Host(100);
    std::vector<std::pair<double, double>> points;
    for (const size_t size : {64, 4096, 16384, 49152}) {
      const Frame frame = host.rig->Publish(0, size);
      const double cost = host.Each(kRounds, [&] { host.rig->Exchange({frame}, false); });
      points.emplace_back(static_cast<double>(size), cost);
    }
    return Fit(points).slope;
  }

  // A message's cost by its gossip entries: what a PONG is to who receives it, and what the answer
  // is to who sends it, which has more entries the more nodes there are.
  void MeasureMessages() {
    const double byte = PerByte();
    std::vector<std::pair<double, double>> received;
    for (const size_t entries : {3, 40, 200}) {
      received.emplace_back(static_cast<double>(entries), PerMessage(2000, false, entries));
    }
    std::vector<std::pair<double, double>> sent;
    double ping = 0;
    for (const size_t nodes : {100, 500, 2000}) {
      const double both = PerMessage(nodes, true, kEntries);
      if (nodes == 100) ping = both;
      sent.emplace_back(static_cast<double>(Host(nodes).rig->last_answer().entries),
                        both - PerMessage(nodes, false, kEntries));
    }
    const Line in = Fit(received);
    const Line out = Fit(sent);
    costs_["byte"] = byte * 1000;
    costs_["entry"] = (in.slope + out.slope) / 2 - kEntryBytes * byte;
    costs_["receive"] = in.fixed - kHeaderBytes * byte;
    costs_["send"] = out.fixed - kHeaderBytes * byte;
    costs_["report"] =
        (PerMessage(500, false, 100, true) - PerMessage(500, false, 100, false)) / 100;
    send_ = sent.front().second;

    Measured& host = Host(100);
    const Frame frame = host.rig->Heartbeat(0, true, kEntries, false);
    costs_["turn"] = host.Each(kRounds * 2, [&] { host.rig->Exchange({frame}, false); }) - ping;
  }

  void MeasureConnections() {
    Measured& host = Host(100);
    const double accepted = host.Each(kRounds, [&] { host.rig->Connect(); });
    costs_["accept"] = accepted - costs_["turn"];
    std::vector<std::pair<double, double>> starts;
    for (const Measured& one : hosts_) {
      if (one.rig->nodes() > 500) continue;
      starts.emplace_back(static_cast<double>(one.rig->nodes()),
                          static_cast<double>(one.rig->start_nanos()));
    }
    // Each of them is opened, comes up, which costs the model an accept, and carries a PING; in
    // turns of many.
    costs_["connect"] = Fit(starts).slope - costs_["accept"] - send_;
  }

  // The kernel's work, whoever the process was.
  void MeasureCloses() {
    std::vector<std::pair<double, double>> points;
    for (const size_t size : kSizes) {
      const auto sockets = static_cast<double>(2 * (size - 1));
      points.emplace_back(sockets, CloseNanos(size - 1));
    }
    costs_["close"] = Fit(points).slope;
  }

  void MeasureCron() {
    std::vector<std::pair<double, double>> points;
    for (const Measured& host : hosts_) {
      const double a_cron = host.idle_per_ns * 1e9 / 10 - costs_["turn"];
      points.emplace_back(static_cast<double>(host.rig->nodes()), a_cron);
    }
    const Line line = Fit(points);
    costs_["cron"] = line.fixed;
    costs_["cron_peer"] = line.slope;
  }

  void MeasureSaves() {
    std::vector<std::pair<double, double>> points;
    for (Measured& host : hosts_) {
      const double idle = host.Each(kRounds, [&] { host.rig->Nothing(); });
      // The end of the save is a turn of its own.
      const double save = host.Each(kRounds, [&] { host.rig->Save(); });
      points.emplace_back(static_cast<double>(host.rig->nodes()), save - idle - costs_["turn"]);
    }
    const Line line = Fit(points);
    costs_["save"] = line.fixed;
    costs_["save_peer"] = line.slope;
  }

  // What one report more in each of 499 suspects' lists costs the next reporter, who walks past it:
  // primary after primary reports all of them, each on a connection of its own.
  void MeasureReportLists() {
    Measured& host = Host(2000);
    std::vector<std::pair<double, double>> points;
    for (size_t held = 0; held < kReporters; held += kReportersTogether) {
      std::vector<Frame> frames;
      for (size_t i = 0; i < kReportersTogether; ++i) {
        frames.push_back(host.rig->Suspicions(kSenders + 1 + held + i, kSuspects));
      }
      const double nanos = host.Busy([&] {
        for (const Frame& frame : frames) {
          host.rig->Connect();
          host.rig->SendOnNewest(frame);
        }
      });
      points.emplace_back(static_cast<double>(held), nanos / kReportersTogether);
    }
    costs_["report_list"] = Fit(points).slope / kSuspects * 1000;
  }

  // What one entry more costs a walk through such a tree as Valkey 9.0 keeps a suspect's reports
  // in: the pending entries of a stream's consumer group stand in it too, in the order of time and
  // of a number, here an address, and each leads to an allocation of its own. One suspect's tree
  // after the other is walked, from the oldest entry.
  void MeasureReportTrees() {
    Measured& host = Host(12);
    std::mt19937_64 random(1);
    std::vector<std::string> ids;
    for (size_t i = 0; i < kReporters; ++i) {
      ids.push_back(std::to_string(kFirstReportMs + 1000 * (i * 8 / kReporters)) + "-" +
                    std::to_string(kHeapBase + i * kHeapStep + 8 * (random() % (kHeapStep / 8))));
    }
    const std::string tag = host.rig->HashTag();
    const std::string suspects = std::to_string(kSuspects);
    host.rig->Script(kMakeTrees, {tag, suspects});
    std::vector<std::pair<double, double>> points;
    for (size_t held = 0; held < kReporters; ++held) {
      host.rig->Script(kAddReport, {tag, suspects, ids[held]});
      if ((held + 1) % (2 * kReportersTogether) != 0) continue;
      const auto walk = [&](const char* from, const char* to) {
        return host.Each(kWalks, [&] { host.rig->Script(kWalkTrees, {tag, suspects, from, to}); });
      };
      // An empty range is everything but the walk.
      points.emplace_back(static_cast<double>(held + 1), walk("-", "+") - walk("+", "-"));
    }
    costs_["report_tree"] = Fit(points).slope / kSuspects * 1000;
  }

  static constexpr size_t kReporters = 500;
  static constexpr size_t kReportersTogether = 50;
  static constexpr size_t kSuspects = 499;
  static constexpr int kWalks = 9;
  static constexpr uint64_t kFirstReportMs = 1'700'000'000'000;
  static constexpr uint64_t kHeapBase = 0x7f0000000000;
  static constexpr uint64_t kHeapStep = 16 << 20;
  // Arguments: the keys' hash tag, how many suspects.
  static constexpr char kMakeTrees[] =
      "for i = 1, ARGV[2] do "
      "redis.call('XGROUP', 'CREATE', ARGV[1] .. i, 'g', '0', 'MKSTREAM') end";
  // And the report's id.
  static constexpr char kAddReport[] =
      "for i = 1, ARGV[2] do redis.call('XADD', ARGV[1] .. i, ARGV[3], 'a', 'b') "
      "redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', ARGV[1] .. i, '>') end";
  // And the range: nothing in it has been idle for so long.
  static constexpr char kWalkTrees[] =
      "for i = 1, ARGV[2] do redis.call('XPENDING', ARGV[1] .. i, 'g', 'IDLE', 1000000000000, "
      "ARGV[3], ARGV[4], 1) end";
  static constexpr size_t kEntries = 10;
  static constexpr double kEntryBytes = 104;
  static constexpr double kHeaderBytes = 2256;
  std::vector<Measured> hosts_;
  bool server_ = false;
  Costs costs_ = {{"sync", 0}, {"sync_blocks", 0}, {"report_tree", 0}};
  double send_ = 0;  // of a whole answer
};

// How each cost was measured.
const std::map<std::string_view, std::string_view> kHow = {
    {"turn", "a PING alone less what one more costs in a turn of 1 to 8; 100 nodes"},
    {"send", "PINGs less PONGs in turns of 1 to 8; less bytes and entries"},
    {"receive", "PONGs in turns of 1 to 8; less bytes and entries"},
    {"byte", "PUBLISH of 64 B to 48 KiB received"},
    {"entry", "mean of received (3 to 200; 2000 nodes) and sent (10 to 200; 100 to 2000 nodes)"},
    {"report", "100 suspected nodes in a PONG less as many that are not; 500 nodes"},
    {"report_list", "500 primaries report 499 suspects one after the other; 2000 nodes"},
    {"report_tree", "XPENDING over 499 groups of 100 to 500 entries: the same radix tree"},
    {"connect", "starts with 12 to 500 nodes; less what follows"},
    {"accept", "connections one by one; less the turn"},
    {"close",
     "processes with 11 to 1999 peers killed: from the first end of a connection to the last"},
    {"cron", "at rest with 12 to 2000 nodes; less turns"},
    {"cron_peer", "as cron"},
    {"save", "CLUSTER SAVECONFIG with 12 to 2000 nodes: the loop's part; files in memory"},
    {"save_peer", "as save"},
    {"sync", "on the thread that saves"},
    {"sync_blocks", "saves have a thread of their own"},
};

struct Spread {
  int64_t median = 0;
  int64_t least = 0;
  int64_t greatest = 0;
};

Spread SpreadOf(const std::vector<Costs>& all, std::string_view cost) {
  std::vector<int64_t> values;
  for (const Costs& costs : all) values.push_back(static_cast<int64_t>(costs.at(cost) + 0.5));
  std::sort(values.begin(), values.end());
  // What is too small to be told from nothing may come out below it.
  return {std::max<int64_t>(values[values.size() / 2], 0), values.front(), values.back()};
}

std::string Processor() {
  std::ifstream info("/proc/cpuinfo");
  std::string line;
  while (std::getline(info, line)) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown processor";
}

struct Options {
  ServerProgram server;
  size_t repetitions = 5;
  std::string file;
};

// What was measured.
std::string ServerText(const ServerProgram& server) {
  if (server.path.empty()) return "gossamer-server with this core";
  std::string error;
  const std::string version =
      real::OutputOf(server.path, {"--version"}, &error).value_or(server.path);
  return version.substr(0, version.find(" sha=")) + " with loglevel " + server.log_level;
}

std::string ServerWords(const ServerProgram& server) {
  if (server.path.empty()) return "";
  return " --server " + server.path + " --loglevel " + server.log_level;
}

std::string_view HowText(const Options& options, std::string_view cost) {
  if (!options.server.path.empty() && cost == "sync")
    return "estimated: the system call without the disk";
  if (!options.server.path.empty() && cost == "sync_blocks") return "the loop waits for the disk";
  if (options.server.path.empty() && cost == "report_tree") return "reports are a table";
  return kHow.at(cost);
}

std::string FileText(const Options& options, const std::vector<Costs>& all) {
  utsname system{};
  ::uname(&system);
  std::string text =
      "# What " + ServerText(options.server) +
      " needs of one core.\n# machine: " + std::to_string(std::thread::hardware_concurrency()) +
      " cores, " + Processor() + ", " + system.sysname + " " + system.release +
      "\n# command: tools/dev bench costs" + ServerWords(options.server) + " --repetitions " +
      std::to_string(all.size()) +
      " --write FILE\n# value: the median of the repetitions; low, high: the least "
      "and the greatest\ncost,value,unit,low,high,how\n";
  for (const sim::CpuCostRow& row : sim::CpuCostRows()) {
    const Spread spread = SpreadOf(all, row.name);
    text += std::string(row.name) + "," + std::to_string(spread.median) + "," +
            std::string(row.unit) + "," + std::to_string(spread.least) + "," +
            std::to_string(spread.greatest) + "," + std::string(HowText(options, row.name)) + "\n";
  }
  return text;
}

bool Parse(const std::vector<std::string>& words, Options* options) {
  bool level_given = false;
  for (size_t i = 0; i < words.size(); i += 2) {
    if (i + 1 == words.size()) return false;
    const std::string& value = words[i + 1];
    if (words[i] == "--server") {
      options->server.path = value;
    } else if (words[i] == "--loglevel") {
      options->server.log_level = value;
      level_given = true;
    } else if (words[i] == "--write") {
      options->file = value;
    } else if (words[i] == "--repetitions" && atoi(value.c_str()) > 0) {
      options->repetitions = static_cast<size_t>(atoi(value.c_str()));
    } else {
      return false;
    }
  }
  // The linked core has no log.
  return !level_given || !options->server.path.empty();
}

int Main(const std::vector<std::string>& words) {
  Options options;
  if (!Parse(words, &options)) {
    std::fprintf(stderr,
                 "usage: costs_bench [--server PROGRAM [--loglevel LEVEL]] [--repetitions N] "
                 "[--write FILE]\n");
    return 2;
  }
  std::vector<Costs> all;
  for (size_t i = 0; i < options.repetitions; ++i) {
    all.push_back(Repetition(options.server).Run());
    std::fprintf(stderr, "repetition %zu of %zu\n", i + 1, options.repetitions);
  }
  const std::string text = FileText(options, all);
  std::fputs(text.c_str(), stdout);
  if (options.file.empty() || std::ofstream(options.file) << text) return 0;
  std::fprintf(stderr, "costs_bench: cannot write %s\n", options.file.c_str());
  return 5;
}

}  // namespace
}  // namespace gossamer::bench

int main(int argc, char** argv) {
  return gossamer::bench::Main(std::vector<std::string>(argv + 1, argv + argc));
}
