// CLUSTER subcommands: what they change and what they answer, as functions of the state.
//
// A command arrives as its words (without "CLUSTER"); the reply is RESP-neutral. SOURCE: semantics
// spec section 11; the error texts are quoted there because clients match them. Thread safety:
// none.
#ifndef GOSSAMER_CORE_CLUSTER_COMMAND_H_
#define GOSSAMER_CORE_CLUSTER_COMMAND_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/cluster/state.h"

namespace gossamer {

// A reply tree: simple string, error (with its code, without '-'), integer, bulk or verbatim text,
// null, array, map.
struct CommandReply {
  enum class Kind : uint8_t { kSimple, kError, kInteger, kBulk, kVerbatim, kNull, kArray, kMap };
  Kind kind = Kind::kSimple;
  std::string text;
  int64_t integer = 0;
  // Elements of an array; key, value, key, value, ... of a map.
  std::vector<CommandReply> items;

  static CommandReply Ok() { return {Kind::kSimple, "OK", 0, {}}; }
  static CommandReply Simple(std::string text) { return {Kind::kSimple, std::move(text), 0, {}}; }
  // `text` without the "ERR " that is put before it.
  static CommandReply Error(std::string text) {
    return {Kind::kError, "ERR " + std::move(text), 0, {}};
  }
  static CommandReply Integer(int64_t value) { return {Kind::kInteger, "", value, {}}; }
  static CommandReply Bulk(std::string text) { return {Kind::kBulk, std::move(text), 0, {}}; }
  static CommandReply Verbatim(std::string text) {
    return {Kind::kVerbatim, std::move(text), 0, {}};
  }
  static CommandReply Null() { return {Kind::kNull, "", 0, {}}; }
  static CommandReply Array(std::vector<CommandReply> items) {
    return {Kind::kArray, "", 0, std::move(items)};
  }
  static CommandReply Map(std::vector<CommandReply> items) {
    return {Kind::kMap, "", 0, std::move(items)};
  }
  bool ok() const { return kind != Kind::kError; }
};

struct ClusterCommand {
  std::vector<std::string> words;  // "FAILOVER", "FORCE"; the first is matched without case
  bool tls_client = false;  // the asking client's transport and family, for texts with addresses
  bool ipv6_client = false;
};

// What the data side must know for some commands: keys in the slots that the command names, by
// rising slot.
struct SlotKeys {
  Slot slot = 0;
  uint64_t keys = 0;
};

// Handles one command. Effects go to the turn.
CommandReply RunCommand(Turn& t, const ClusterCommand& command, const std::vector<SlotKeys>& keys);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_COMMAND_H_
