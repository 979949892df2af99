// What has an answer without keys.
#include <charconv>
#include <cstdint>
#include <string>

#include "core/base/strings.h"
#include "tools/gossamer_server/command_server.h"

namespace gossamer::server {
namespace {

bool ReadNumber(const std::string& text, int64_t* value) {
  const auto got = std::from_chars(text.data(), text.data() + text.size(), *value);
  return got.ec == std::errc() && got.ptr == text.data() + text.size();
}

}  // namespace

void CommandServer::LastSave(Call& call) { call.reply.Integer(started_.wall.ms() / 1000); }

void CommandServer::Wait(Call& call) {
  int64_t replicas = 0;
  int64_t timeout_ms = 0;
  if (bus_->node().state().i_am_replica()) {
    return call.reply.Error("ERR WAIT cannot be used with replica instances.");
  }
  if (!ReadNumber(call.words[1], &replicas)) {
    return call.reply.Error("ERR value is not an integer or out of range");
  }
  if (!ReadNumber(call.words[2], &timeout_ms)) {
    return call.reply.Error("ERR timeout is not an integer or out of range");
  }
  timeout_ms < 0 ? call.reply.Error("ERR timeout is negative") : call.reply.Integer(0);
}

void CommandServer::Flush(Call& call) {
  if (bus_->node().state().i_am_replica()) {
    return call.reply.Error("READONLY You can't write against a read only replica.");
  }
  const std::string mode = call.words.size() == 2 ? Lower(call.words[1]) : "sync";
  const bool known = mode == "sync" || mode == "async";
  known&& call.words.size() <= 2 ? call.reply.Simple("OK") : call.reply.Error("ERR syntax error");
}

// KEYS, SCAN and RANDOMKEY of nothing.
void CommandServer::NoKeys(Call& call) {
  const std::string name = Lower(call.words[0]);
  if (name == "randomkey") return call.reply.Null();
  if (name == "scan") {
    uint64_t cursor = 0;
    const std::string& text = call.words[1];
    const auto got = std::from_chars(text.data(), text.data() + text.size(), cursor);
    if (got.ec != std::errc() || got.ptr != text.data() + text.size()) {
      return call.reply.Error("ERR invalid cursor");
    }
    call.reply.Array(2);
    call.reply.Bulk("0");
  }
  call.reply.Array(0);
}

void CommandServer::Failover(Call& call) {
  call.reply.Error(
      "ERR FAILOVER not allowed in cluster mode. Use CLUSTER FAILOVER command instead.");
}

void CommandServer::ReplicaOf(Call& call) {
  call.reply.Error("ERR REPLICAOF not allowed in cluster mode.");
}

}  // namespace gossamer::server
