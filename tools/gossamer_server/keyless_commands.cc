// What has an answer without keys.
#include <string>

#include "tools/gossamer_server/command_server.h"
#include "tools/gossamer_server/lower.h"

namespace gossamer::server {

void CommandServer::LastSave(Call& call) { call.reply.Integer(started_.wall.ms() / 1000); }

void CommandServer::Wait(Call& call) { call.reply.Integer(0); }

void CommandServer::Flush(Call& call) { call.reply.Simple("OK"); }

// KEYS, SCAN and RANDOMKEY of nothing.
void CommandServer::NoKeys(Call& call) {
  const std::string name = Lower(call.words[0]);
  if (name == "randomkey") return call.reply.Null();
  if (name == "scan") {
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
