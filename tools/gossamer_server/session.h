// What a client's connection remembers, whatever carries its bytes.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_SESSION_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_SESSION_H_

#include <cstdint>
#include <string>

#include "core/base/time.h"
#include "tools/gossamer_server/transaction.h"

namespace gossamer::server {

struct Session {
  uint64_t id = 0;
  int protocol = 2;
  bool authenticated = false;
  bool readonly = false;
  bool asking = false;
  bool closing = false;  // after the reply
  std::string name;
  std::string lib_name;
  std::string lib_version;
  std::string address;        // ip:port
  std::string local_address;  // ip:port
  bool ipv6 = false;
  Instant since;
  Transaction transaction;
};

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_SESSION_H_
