// RespClient: a connection to a server on this machine that asks one command at a time and waits
// for its reply.
//
// Blocking, with a deadline for every call. After an error the connection is closed; the next call
// connects again. Thread safety: none.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_RESP_CLIENT_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_RESP_CLIENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "tools/real_cluster/reply_parser.h"

namespace gossamer::real {

class RespClient {
 public:
  // Nothing is connected yet. `port` is on 127.0.0.1.
  explicit RespClient(uint16_t port) : port_(port) {}
  ~RespClient() { Close(); }
  RespClient(const RespClient&) = delete;
  RespClient& operator=(const RespClient&) = delete;

  // The reply, which may be an error reply. Nothing, with one line in *error, when there is none in
  // time.
  std::optional<Reply> Ask(const std::vector<std::string>& words, Duration timeout,
                           std::string* error);
  void Close();

 private:
  bool Connect(Instant deadline, std::string* error);
  bool Send(const std::string& bytes, Instant deadline, std::string* error);
  std::optional<Reply> Receive(Instant deadline, std::string* error);
  bool WaitFor(int16_t events, Instant deadline, std::string* error) const;

  uint16_t port_;
  int socket_ = -1;
  ReplyParser parser_;
};

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_RESP_CLIENT_H_
