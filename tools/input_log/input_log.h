// InputLog: writes what a running ClusterNode is told, so that replay-node can run it again.
//
// A ring of two segments. FILE is written; when it has half of the bytes that are allowed it
// becomes FILE.1, the one before is gone, and a new FILE begins with a snapshot of the node
// (core/cluster/ snapshot.h). So the last half of the bytes at least can be replayed. The files
// together hold the limit, two snapshots and what one turn adds; never more than twice the limit
// and two snapshots. A segment that cannot end, because a message waits for a disk that does not
// answer, is cut off at the limit; the next one says that something is missing.
//
// To take the log out of a running server copy FILE first, then FILE.1: whatever happens in
// between, each copy begins with a header, and what a copy of FILE lacks at its end is in FILE.1.
// Everything up to the last 100 ms is in the files at any time. Thread safety: none.
#ifndef GOSSAMER_TOOLS_INPUT_LOG_INPUT_LOG_H_
#define GOSSAMER_TOOLS_INPUT_LOG_INPUT_LOG_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "core/cluster/cluster_node.h"
#include "core/cluster/options.h"
#include "tools/input_log/input_log.pb.h"

namespace gossamer {

inline constexpr uint32_t kInputLogFormat = 2;

void WriteOptions(const ClusterOptions& options, proto::InputOptions* out);
// False with one line in *error for an option that this program does not know.
bool ReadOptions(const proto::InputOptions& in, ClusterOptions* options, std::string* error);

// Where the segment before that of the log `path` is.
std::string PreviousSegment(const std::string& path);

class InputLog {
 public:
  explicit InputLog(uint64_t most_bytes) : most_bytes_(most_bytes) {}
  ~InputLog();
  InputLog(const InputLog&) = delete;
  InputLog& operator=(const InputLog&) = delete;

  // Begins FILE and removes what an earlier process left in FILE.1. False with one line in *error.
  bool Open(const std::string& path, std::string* error);
  // Begins the next segment. Its number and whether it continues the one before are filled in.
  void BeginSegment(proto::InputLogHeader header);
  void Write(const proto::Input& input);
  // Everything written so far survives the end of the process.
  void Flush();
  // The segment has its share of inputs: begin another as soon as a snapshot can be taken.
  bool WantsSegment() const { return !failed_ && segments_ > 0 && written_ >= most_bytes_ / 2; }
  // Inputs are not written: the segment was cut off, or the disk failed.
  bool full() const { return file_ == nullptr || cut_; }

 private:
  void Put(const proto::InputLogPart& part);
  void Close();
  // The disk failed: there is no further segment.
  void Fail();

  std::string path_;
  std::FILE* file_ = nullptr;
  uint64_t most_bytes_;
  uint64_t written_ = 0;  // in this segment, without its header
  uint64_t segments_ = 0;
  bool cut_ = false;
  bool failed_ = false;
};

// A ClusterNode whose inputs are written to a log, if there is one. It passes every call on.
// REQUIRES of the host: *out is empty at each call.
class RecordedNode {
 public:
  struct Start {
    ClusterOptions options;
    std::string rules;  // a name that FindRules knows
    std::optional<NodesConf> conf;
    uint64_t seed = 0;
    std::string program;  // for the log's header
  };

  // `tables` has `salt`; both and `log`, which may be null, outlive the node.
  RecordedNode(const Start& start, uint64_t salt, HostTables* tables, InputLog* log, Now now,
               Effects* out);
  // A node that exists, for a replay; nothing is recorded.
  RecordedNode(std::unique_ptr<ClusterNode> node, HostTables* tables);

  ClusterNode& node() { return *node_; }
  const ClusterNode& node() const { return *node_; }

  void Tick(Now now, Effects* out);
  void OnLinkUp(Now now, LinkId link, const LinkPeer& peer, Effects* out);
  // A whole frame: a message, or one that the codec refuses.
  void OnFrame(Now now, LinkId link, const LinkPeer& peer, ByteSpan frame, Effects* out);
  void OnBadBytes(Now now, LinkId link, FrameError error, Effects* out);
  void OnLinkDown(Now now, LinkId link, LinkError error, Effects* out);
  void OnQueue(Now now, LinkId link, uint64_t bytes, Effects* out);
  void OnData(const DataFacts& facts);
  void OnConfig(Now now, const ClusterOptions& options, Effects* out);
  void OnPersisted(Now now, Ticket ticket, PersistResult result, Effects* out);
  CommandReply OnCommand(Now now, const ClusterCommand& command, Effects* out);
  void EndBatch(Now now, Effects* out);

 private:
  // To be called before the node is told: begins a segment if one is due. An input to fill and to
  // hand to Finish; null when nobody records.
  proto::Input* Begin(proto::Input::Kind kind, Now now);
  void Finish(const Effects& out);
  void BeginSegment(Now now);

  HostTables* tables_;
  InputLog* log_;
  proto::InputLogHeader header_;  // of the process: what every segment's has alike
  proto::Input input_;
  std::optional<DataFacts> told_;
  std::unique_ptr<ClusterNode> node_;
};

}  // namespace gossamer

#endif  // GOSSAMER_TOOLS_INPUT_LOG_INPUT_LOG_H_
