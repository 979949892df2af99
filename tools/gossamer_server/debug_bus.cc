#include "tools/gossamer_server/debug_bus.h"

#include <charconv>
#include <string_view>

#include "core/base/strings.h"

namespace gossamer::server {
namespace {

bool ReadInt(const std::string& text, int* value) {
  const auto got = std::from_chars(text.data(), text.data() + text.size(), *value);
  return got.ec == std::errc() && got.ptr == text.data() + text.size();
}

std::string KillLinks(const std::string& which, const std::string& name, BusHost* bus) {
  const std::string choice = Lower(which);
  if (choice != "to" && choice != "from" && choice != "all") {
    return "ERR Unknown link type '" + which + "', expected TO, FROM or ALL";
  }
  const std::optional<NodeName> id = NodeName::Parse(name);
  const NodeKey node = id ? bus->node().state().peers.Find(*id) : kNoKey;
  if (!node.valid()) return "ERR Unknown node " + name;
  bus->KillLinks(node, choice != "from", choice != "to");
  return "";
}

}  // namespace

std::optional<std::string> DebugBus(const std::vector<std::string>& words, BusHost* bus) {
  const std::string what = Lower(words[1]);
  int number = 0;
  if (what == "drop-cluster-packet-filter" && words.size() == 3) {
    if (!ReadInt(words[2], &number)) return "ERR value is not an integer or out of range";
    bus->packet_filter().type = number;
    return "";
  }
  if (what == "close-cluster-link-on-packet-drop" && words.size() == 3) {
    if (!ReadInt(words[2], &number)) return "ERR value is not an integer or out of range";
    bus->packet_filter().close_link = number != 0;
    return "";
  }
  if (what == "clusterlink" && words.size() == 5 && Lower(words[2]) == "kill") {
    return KillLinks(words[3], words[4], bus);
  }
  return std::nullopt;
}

}  // namespace gossamer::server
