// MeasuredHost: a server with a cluster bus whose processor time can be read.
//
// It starts from the nodes.conf in a directory and listens for the bus on 127.0.0.1. Its node
// timeout is an hour, so that it does nothing but its crons and what it is told. Thread safety: the
// main thread. Errors: end the program with a line.
#ifndef GOSSAMER_TESTS_BENCH_MEASURED_HOST_H_
#define GOSSAMER_TESTS_BENCH_MEASURED_HOST_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace gossamer::bench {

struct HostPlace {
  std::string directory;
  uint16_t bus_port = 0;  // the client port, if there is one, is one less
};

// A redis-server or valkey-server to measure.
struct ServerProgram {
  std::string path;  // empty: gossamer-server's own bus
  std::string log_level = "notice";
};

class MeasuredHost {
 public:
  virtual ~MeasuredHost() = default;

  // Nanoseconds, user and system, that its event loop used so far.
  virtual int64_t CpuNanos() const = 0;
  // What arrives from now on waits, until Release.
  virtual void Hold() = 0;
  virtual void Release() = 0;
  // Has it do nothing, and waits for it.
  virtual void Nothing() = 0;
  // Has it carry out CLUSTER SAVECONFIG, and waits for that.
  virtual void Save() = 0;
  // How many links it has to others.
  virtual size_t Links() = 0;
  // Has it carry out a Lua script over its keyspace, and waits for that. Only a server's.
  virtual void Script(const std::string& script, const std::vector<std::string>& arguments) = 0;
};

// gossamer-server's own (epoll, sockets, codec, core, nodes.conf) on a thread of this program.
std::unique_ptr<MeasuredHost> StartOwnHost(const HostPlace& place);
// Its log is a file in the place's directory.
std::unique_ptr<MeasuredHost> StartServer(const ServerProgram& program, const HostPlace& place);

[[noreturn]] void Die(const std::string& what);

}  // namespace gossamer::bench

#endif  // GOSSAMER_TESTS_BENCH_MEASURED_HOST_H_
