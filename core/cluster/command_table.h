// The CLUSTER subcommands as a table, and what their handlers share.
#ifndef GOSSAMER_CORE_CLUSTER_COMMAND_TABLE_H_
#define GOSSAMER_CORE_CLUSTER_COMMAND_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/command.h"
#include "core/cluster/state.h"

namespace gossamer {

// One command being handled.
struct CommandCall {
  Turn& t;
  const ClusterCommand& command;
  const std::vector<SlotKeys>& keys;

  // Number of words, with the subcommand.
  size_t size() const { return command.words.size(); }
  const std::string& word(size_t index) const { return command.words[index]; }
  // True when word `index` is `text` in whatever case.
  bool Is(size_t index, std::string_view text) const;
};

struct CommandEntry {
  std::string_view name;  // lower case, as in "cluster|meet"
  // Number of words with CLUSTER itself; negative: at least so many.
  int arity = 0;
  CommandReply (*handler)(CommandCall& call) = nullptr;
  // For HELP; no usage, no line.
  std::string_view usage;
  std::string_view help;
};

// Every subcommand, in the order of HELP.
std::span<const CommandEntry> CommandTable();
// The entry that `word` names, or null.
const CommandEntry* FindCommand(std::string_view word);

bool SameWord(std::string_view a, std::string_view b);
// A decimal integer as the server reads it: no leading zeros, plus or blanks.
bool ParseInteger(std::string_view text, int64_t* value);

// More words than any form of the subcommand takes.
CommandReply SyntaxErrorOf(const CommandCall& call);
CommandReply WrongArity(std::string_view name);
CommandReply UnknownNode(std::string_view word);
// The known node of that id, or kNoKey.
NodeKey FindNode(const State& s, std::string_view word);
// As FindNode, but not a node in handshake: its id is made up and will go away.
NodeKey FindLastingNode(const State& s, std::string_view word);

// command_topology.cc: who is in the cluster and in which role.
CommandReply MeetCommand(CommandCall& call);
CommandReply ForgetCommand(CommandCall& call);
CommandReply ReplicateCommand(CommandCall& call);
CommandReply FailoverCommand(CommandCall& call);
CommandReply ResetCommand(CommandCall& call);
CommandReply BumpEpochCommand(CommandCall& call);
CommandReply SetConfigEpochCommand(CommandCall& call);

// command_slots.cc: who serves which slot.
CommandReply AddSlotsCommand(CommandCall& call);
CommandReply DelSlotsCommand(CommandCall& call);
CommandReply AddSlotsRangeCommand(CommandCall& call);
CommandReply DelSlotsRangeCommand(CommandCall& call);
CommandReply FlushSlotsCommand(CommandCall& call);
CommandReply SetSlotCommand(CommandCall& call);
CommandReply CountKeysInSlotCommand(CommandCall& call);
CommandReply GetKeysInSlotCommand(CommandCall& call);

// command.cc: questions, and what needs no other module.
CommandReply HelpCommand(CommandCall& call);
CommandReply InfoCommand(CommandCall& call);
CommandReply NodesCommand(CommandCall& call);
CommandReply SlotsCommand(CommandCall& call);
CommandReply ShardsCommand(CommandCall& call);
CommandReply LinksCommand(CommandCall& call);
CommandReply ReplicasCommand(CommandCall& call);
CommandReply MyIdCommand(CommandCall& call);
CommandReply MyShardIdCommand(CommandCall& call);
CommandReply KeySlotCommand(CommandCall& call);
CommandReply CountFailureReportsCommand(CommandCall& call);
CommandReply SaveConfigCommand(CommandCall& call);
// Refuses what needs keys or atomic slot migration.
CommandReply NoDataPlane(CommandCall& call);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_COMMAND_TABLE_H_
