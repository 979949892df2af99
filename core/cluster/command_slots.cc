#include <cstdint>
#include <string>
#include <vector>

#include "core/cluster/command_table.h"
#include "core/cluster/epochs.h"
#include "core/cluster/roles.h"
#include "core/cluster/slot_ownership.h"

namespace gossamer {
namespace {

bool ParseSlot(std::string_view text, Slot* slot) {
  int64_t value = 0;
  if (!ParseInteger(text, &value) || value < 0 || value >= int64_t{kSlots}) return false;
  *slot = static_cast<Slot>(value);
  return true;
}

CommandReply BadSlot() { return CommandReply::Error("Invalid or out of range slot"); }

CommandReply SlotError(const char* before, Slot slot, const char* after) {
  return CommandReply::Error(before + std::to_string(slot) + after);
}

uint64_t KeysIn(const CommandCall& call, Slot slot) {
  uint64_t count = 0;
  for (const SlotKeys& entry : call.keys) {
    if (entry.slot == slot) count += entry.keys;
  }
  return count;
}

enum class SlotChange : uint8_t { kAdd, kDelete };

// The slots of `ranges` as a set, or why they cannot all be changed.
CommandReply CheckSlots(const State& s, SlotChange change, const std::vector<SlotRange>& ranges,
                        SlotSet* slots) {
  for (const SlotRange& range : ranges) {
    for (uint32_t n = range.first; n <= range.last; ++n) {
      const auto slot = static_cast<Slot>(n);
      const bool owned = s.slots.owner(slot).valid();
      if (change == SlotChange::kDelete && !owned) {
        return SlotError("Slot ", slot, " is already unassigned");
      }
      if (change == SlotChange::kAdd && owned) return SlotError("Slot ", slot, " is already busy");
      if (slots->test(slot)) return SlotError("Slot ", slot, " specified multiple times");
      slots->set(slot);
    }
  }
  return CommandReply::Ok();
}

// `owner` has the slots, some of them new.
void GiveSlots(Turn& t, const SlotSet& slots, NodeKey owner) {
  uint32_t gained = 0;
  slots.ForEach([&](Slot slot) { gained += t.s.slots.owner(slot) == owner ? 0 : 1; });
  AssignSlots(t, slots, owner);
  if (gained == 0) return;
  t.Event({.type = EventType::kSlotsChanged,
           .subject = owner,
           .epoch = t.s.peers.facts(owner).config_epoch,
           .value = gained});
}

CommandReply ChangeSlots(CommandCall& call, SlotChange change,
                         const std::vector<SlotRange>& ranges) {
  State& s = call.t.s;
  SlotSet slots;
  CommandReply verdict = CheckSlots(s, change, ranges, &slots);
  if (!verdict.ok()) return verdict;
  if (change == SlotChange::kAdd) {
    std::erase_if(s.slots.importing(),
                  [&slots](const auto& entry) { return slots.test(entry.first); });
    GiveSlots(call.t, slots, s.myself);
  } else {
    UnassignSlots(call.t, slots);
  }
  call.t.Todo(todo::kUpdateState | todo::kSave);
  return verdict;
}

CommandReply ChangeListed(CommandCall& call, SlotChange change) {
  std::vector<SlotRange> ranges;
  for (size_t i = 1; i < call.size(); ++i) {
    Slot slot = 0;
    if (!ParseSlot(call.word(i), &slot)) return BadSlot();
    ranges.push_back({slot, slot});
  }
  return ChangeSlots(call, change, ranges);
}

CommandReply ChangeRanges(CommandCall& call, SlotChange change) {
  if (call.size() % 2 == 0) return WrongArity(FindCommand(call.word(0))->name);
  std::vector<SlotRange> ranges;
  for (size_t i = 1; i < call.size(); i += 2) {
    SlotRange range;
    if (!ParseSlot(call.word(i), &range.first)) return BadSlot();
    if (!ParseSlot(call.word(i + 1), &range.last)) return BadSlot();
    if (range.first > range.last) {
      return CommandReply::Error("start slot number " + std::to_string(range.first) +
                                 " is greater than end slot number " + std::to_string(range.last));
    }
    ranges.push_back(range);
  }
  return ChangeSlots(call, change, ranges);
}

// ---- SETSLOT ----

enum class SlotAction : uint8_t { kMigrating, kImporting, kStable, kNode };

struct SetSlot {
  Slot slot = 0;
  SlotAction action = SlotAction::kStable;
  NodeKey node;
  size_t options_at = 0;  // index of the first word after the form
};

// The form of the command, or what Valkey says to something else. SOURCE: semantics spec
// section 11.
CommandReply ParseAction(const CommandCall& call, SetSlot* set) {
  struct Form {
    std::string_view name;
    SlotAction action;
    size_t words;
  };
  static constexpr Form kForms[] = {{"migrating", SlotAction::kMigrating, 4},
                                    {"importing", SlotAction::kImporting, 4},
                                    {"stable", SlotAction::kStable, 3},
                                    {"node", SlotAction::kNode, 4}};
  for (const Form& form : kForms) {
    if (!call.Is(2, form.name) || call.size() < form.words) continue;
    set->action = form.action;
    set->options_at = form.words;
    return CommandReply::Ok();
  }
  return CommandReply::Error(
      "Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP");
}

CommandReply CheckTarget(const CommandCall& call, SetSlot* set) {
  const State& s = call.t.s;
  const NodeKey owner = s.slots.owner(set->slot);
  const bool opens = set->action != SlotAction::kNode;
  if (set->action == SlotAction::kMigrating && !(owner == s.myself)) {
    return SlotError("I'm not the owner of hash slot ", set->slot, "");
  }
  if (set->action == SlotAction::kImporting && owner == s.myself) {
    return SlotError("I'm already the owner of hash slot ", set->slot, "");
  }
  set->node = FindLastingNode(s, call.word(3));
  if (!set->node.valid()) {
    return opens ? CommandReply::Error("I don't know about node " + call.word(3))
                 : UnknownNode(call.word(3));
  }
  if (opens && set->node == s.myself) return CommandReply::Error("Target node is myself");
  if (!s.peers.IsPrimary(set->node)) return CommandReply::Error("Target node is not a master");
  if (!opens && owner == s.myself && !(set->node == s.myself) && KeysIn(call, set->slot) > 0) {
    return SlotError("Can't assign hashslot ", set->slot,
                     " to a different node while I still hold keys for this hash slot.");
  }
  return CommandReply::Ok();
}

// [TIMEOUT ms]: how long to wait for the replicas. They belong to the data plane; here it is only
// read.
CommandReply CheckOptions(const CommandCall& call, size_t at) {
  for (size_t i = at; i < call.size(); i += 2) {
    if (!call.Is(i, "timeout")) return CommandReply::Error("syntax error");
    if (i + 1 >= call.size()) return CommandReply::Error("Missing timeout value");
    int64_t ms = 0;
    if (!ParseInteger(call.word(i + 1), &ms)) {
      return CommandReply::Error("timeout is not an integer or out of range");
    }
    if (ms < 0) return CommandReply::Error("timeout is negative");
  }
  return CommandReply::Ok();
}

void AssignToNode(CommandCall& call, const SetSlot& set) {
  Turn& t = call.t;
  State& s = t.s;
  if (KeysIn(call, set.slot) == 0) s.slots.migrating().erase(set.slot);
  const NodeKey primary = s.i_am_primary() ? s.myself : s.my_primary();
  const NodeKey owner = s.slots.owner(set.slot);
  const bool was_ours = owner.valid() && owner == primary;
  SlotSet one;
  one.set(set.slot);
  GiveSlots(t, one, set.node);
  // The last slot of my shard is gone: serve the shard that has it now.
  if (was_ours && s.peers.slot_count(primary) == 0 && s.options.allow_replica_migration &&
      !(set.node == s.myself)) {
    BecomeReplicaOf(t, set.node, /*close_slots=*/true, /*full_sync=*/true);
  }
  const bool ours_now = set.node == s.myself || set.node == s.my_primary();
  if (ours_now && s.slots.importing().erase(set.slot) > 0 && set.node == s.myself) {
    // Only a claim with a new epoch makes the others take the slot from its old owner.
    if (!s.rules.bugs.Has(Bug::kImportWithoutEpoch)) BumpConfigEpoch(t);
    t.Todo(todo::kBroadcastPong);
  }
}

}  // namespace

CommandReply AddSlotsCommand(CommandCall& call) { return ChangeListed(call, SlotChange::kAdd); }

CommandReply DelSlotsCommand(CommandCall& call) { return ChangeListed(call, SlotChange::kDelete); }

CommandReply AddSlotsRangeCommand(CommandCall& call) {
  return ChangeRanges(call, SlotChange::kAdd);
}

CommandReply DelSlotsRangeCommand(CommandCall& call) {
  return ChangeRanges(call, SlotChange::kDelete);
}

CommandReply FlushSlotsCommand(CommandCall& call) {
  State& s = call.t.s;
  if (s.data.has_keys) {
    return CommandReply::Error("DB must be empty to perform CLUSTER FLUSHSLOTS.");
  }
  FreeSlotsOf(call.t, s.myself);
  call.t.Todo(todo::kUpdateState | todo::kSave);
  return CommandReply::Ok();
}

CommandReply SetSlotCommand(CommandCall& call) {
  State& s = call.t.s;
  if (s.i_am_replica()) return CommandReply::Error("Please use SETSLOT only with masters.");
  SetSlot set;
  if (!ParseSlot(call.word(1), &set.slot)) return BadSlot();
  CommandReply reply = ParseAction(call, &set);
  if (reply.ok() && set.action != SlotAction::kStable) reply = CheckTarget(call, &set);
  if (reply.ok()) reply = CheckOptions(call, set.options_at);
  if (!reply.ok()) return reply;
  switch (set.action) {
    case SlotAction::kMigrating:
      s.slots.migrating()[set.slot] = set.node;
      break;
    case SlotAction::kImporting:
      s.slots.importing()[set.slot] = set.node;
      break;
    case SlotAction::kStable:
      s.slots.migrating().erase(set.slot);
      s.slots.importing().erase(set.slot);
      break;
    case SlotAction::kNode:
      AssignToNode(call, set);
      break;
  }
  call.t.Todo(todo::kSave | todo::kUpdateState);
  return reply;
}

CommandReply CountKeysInSlotCommand(CommandCall& call) {
  int64_t slot = 0;
  if (!ParseInteger(call.word(1), &slot)) {
    return CommandReply::Error("value is not an integer or out of range");
  }
  if (slot < 0 || slot >= int64_t{kSlots}) return CommandReply::Error("Invalid slot");
  return CommandReply::Integer(static_cast<int64_t>(KeysIn(call, static_cast<Slot>(slot))));
}

// The names of keys are the host's to know; a slot without keys has none to name.
CommandReply GetKeysInSlotCommand(CommandCall& call) {
  int64_t slot = 0;
  int64_t count = 0;
  if (!ParseInteger(call.word(1), &slot) || !ParseInteger(call.word(2), &count)) {
    return CommandReply::Error("value is not an integer or out of range");
  }
  if (slot < 0 || slot >= int64_t{kSlots} || count < 0) {
    return CommandReply::Error("Invalid slot or number of keys");
  }
  if (KeysIn(call, static_cast<Slot>(slot)) != 0) return NoDataPlane(call);
  return CommandReply::Array({});
}

}  // namespace gossamer
