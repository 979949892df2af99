// What a client's connection remembers, whatever carries its bytes.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_SESSION_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_SESSION_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "core/base/time.h"
#include "tools/gossamer_server/transaction.h"

namespace gossamer::server {

// What CLIENT REPLY asked for. kSkipNext: the command that asked has no reply, nor has the next.
enum class ReplyMode : uint8_t { kOn, kOff, kSkipNext, kSkip };

struct Session {
  uint64_t id = 0;
  int protocol = 2;
  bool authenticated = false;
  bool readonly = false;
  bool asking = false;
  bool closing = false;  // after the reply
  bool no_evict = false;
  bool no_touch = false;
  ReplyMode reply = ReplyMode::kOn;
  std::string name;
  std::string lib_name;
  std::string lib_version;
  std::string address;        // ip:port
  std::string local_address;  // ip:port
  bool ipv6 = false;
  bool local = false;  // from this machine
  Instant since;
  Transaction transaction;
  Instant last_command;
  std::string command;      // the last one, with its subcommand
  size_t input_bytes = 0;   // that wait to be a request
  size_t output_bytes = 0;  // that the kernel has not taken
  uint64_t net_in = 0;
  uint64_t net_out = 0;
  uint64_t commands = 0;
  // Ends the connection soon, without a reply.
  std::function<void()> end;
};

// By id.
using Sessions = std::map<uint64_t, Session*>;

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_SESSION_H_
