#include "core/cluster/command_table.h"

#include <optional>

#include "absl/strings/match.h"
#include "core/base/strings.h"

namespace gossamer {
namespace {

constexpr CommandEntry kTable[] = {
    {"addslots", -3, AddSlotsCommand, "ADDSLOTS <slot> [<slot> ...]", "Take unowned slots."},
    {"addslotsrange", -4, AddSlotsRangeCommand, "ADDSLOTSRANGE <start> <end> [<start> <end> ...]",
     "Take unowned slots, given as ranges with both ends included."},
    {"bumpepoch", 2, BumpEpochCommand, "BUMPEPOCH",
     "Raise this node's config epoch above all others."},
    {"count-failure-reports", 3, CountFailureReportsCommand, "COUNT-FAILURE-REPORTS <node-id>",
     "Number of live failure reports about a node."},
    {"countkeysinslot", 3, CountKeysInSlotCommand, "COUNTKEYSINSLOT <slot>",
     "Number of keys that this node holds in a slot."},
    {"delslots", -3, DelSlotsCommand, "DELSLOTS <slot> [<slot> ...]",
     "Forget who owns these slots."},
    {"delslotsrange", -4, DelSlotsRangeCommand, "DELSLOTSRANGE <start> <end> [<start> <end> ...]",
     "Forget who owns these slots, given as ranges with both ends included."},
    {"failover", -2, FailoverCommand, "FAILOVER [FORCE|TAKEOVER]",
     "Let this replica replace its primary: with its help, without it, or without votes."},
    {"flushslots", 2, FlushSlotsCommand, "FLUSHSLOTS", "Give up all slots of this node."},
    {"forget", 3, ForgetCommand, "FORGET <node-id>",
     "Remove a node and refuse its return for a while."},
    {"getkeysinslot", 4, GetKeysInSlotCommand, "GETKEYSINSLOT <slot> <count>",
     "Names of keys that this node holds in a slot."},
    {"info", 2, InfoCommand, "INFO", "State and counters of the cluster."},
    {"keyslot", 3, KeySlotCommand, "KEYSLOT <key>", "The hash slot of a key."},
    {"links", 2, LinksCommand, "LINKS", "The bus links to and from each peer, one map per link."},
    {"meet", -4, MeetCommand, "MEET <ip> <port> [<bus-port>]", "Introduce this node to another."},
    {"myid", 2, MyIdCommand, "MYID", "This node's id."},
    {"myshardid", 2, MyShardIdCommand, "MYSHARDID", "The id of this node's shard."},
    {"nodes", 2, NodesCommand, "NODES",
     "Every known node, one line each: <id> <ip:port@bus-port[,hostname]> <flags> <primary> <ping> "
     "<pong> <epoch> <link> <slot> ..."},
    {"replicas", 3, ReplicasCommand, "REPLICAS <node-id>", "The replicas of a primary."},
    {"slaves", 3, ReplicasCommand, "", ""},
    {"replicate", -3, ReplicateCommand, "REPLICATE (<node-id>|NO ONE)",
     "Become a replica of a primary, or an empty primary."},
    {"reset", -2, ResetCommand, "RESET [HARD|SOFT]",
     "Leave the cluster; HARD also takes a new id and epoch 0."},
    {"saveconfig", 2, SaveConfigCommand, "SAVECONFIG", "Write the cluster's state to disk."},
    {"set-config-epoch", 3, SetConfigEpochCommand, "SET-CONFIG-EPOCH <epoch>",
     "Set the config epoch of a node that knows no other."},
    {"setslot", -4, SetSlotCommand,
     "SETSLOT <slot> (IMPORTING <node-id>|MIGRATING <node-id>|STABLE|NODE <node-id>) [TIMEOUT "
     "<ms>]",
     "Open a slot for migration, close it, or give it to a node."},
    {"shards", 2, ShardsCommand, "SHARDS", "Slots and nodes of every shard."},
    {"slots", 2, SlotsCommand, "SLOTS", "Ranges of slots with the nodes that serve them."},
    {"help", 2, HelpCommand, "HELP", "This text."},
    {"cancelslotmigrations", -2, NoDataPlane, "", ""},
    {"flushslot", -3, NoDataPlane, "", ""},
    {"getslotmigrations", 2, NoDataPlane, "", ""},
    {"migrateslots", -4, NoDataPlane, "", ""},
    {"slot-stats", -4, NoDataPlane, "", ""},
    {"syncslots", -3, NoDataPlane, "", ""},
};

}  // namespace

std::span<const CommandEntry> CommandTable() { return kTable; }

const CommandEntry* FindCommand(std::string_view word) {
  for (const CommandEntry& entry : kTable) {
    if (SameWord(word, entry.name)) return &entry;
  }
  return nullptr;
}

bool CommandCall::Is(size_t index, std::string_view text) const {
  return SameWord(word(index), text);
}

bool SameWord(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase(ToAbsl(a), ToAbsl(b));
}

bool ParseInteger(std::string_view text, int64_t* value) {
  const bool negative = !text.empty() && text[0] == '-';
  const std::string_view digits = text.substr(negative ? 1 : 0);
  if (digits.size() > 1 && digits[0] == '0') return false;
  if (negative && digits == "0") return false;
  uint64_t magnitude = 0;
  if (!ParseU64(digits, &magnitude)) return false;
  constexpr uint64_t kLimit = uint64_t{1} << 63;
  if (magnitude > (negative ? kLimit : kLimit - 1)) return false;
  *value = static_cast<int64_t>(negative ? ~magnitude + 1 : magnitude);
  return true;
}

CommandReply SyntaxErrorOf(const CommandCall& call) {
  constexpr size_t kShown = 128;
  return CommandReply::Error("unknown subcommand or wrong number of arguments for '" +
                             call.word(0).substr(0, kShown) + "'. Try CLUSTER HELP.");
}

CommandReply WrongArity(std::string_view name) {
  return CommandReply::Error("wrong number of arguments for 'cluster|" + std::string(name) +
                             "' command");
}

CommandReply UnknownNode(std::string_view word) {
  return CommandReply::Error("Unknown node " + std::string(word));
}

NodeKey FindNode(const State& s, std::string_view word) {
  const std::optional<NodeName> name = NodeName::Parse(word);
  return name.has_value() ? s.peers.Find(*name) : kNoKey;
}

NodeKey FindLastingNode(const State& s, std::string_view word) {
  const NodeKey node = FindNode(s, word);
  return node.valid() && s.peers.Has(node, flag::kHandshake) ? kNoKey : node;
}

}  // namespace gossamer
