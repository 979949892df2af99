#include "tools/input_log/effects_hash.h"

#include <string_view>

#include "absl/strings/str_format.h"
#include "core/base/hash.h"

namespace gossamer {
namespace {

struct HashOne {
  const NameTable& names;

  uint64_t operator()(const Send& e) const {
    return CombineHash(CombineHash(e.link.value, e.message->content_hash), e.after.value);
  }
  uint64_t operator()(const Open& e) const {
    const Endpoint& to = e.address->get().address.endpoint;
    return CombineHash(CombineHash(e.link.value, names.name_hash(e.peer)),
                       HashText(to.ip.view(), to.cport));
  }
  uint64_t operator()(const Close& e) const { return e.link.value; }
  uint64_t operator()(const Persist& e) const { return e.ticket.value * 2 + (e.fsync ? 1 : 0); }
  uint64_t operator()(const Replicate& e) const {
    return CombineHash(names.name_hash(e.primary), e.full_sync ? 1 : 0);
  }
  uint64_t operator()(const Promote&) const { return 1; }
  uint64_t operator()(const PauseWrites& e) const { return static_cast<uint64_t>(e.until.us); }
  uint64_t operator()(const Unpause&) const { return 1; }
  uint64_t operator()(const DropSlots& e) const { return e.slots->hash(); }
  uint64_t operator()(const FlushData&) const { return 1; }
  uint64_t operator()(const Deliver& e) const {
    return CombineHash(names.name_hash(e.sender), e.message->content_hash);
  }
  uint64_t operator()(const Emit& e) const {
    const Event& event = e.event;
    uint64_t h = CombineHash(static_cast<uint64_t>(event.type), static_cast<uint64_t>(event.value));
    h = CombineHash(h, names.name_hash(event.subject));
    return CombineHash(CombineHash(h, names.name_hash(event.other)), event.epoch.value);
  }
};

struct DescribeOne {
  const NameTable& names;

  std::string Name(NodeKey key) const { return key.valid() ? names.name(key).str() : "nobody"; }

  std::string operator()(const Send& e) const {
    const std::string_view type = MessageTypeName(e.message->type);
    return absl::StrFormat("send %.*s (%016x) on link %u", static_cast<int>(type.size()),
                           type.data(), e.message->content_hash, e.link.value);
  }
  std::string operator()(const Open& e) const {
    return absl::StrFormat("open link %u to %s", e.link.value, Name(e.peer));
  }
  std::string operator()(const Close& e) const {
    return absl::StrFormat("close link %u", e.link.value);
  }
  std::string operator()(const Persist& e) const {
    return absl::StrFormat("save, ticket %u%s", e.ticket.value, e.fsync ? ", fsync" : "");
  }
  std::string operator()(const Replicate& e) const { return "replicate from " + Name(e.primary); }
  std::string operator()(const Promote&) const { return "promote"; }
  std::string operator()(const PauseWrites&) const { return "pause writes"; }
  std::string operator()(const Unpause&) const { return "unpause writes"; }
  std::string operator()(const DropSlots&) const { return "drop slots"; }
  std::string operator()(const FlushData&) const { return "flush data"; }
  std::string operator()(const Deliver& e) const { return "deliver from " + Name(e.sender); }
  std::string operator()(const Emit& e) const {
    const std::string_view type = EventTypeName(e.event.type);
    return absl::StrFormat("event %.*s about %s, epoch %u, value %d", static_cast<int>(type.size()),
                           type.data(), Name(e.event.subject), e.event.epoch.value, e.event.value);
  }
};

}  // namespace

uint64_t HashEffects(const Effects& effects, const NameTable& names) {
  uint64_t h = 0;
  for (const Effect& effect : effects.list()) {
    h = CombineHash(h, CombineHash(effect.index() + 1, std::visit(HashOne{names}, effect)));
  }
  return h;
}

std::string DescribeEffect(const Effect& effect, const NameTable& names) {
  return std::visit(DescribeOne{names}, effect);
}

}  // namespace gossamer
