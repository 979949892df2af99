// gossamer-server: a cluster member on real sockets.
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "asio/io_context.hpp"
#include "asio/signal_set.hpp"
#include "tools/gossamer_server/bus_host.h"
#include "tools/gossamer_server/client_host.h"
#include "tools/gossamer_server/command_server.h"
#include "tools/gossamer_server/log.h"
#include "tools/gossamer_server/server_config.h"

namespace gossamer::server {
namespace {

constexpr int kUsage = 2;
constexpr int kEnvironment = 5;

constexpr char kHelp[] =
    "A member of a Valkey or Redis cluster: the cluster bus and failover, without a keyspace yet\n"
    "Usage: gossamer-server [CONFIG-FILE] [--directive word...]...\n"
    "\n"
    "Directives are those of valkey.conf; the command line overrides the file.\n"
    "  gossamer-server --port 7000 --dir /tmp/n0 --cluster-node-timeout 5000\n"
    "  --gossamer-rules gossamer|valkey-8.0|valkey-9.0|valkey-9.1   whose rules the node follows\n"
    "  --gossamer-record-inputs FILE   what the node is told, for gossamer-sim replay-node FILE\n"
    "\n"
    "Exit codes: 0 orderly end, 2 usage or configuration error, 5 environment\n";

bool ApplyFile(const std::string& path, ServerConfig* config, std::string* error) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    *error = "cannot read " + path;
    return false;
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  config->file = path;
  return ApplyConfigText(text, path, config, error);
}

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
    if (!ApplyFile(words[0], config, error)) return false;
    words.erase(words.begin());
  }
  return ApplyArguments(words, config, error) && FinishConfig(config, error);
}

int Fail(const std::string& error, int code) {
  std::fprintf(stderr, "gossamer-server: %s\n", error.c_str());
  return code;
}

int Serve(ServerConfig* config) {
  std::string error;
  Log log;
  if (!log.Open(config->log_file, config->log_level, &error)) return Fail(error, kEnvironment);
  // The bus and the client port share one thread; saves have their own.
  asio::io_context io(1);
  BusHost bus(*config, &log, &io);
  CommandServer commands(config, &bus, &log, [&io] { io.stop(); });
  ClientHost clients(*config, &commands, &io);
  if (!bus.Start(&error) || !clients.Listen(&error)) {
    log.Warning(error);
    return Fail(error, kEnvironment);
  }
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](const std::error_code& failure, int number) {
    if (failure) return;
    log.Notice("Received signal " + std::to_string(number) + ", scheduling shutdown...");
    io.stop();
  });
  for (const std::string& name : config->ignored) {
    log.Notice("Directive " + name + " has no effect in this build");
  }
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
  return Serve(&config);
}

}  // namespace
}  // namespace gossamer::server

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  return gossamer::server::Main(argc, argv);
}
