#include "core/cluster/command.h"

#include <algorithm>

#include "core/cluster/command_table.h"
#include "core/cluster/failure_detector.h"
#include "core/cluster/views.h"
#include "core/slots/key_slot.h"

namespace gossamer {
namespace {

ViewClient ClientOf(const CommandCall& call) {
  return {call.command.tls_client, call.command.ipv6_client};
}

CommandReply Dispatch(CommandCall& call) {
  if (call.size() == 0) {
    return CommandReply::Error("wrong number of arguments for 'cluster' command");
  }
  const CommandEntry* entry = FindCommand(call.word(0));
  if (entry == nullptr) {
    constexpr size_t kShown = 128;
    return CommandReply::Error("unknown subcommand '" + call.word(0).substr(0, kShown) +
                               "'. Try CLUSTER HELP.");
  }
  const auto words = static_cast<int>(call.size()) + 1;  // with CLUSTER
  const bool fits = entry->arity < 0 ? words >= -entry->arity : words == entry->arity;
  if (!fits) return WrongArity(entry->name);
  return entry->handler(call);
}

}  // namespace

CommandReply RunCommand(Turn& t, const ClusterCommand& command, const std::vector<SlotKeys>& keys) {
  CommandCall call{t, command, keys};
  CommandReply reply = Dispatch(call);
  // Errors quote the client's words; a line end in them would break the reply.
  if (reply.kind == CommandReply::Kind::kError) {
    std::replace(reply.text.begin(), reply.text.end(), '\r', ' ');
    std::replace(reply.text.begin(), reply.text.end(), '\n', ' ');
  }
  return reply;
}

CommandReply HelpCommand(CommandCall& call) {
  (void)call;
  std::vector<CommandReply> lines;
  lines.push_back(
      CommandReply::Simple("CLUSTER <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
  for (const CommandEntry& entry : CommandTable()) {
    if (entry.usage.empty()) continue;
    lines.push_back(CommandReply::Simple(std::string(entry.usage)));
    lines.push_back(CommandReply::Simple("    " + std::string(entry.help)));
  }
  return CommandReply::Array(std::move(lines));
}

CommandReply InfoCommand(CommandCall& call) { return CommandReply::Verbatim(InfoText(call.t)); }

CommandReply NodesCommand(CommandCall& call) {
  return CommandReply::Verbatim(NodesText(call.t, ClientOf(call)));
}

CommandReply SlotsCommand(CommandCall& call) { return SlotsReply(call.t, ClientOf(call)); }

CommandReply ShardsCommand(CommandCall& call) { return ShardsReply(call.t, ClientOf(call)); }

CommandReply LinksCommand(CommandCall& call) { return LinksReply(call.t); }

CommandReply ReplicasCommand(CommandCall& call) {
  const NodeKey node = FindNode(call.t.s, call.word(1));
  if (!node.valid()) return UnknownNode(call.word(1));
  if (call.t.s.peers.IsReplica(node)) {
    return CommandReply::Error("The specified node is not a master");
  }
  return ReplicasReply(call.t, node, ClientOf(call));
}

CommandReply MyIdCommand(CommandCall& call) {
  const State& s = call.t.s;
  return CommandReply::Bulk(s.peers.name(s.myself).str());
}

CommandReply MyShardIdCommand(CommandCall& call) {
  const State& s = call.t.s;
  return CommandReply::Bulk(s.peers.facts(s.myself).shard_id.str());
}

CommandReply KeySlotCommand(CommandCall& call) {
  return CommandReply::Integer(KeySlot(call.word(1)));
}

CommandReply CountFailureReportsCommand(CommandCall& call) {
  const NodeKey node = FindNode(call.t.s, call.word(1));
  if (!node.valid()) return UnknownNode(call.word(1));
  return CommandReply::Integer(LiveReports(call.t, node));
}

// DEVIATION: answers before the file is written; a failure to write is an event of its own.
CommandReply SaveConfigCommand(CommandCall& call) {
  call.t.Todo(todo::kSaveFsync);
  return CommandReply::Ok();
}

CommandReply NoDataPlane(CommandCall& call) {
  return CommandReply::Error("CLUSTER " + std::string(FindCommand(call.word(0))->name) +
                             " needs a data plane, which this build does not have");
}

}  // namespace gossamer
