// gossamer-server: a cluster member on real sockets.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "asio/io_context.hpp"
#include "asio/signal_set.hpp"
#include "tools/gossamer_server/bus_host.h"
#include "tools/gossamer_server/client_host.h"
#include "tools/gossamer_server/command_server.h"
#include "tools/gossamer_server/crash_report.h"
#include "tools/gossamer_server/log.h"
#include "tools/gossamer_server/server_config.h"

namespace gossamer::server {
namespace {

constexpr int kUsage = 2;
constexpr int kEnvironment = 5;
constexpr int kForced = 1;

constexpr char kHelp[] =
    "A member of a Valkey or Redis cluster: the cluster bus and failover, without a keyspace yet\n"
    "Usage: gossamer-server [CONFIG-FILE|-] [--directive word...]...\n"
    "\n"
    "Directives are those of valkey.conf; the command line overrides the file. - is standard "
    "input.\n"
    "  gossamer-server --port 7000 --dir /tmp/n0 --cluster-node-timeout 5000\n"
    "  --gossamer-rules gossamer|valkey-8.0|valkey-9.0|valkey-9.1   whose rules the node follows\n"
    "  --gossamer-record-inputs FILE   what the node is told lately, for gossamer-sim replay-node "
    "FILE;\n"
    "    a ring of FILE and FILE.1 (--gossamer-record-megabytes, 256): copy FILE first, then "
    "FILE.1\n"
    "SIGTERM and SIGINT end the server in order, a second one at once; SIGHUP is ignored.\n"
    "\n"
    "Exit codes: 0 orderly end, 1 forced end, 2 usage or configuration error, 5 environment\n";

// `--name word...` up to the next one.
bool ApplyArguments(const std::vector<std::string>& words, ServerConfig* config,
                    std::string* error) {
  for (size_t at = 0; at < words.size();) {
    if (!words[at].starts_with("--")) {
      *error = "unexpected argument '" + words[at] + "', expected --directive word...";
      return false;
    }
    std::vector<std::string> directive = {words[at].substr(2)};
    for (++at; at < words.size() && !words[at].starts_with("--"); ++at) {
      directive.push_back(words[at]);
    }
    if (ApplyDirective(directive, config, error)) continue;
    *error = "--" + directive[0] + ": " + *error;
    return false;
  }
  return true;
}

bool ReadConfig(std::vector<std::string> words, ServerConfig* config, std::string* error) {
  if (!words.empty() && !words[0].starts_with("--")) {
    if (!ApplyConfigFile(words[0], config, error)) return false;
    words.erase(words.begin());
  }
  return ApplyArguments(words, config, error) && FinishConfig(config, error);
}

int Fail(const std::string& error, int code) {
  std::fprintf(stderr, "gossamer-server: %s\n", error.c_str());
  return code;
}

// Descriptors for files, listeners and the bus beside those of clients.
constexpr rlim_t kReservedDescriptors = 32;
constexpr rlim_t kBusDescriptors = 4096;

// Room for maxclients, or fewer clients.
void FitDescriptors(ServerConfig* config, Log* log) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t apart = kReservedDescriptors + kBusDescriptors;
  const rlim_t wanted = static_cast<rlim_t>(config->max_clients) + apart;
  if (limit.rlim_cur < wanted) {
    limit.rlim_cur = std::min(wanted, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= wanted) return;
  const rlim_t left = limit.rlim_cur > 2 * apart ? limit.rlim_cur - apart : limit.rlim_cur / 2;
  log->Warning("maxclients lowered from " + std::to_string(config->max_clients) + " to " +
               std::to_string(left) + ": the limit of open files is " +
               std::to_string(limit.rlim_cur));
  config->max_clients = static_cast<int64_t>(std::max<rlim_t>(left, 1));
}

// TERM and INT: an orderly end; the second one does not wait for it. HUP and USR1 end nobody.
class Signals {
 public:
  Signals(asio::io_context* io, Log* log) : set_(*io, SIGINT, SIGTERM), io_(io), log_(log) {
    set_.add(SIGHUP);
    set_.add(SIGUSR1);
    Wait();
  }

 private:
  void Wait() {
    set_.async_wait([this](const std::error_code& failure, int number) {
      if (failure) return;
      if (number == SIGHUP || number == SIGUSR1) {
        log_->Notice("Received signal " + std::to_string(number) + ", ignored");
        return Wait();
      }
      // A save that hangs must not keep who asks again; who reads the line may ask at once.
      for (const int again : {SIGINT, SIGTERM}) {
        std::signal(again, [](int) { std::_Exit(kForced); });
      }
      log_->Notice("Received signal " + std::to_string(number) + ", scheduling shutdown...");
      io_->stop();
    });
  }

  asio::signal_set set_;
  asio::io_context* io_;
  Log* log_;
};

void LogKept(const ServerConfig& config, Log* log) {
  std::string names;
  for (const auto& [name, value] : config.kept) names += (names.empty() ? "" : ", ") + name;
  if (!names.empty()) log->Notice("Directives without effect in this build: " + names);
}

std::string ProcessLine(const ServerConfig& config) {
  return "gossamer-server " GOSSAMER_VERSION ", pid " + std::to_string(::getpid()) + ", port " +
         std::to_string(config.port) + ", rules " + config.rules + ", directory " +
         config.directory;
}

int Serve(const char* program, ServerConfig* config) {
  std::string error;
  Log log;
  if (!log.Open(config->log_file, config->log_level, &error)) return Fail(error, kEnvironment);
  InstallCrashReport(program, ProcessLine(*config), log.descriptor());
  FitDescriptors(config, &log);
  // The bus and the client port share one thread; saves have their own.
  asio::io_context io(1);
  BusHost bus(*config, &log, &io);
  CommandServer commands(config, &bus, &log, [&io] { io.stop(); });
  ClientHost clients(*config, &commands, &log, &io);
  if (!bus.Start(&error) || !clients.Listen(&error)) {
    log.Warning(error);
    return Fail(error, kEnvironment);
  }
  const Signals signals(&io, &log);
  LogKept(*config, &log);
  log.Notice("Ready to accept connections tcp on port " + std::to_string(config->port) +
             ", cluster bus on port " + std::to_string(config->actual_bus_port()));
  io.run();
  clients.Stop();
  bus.Stop();
  log.Notice("Gossamer is now ready to exit, bye bye...");
  return 0;
}

int Main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  for (const std::string& word : words) {
    if (word == "--help" || word == "-h") {
      std::fputs(kHelp, stdout);
      return 0;
    }
    if (word == "--version" || word == "-v") {
      std::printf("gossamer-server %s\n", GOSSAMER_VERSION);
      return 0;
    }
  }
  ServerConfig config;
  std::string error;
  if (!ReadConfig(words, &config, &error)) return Fail(error, kUsage);
  return Serve(argv[0], &config);
}

}  // namespace
}  // namespace gossamer::server

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  return gossamer::server::Main(argc, argv);
}
