// ReplicaSession: the replica's end of one replication connection, from the first PING to the
// command stream.
//
// It keeps count of the stream and discards what it carries: payload and commands. SOURCE: server
// spec 3.2 to 3.5. No I/O and no clock: bytes in, bytes out. What the primary sends is never
// trusted; an error ends the session and says why. Thread safety: none.
#ifndef GOSSAMER_CORE_REPLICATION_REPLICA_SESSION_H_
#define GOSSAMER_CORE_REPLICATION_REPLICA_SESSION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/resp/request_parser.h"

namespace gossamer {

// A position in a replication history: the bytes of the stream up to `offset` are known.
struct ReplicationPosition {
  std::string id;  // empty: none
  int64_t offset = 0;
};

class ReplicaSession {
 public:
  struct Options {
    uint16_t listening_port = 0;
    std::string user = {};  // empty: the default user
    std::string password = {};
    ReplicationPosition position = {};  // from where a partial sync is tried
  };

  explicit ReplicaSession(const Options& options);

  // What to send first.
  std::string Hello() const;
  // Takes bytes of the primary and appends the answers to *out. False with one line in *error when
  // the connection is to be closed.
  bool Feed(std::string_view bytes, std::string* out, std::string* error);

  // The stream flows: position() is known.
  bool streaming() const { return stage_ == Stage::kStream; }
  // What an INFO shows while a payload comes.
  bool receiving_payload() const;
  const ReplicationPosition& position() const { return position_; }
  // REPLCONF ACK with the position, due once per second while streaming.
  std::string Ack() const;

 private:
  enum class Stage : uint8_t {
    kPing,
    kAuth,
    kReplconf,       // replies that are read and not looked at
    kSync,           // the answer to PSYNC
    kPayloadHeader,  // `$<length>` or `$EOF:<mark>`
    kPayloadSized,
    kPayloadMarked,
    kStream,
  };
  static constexpr size_t kMarkBytes = 40;
  static constexpr int kReplconfs = 2;

  bool Fail(std::string text, std::string* error) const;
  // Takes what it can from the front of *bytes. False on an error.
  bool Step(std::string_view* bytes, std::string* out, std::string* error);
  bool TakeLine(std::string_view* bytes, std::string* line);
  bool OnLine(const std::string& line, std::string* out, std::string* error);
  bool OnSyncReply(const std::string& line, std::string* error);
  bool OnPayloadHeader(const std::string& line, std::string* error);
  void TakeSized(std::string_view* bytes, std::string* out);
  void TakeMarked(std::string_view* bytes, std::string* out);
  bool TakeStream(std::string_view* bytes, std::string* out, std::string* error);
  void StartStream(std::string* out);

  Options options_;
  Stage stage_ = Stage::kPing;
  int replconfs_left_ = kReplconfs;
  ReplicationPosition position_;
  std::string line_;  // of a reply, so far
  uint64_t payload_left_ = 0;
  std::string mark_;  // ends a payload of unknown length
  std::string tail_;  // the payload's latest bytes, as many as the mark has at most
  RequestParser stream_;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_REPLICATION_REPLICA_SESSION_H_
