// InputLog: writes what a running ClusterNode is told, so that replay-node can run it again.
//
// Bounded: beyond `most_bytes` nothing more is written; what is there can be replayed. Thread
// safety: none.
#ifndef GOSSAMER_TOOLS_INPUT_LOG_INPUT_LOG_H_
#define GOSSAMER_TOOLS_INPUT_LOG_INPUT_LOG_H_

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "core/cluster/cluster_node.h"
#include "core/cluster/options.h"
#include "tools/input_log/input_log.pb.h"

namespace gossamer {

inline constexpr uint32_t kInputLogFormat = 1;

void WriteOptions(const ClusterOptions& options, proto::InputOptions* out);
// False with one line in *error for an option that this program does not know.
bool ReadOptions(const proto::InputOptions& in, ClusterOptions* options, std::string* error);

class InputLog {
 public:
  explicit InputLog(uint64_t most_bytes) : left_(most_bytes) {}
  ~InputLog();
  InputLog(const InputLog&) = delete;
  InputLog& operator=(const InputLog&) = delete;

  // False with one line in *error.
  bool Open(const std::string& path, std::string* error);
  void Write(const proto::InputLogHeader& header);
  void Write(const proto::Input& input);
  // Everything written so far survives the end of the process.
  void Flush();
  // The limit was reached, or the disk.
  bool full() const { return file_ == nullptr; }

 private:
  void Put(const proto::InputLogPart& part);
  void Close();

  std::FILE* file_ = nullptr;
  uint64_t left_;
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

  ClusterNode& node() { return node_; }
  const ClusterNode& node() const { return node_; }

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
  // An input to fill and to hand to Finish; null when nobody records.
  proto::Input* Begin(proto::Input::Kind kind, Now now);
  void Finish(const Effects& out);

  HostTables* tables_;
  InputLog* log_;
  proto::Input input_;
  std::optional<DataFacts> told_;
  ClusterNode node_;
};

}  // namespace gossamer

#endif  // GOSSAMER_TOOLS_INPUT_LOG_INPUT_LOG_H_
