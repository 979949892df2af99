// MULTI, EXEC, DISCARD.
#include <string>
#include <utility>
#include <vector>

#include "tools/gossamer_server/command_server.h"
#include "tools/gossamer_server/transaction.h"

namespace gossamer::server {

void CommandServer::Queue(Call& call, bool keyed) {
  std::string error = keyed ? RedirectionOf(call, call.session.asking) : "";
  Transaction& transaction = call.session.transaction;
  if (error.empty() && !transaction.Queue(call.words)) error = "ERR too many queued commands";
  if (error.empty()) return call.reply.Simple("QUEUED");
  transaction.Fail();
  call.reply.Error(error);
}

void CommandServer::Multi(Call& call) {
  if (call.session.transaction.open()) return call.reply.Error("ERR MULTI calls can not be nested");
  call.session.transaction.Begin();
  call.reply.Simple("OK");
}

void CommandServer::Exec(Call& call) {
  Transaction& transaction = call.session.transaction;
  if (!transaction.open()) return call.reply.Error("ERR EXEC without MULTI");
  const bool failed = transaction.failed();
  std::vector<Words> queued = transaction.Take();
  if (failed) {
    return call.reply.Error("EXECABORT Transaction discarded because of previous errors.");
  }
  call.reply.Array(queued.size());
  for (Words& words : queued) {
    std::string reply;
    Run(words, &call.session, &reply);
    call.reply.Raw(reply);
  }
}

void CommandServer::Discard(Call& call) {
  if (!call.session.transaction.open()) return call.reply.Error("ERR DISCARD without MULTI");
  call.session.transaction.Take();
  call.reply.Simple("OK");
}

}  // namespace gossamer::server
