#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "core/base/strings.h"
#include "core/bus/name_table.h"
#include "core/cluster/node_line.h"
#include "core/cluster/nodes_conf.h"
#include "core/cluster/quoted_words.h"

// DEVIATION: the reference reads nonsense in numbers as 0, leaves a slot named twice with its first
// owner, makes up nodes that only a primary field or an open slot names, and starts with epoch 0
// when the vars line is missing (and might then vote twice in one epoch). Here each of these is an
// error that names the line.

namespace gossamer {
namespace {

constexpr size_t kMaxLineBytes = 1024 + size_t{kSlots} * 128;
constexpr size_t kFields = 8;
constexpr uint64_t kPortIncrement = 10000;
constexpr uint64_t kMaxPort = 65535;
constexpr size_t kShownBytes = 60;
constexpr uint16_t kNobody = 0xffff;

constexpr std::string_view kNothing;
constexpr std::string_view kNameExpected = "40 characters of 0-9a-z";

// `text` in quotes, cut where it gets long, with what cannot be shown as \xHH.
std::string Quoted(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "'";
  for (const char c : text.substr(0, kShownBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      out.push_back(c);
    } else {
      out += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  out += text.size() > kShownBytes ? "...'" : "'";
  return out;
}

// The pieces between the separators, empty ones included.
std::vector<std::string_view> SplitFields(std::string_view text, char separator) {
  std::vector<std::string_view> fields;
  for (;;) {
    const size_t end = text.find(separator);
    fields.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return fields;
    text.remove_prefix(end + 1);
  }
}

using Words = std::vector<std::string_view>;

enum class Grammar : uint8_t { kFile, kClusterNodes };

class Parser {
 public:
  Parser(std::string_view file, Grammar grammar)
      : file_(file), grammar_(grammar), owner_(kSlots, kNobody) {}

  absl::StatusOr<NodesConf> Parse(std::string_view text) {
    while (!text.empty()) {
      ++line_;
      const size_t end = text.find('\n');
      absl::Status status = Line(text.substr(0, end));
      if (!status.ok()) return status;
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    absl::Status status = Finish();
    if (!status.ok()) return status;
    return std::move(conf_);
  }

 private:
  // What only the whole file can decide about a line.
  struct Origin {
    size_t line = 0;
    std::vector<NodeName> named;  // in open slots
  };

  absl::Status Fail(const std::string& what, std::string_view expected,
                    std::string_view nearest = kNothing) const {
    return FailAt(line_, what, expected, nearest);
  }

  // Line 0: the file as a whole.
  absl::Status FailAt(size_t line, const std::string& what, std::string_view expected,
                      std::string_view nearest = kNothing) const {
    std::string message(file_);
    if (line > 0) message += ":" + std::to_string(line);
    message += ": " + what + ", expected ";
    message += expected;
    if (!nearest.empty()) {
      message += ", nearest '";
      message += nearest;
      message += "'";
    }
    return absl::InvalidArgumentError(message);
  }

  absl::Status FailWord(const std::string& what, std::string_view value, std::string_view expected,
                        const Words& candidates = Words()) const {
    return Fail(what + ": " + Quoted(value), expected,
                NearestWord(value.substr(0, kShownBytes), candidates));
  }

  absl::Status Line(std::string_view line) {
    if (line.size() > kMaxLineBytes) {
      return Fail("line too long: " + std::to_string(line.size()) + " bytes",
                  "at most " + std::to_string(kMaxLineBytes));
    }
    std::vector<std::string> words;
    if (!SplitQuotedWords(line, &words)) {
      return FailWord("unbalanced quotes", line, "each quote closed, and a blank after it");
    }
    if (words.empty()) return absl::OkStatus();
    return words[0] == "vars" ? VarsLine(words) : NodeLine(words);
  }

  absl::Status VarsLine(const std::vector<std::string>& words) {
    if (words.size() % 2 == 0) {
      return Fail("odd number of words after vars: " + std::to_string(words.size() - 1),
                  "pairs of name and value");
    }
    vars_seen_ = true;
    for (size_t i = 1; i < words.size(); i += 2) {
      Epoch* epoch = nullptr;
      if (words[i] == "currentEpoch") epoch = &conf_.current_epoch;
      if (words[i] == "lastVoteEpoch") epoch = &conf_.last_vote_epoch;
      // A newer release may keep more; it is not ours to refuse.
      if (epoch == nullptr) continue;
      if (!ParseU64(words[i + 1], &epoch->value)) {
        return FailWord("bad " + words[i], words[i + 1], "an unsigned 64-bit integer");
      }
    }
    return absl::OkStatus();
  }

  absl::Status NodeLine(const std::vector<std::string>& words) {
    NodesConfNode node;
    const std::optional<NodeName> name = NodeName::Parse(words[0]);
    if (!name.has_value()) {
      return FailWord("bad node id", words[0], std::string(kNameExpected) + " or 'vars'", {"vars"});
    }
    if (words.size() < kFields) {
      return Fail("too few fields: " + std::to_string(words.size()),
                  "at least 8: <id> <ip:port@cport> <flags> <primary> <ping-sent> <pong-recv> "
                  "<config-epoch> <link-state>");
    }
    node.name = *name;
    const size_t index = conf_.nodes.size();
    if (index >= NameTable::kMaxNames) {
      return Fail("too many nodes: " + std::to_string(index + 1),
                  "at most " + std::to_string(NameTable::kMaxNames));
    }
    const auto [at, fresh] = index_.emplace(*name, index);
    if (!fresh) {
      return FailWord(
          "duplicate node id", words[0],
          "one line per node (first on line " + std::to_string(origins_[at->second].line) + ")");
    }
    Origin origin{line_, {}};
    absl::Status status = Address(words[1], &node);
    if (status.ok()) status = Flags(words[2], &node);
    if (status.ok()) status = Primary(words[3], &node);
    if (status.ok()) status = Numbers(words, &node);
    if (status.ok()) status = Slots(words, index, &node, &origin);
    if (!status.ok()) return status;
    conf_.nodes.push_back(std::move(node));
    origins_.push_back(std::move(origin));
    return absl::OkStatus();
  }

  absl::Status Port(const std::string& what, std::string_view text, uint16_t* port) const {
    uint64_t value = 0;
    if (!ParseU64(text, &value) || value > kMaxPort) return FailWord(what, text, "0 to 65535");
    *port = static_cast<uint16_t>(value);
    return absl::OkStatus();
  }

  // ip:port@cport[,hostname][,aux=value]*
  absl::Status Address(std::string_view field, NodesConfNode* node) const {
    const std::vector<std::string_view> parts = SplitFields(field, ',');
    const std::string_view address = parts[0];
    const size_t at = address.find('@');
    const std::string_view front = address.substr(0, at);
    const size_t colon = front.rfind(':');
    if (colon == std::string_view::npos) {
      return FailWord("no port in address", address, "ip:port@cport");
    }
    const std::string_view ip = front.substr(0, colon);
    if (ip.size() >= IpText::kBytes || !IsPlainIp(ip)) {
      return FailWord("bad ip", ip, "at most 45 characters without blanks and quotes");
    }
    Endpoint& endpoint = node->address.endpoint;
    endpoint.ip = IpText::From(ip);
    absl::Status status = Port("bad port", front.substr(colon + 1), &endpoint.port);
    if (!status.ok()) return status;
    if (at != std::string_view::npos) {
      status = Port("bad bus port", address.substr(at + 1), &endpoint.cport);
      if (!status.ok()) return status;
    } else if (endpoint.port + kPortIncrement > kMaxPort) {
      return FailWord("no bus port in address", address,
                      "ip:port@cport when the port is above 55535");
    } else {
      endpoint.cport = static_cast<uint16_t>(endpoint.port + kPortIncrement);
    }
    if (parts.size() > 1) {
      if (!IsPlainText(parts[1])) {
        return FailWord("bad host name", parts[1], "no blanks, quotes and special characters");
      }
      node->address.hostname = parts[1];
    }
    return AuxFields(parts, node);
  }

  absl::Status AuxFields(const std::vector<std::string_view>& parts, NodesConfNode* node) const {
    if (parts.size() > 2 && grammar_ == Grammar::kClusterNodes) {
      return FailWord("unexpected address part", parts[2], "ip:port@cport[,hostname]");
    }
    std::optional<uint16_t> tcp_port;
    std::optional<uint16_t> tls_port;
    for (size_t i = 2; i < parts.size(); ++i) {
      const size_t equals = parts[i].find('=');
      if (equals == std::string_view::npos) {
        return FailWord("bad aux field", parts[i], "name=value");
      }
      const std::string_view name = parts[i].substr(0, equals);
      const std::string_view value = parts[i].substr(equals + 1);
      const auto known = std::find(kAuxNames.begin(), kAuxNames.end(), name);
      if (known == kAuxNames.end()) {
        return FailWord("unknown aux field", name, "one of " + ListOf(kAuxNames),
                        {kAuxNames.begin(), kAuxNames.end()});
      }
      if (!IsPlainText(value)) {
        return FailWord("bad " + std::string(name), value,
                        "no blanks, quotes and special characters");
      }
      const auto field = static_cast<AuxField>(known - kAuxNames.begin());
      absl::Status status = Aux(field, value, node, &tcp_port, &tls_port);
      if (!status.ok()) return status;
    }
    // The port in front is the one that has no aux field of its own; files before 7.2 have neither.
    Endpoint& endpoint = node->address.endpoint;
    if (tcp_port.has_value()) {
      endpoint.pport = tls_port.value_or(endpoint.port);
      endpoint.port = *tcp_port;
    } else {
      endpoint.pport = tls_port.value_or(0);
    }
    return absl::OkStatus();
  }

  absl::Status Aux(AuxField field, std::string_view value, NodesConfNode* node,
                   std::optional<uint16_t>* tcp_port, std::optional<uint16_t>* tls_port) const {
    PeerAddress& address = node->address;
    const std::string bad = "bad " + std::string(kAuxNames[static_cast<size_t>(field)]);
    switch (field) {
      case AuxField::kShardId:
        node->shard_id = ShardId::Parse(value);
        if (!node->shard_id.has_value()) return FailWord(bad, value, kNameExpected);
        return absl::OkStatus();
      case AuxField::kNodeName:
        address.human_nodename = value;
        return absl::OkStatus();
      case AuxField::kTcpPort:
        return Port(bad, value, &tcp_port->emplace());
      case AuxField::kTlsPort:
        return Port(bad, value, &tls_port->emplace());
      case AuxField::kClientIpv4:
        address.client_ipv4 = value;
        return absl::OkStatus();
      case AuxField::kClientIpv6:
        address.client_ipv6 = value;
        return absl::OkStatus();
      case AuxField::kClientTcpPort:
        return Port(bad, value, &address.client_port);
      case AuxField::kClientTlsPort:
        return Port(bad, value, &address.client_tls_port);
      case AuxField::kAvailabilityZone:
        address.availability_zone = value;
        return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  template <class Names>
  static std::string ListOf(const Names& names) {
    std::string out;
    for (const std::string_view name : names) {
      if (!out.empty()) out += ", ";
      out += name;
    }
    return out;
  }

  absl::Status Flags(std::string_view field, NodesConfNode* node) const {
    static constexpr std::array<std::string_view, 11> kWords = {
        "myself", "master",    "primary", "slave",      "replica", "fail?",
        "fail",   "handshake", "noaddr",  "nofailover", "noflags"};
    for (const std::string_view word : SplitFields(field, ',')) {
      uint16_t bit = 0;
      for (const FlagText& flag : kFlagTexts) {
        if (flag.text == word) bit = flag.bit;
      }
      if (word == "primary") bit = flag::kPrimary;
      if (word == "replica") bit = flag::kReplica;
      if (bit == 0 && word != kNoFlags) {
        return FailWord("unknown flag", word, "one of " + ListOf(kWords),
                        {kWords.begin(), kWords.end()});
      }
      node->flags |= bit;
    }
    constexpr uint16_t kRoles = flag::kPrimary | flag::kReplica;
    if ((node->flags & kRoles) == kRoles) {
      return FailWord("contradicting flags", field, "master or slave, not both");
    }
    if ((node->flags & flag::kMyself) != 0 && (node->flags & kRoles) == 0) {
      return FailWord("no role for myself", field, "myself,master or myself,slave");
    }
    return absl::OkStatus();
  }

  absl::Status Primary(std::string_view field, NodesConfNode* node) const {
    if (field == "-") return absl::OkStatus();
    node->replicaof = NodeName::Parse(field);
    if (!node->replicaof.has_value()) {
      return FailWord("bad primary id", field, std::string(kNameExpected) + " or '-'");
    }
    if ((node->flags & flag::kReplica) == 0) {
      return FailWord("primary of a node that is no replica", field, "'-'");
    }
    if (*node->replicaof == node->name) {
      return FailWord("node replicates itself", field, "another node's id or '-'");
    }
    return absl::OkStatus();
  }

  absl::Status Numbers(const std::vector<std::string>& words, NodesConfNode* node) const {
    absl::Status status = Millis("bad ping-sent", words[4], &node->ping_sent_ms);
    if (!status.ok()) return status;
    absl::Status pong = Millis("bad pong-recv", words[5], &node->pong_received_ms);
    if (!pong.ok()) return pong;
    if (!ParseU64(words[6], &node->config_epoch.value)) {
      return FailWord("bad config-epoch", words[6], "an unsigned 64-bit integer");
    }
    node->connected = words[7] == "connected";
    if (!node->connected && words[7] != "disconnected") {
      return FailWord("bad link-state", words[7], "connected or disconnected",
                      {"connected", "disconnected"});
    }
    return absl::OkStatus();
  }

  absl::Status Millis(const std::string& what, std::string_view text, int64_t* value) const {
    uint64_t number = 0;
    if (!ParseU64(text, &number) || number > static_cast<uint64_t>(INT64_MAX)) {
      return FailWord(what, text, "milliseconds since 1970, or 0");
    }
    *value = static_cast<int64_t>(number);
    return absl::OkStatus();
  }

  absl::Status Slots(const std::vector<std::string>& words, size_t index, NodesConfNode* node,
                     Origin* origin) {
    SlotSet slots;
    for (size_t i = kFields; i < words.size(); ++i) {
      const std::string_view word = words[i];
      absl::Status status = !word.empty() && word[0] == '[' ? OpenSlot(word, node, origin)
                                                            : SlotWord(word, index, &slots);
      if (!status.ok()) return status;
    }
    node->slots = slots.Ranges();
    const auto by_slot = [](const auto& a, const auto& b) { return a.first < b.first; };
    std::sort(node->migrating.begin(), node->migrating.end(), by_slot);
    std::sort(node->importing.begin(), node->importing.end(), by_slot);
    return absl::OkStatus();
  }

  static bool SlotNumber(std::string_view text, Slot* slot) {
    uint64_t value = 0;
    if (!ParseU64(text, &value) || value >= kSlots) return false;
    *slot = static_cast<Slot>(value);
    return true;
  }

  absl::Status SlotWord(std::string_view word, size_t index, SlotSet* slots) {
    SlotRange range;
    const size_t dash = word.find('-');
    const bool single = dash == std::string_view::npos;
    bool good = SlotNumber(word.substr(0, dash), &range.first);
    range.last = range.first;
    if (good && !single) good = SlotNumber(word.substr(dash + 1), &range.last);
    if (!good || range.first > range.last) {
      return FailWord("bad slot", word, "n or a-b with 0 <= a <= b <= 16383");
    }
    for (uint32_t slot = range.first; slot <= range.last; ++slot) {
      if (owner_[slot] != kNobody) {
        const size_t line = owner_[slot] == index ? line_ : origins_[owner_[slot]].line;
        return FailWord("slot assigned twice", word,
                        "one owner per slot (slot " + std::to_string(slot) + " also on line " +
                            std::to_string(line) + ")");
      }
      owner_[slot] = static_cast<uint16_t>(index);
    }
    slots->SetRange(range);
    return absl::OkStatus();
  }

  // [slot->-target] or [slot-<-source]
  absl::Status OpenSlot(std::string_view word, NodesConfNode* node, Origin* origin) {
    static constexpr std::string_view kExpected = "[slot->-<id>] or [slot-<-<id>]";
    const size_t arrow = word.find('-');
    if (arrow == std::string_view::npos || word.size() < arrow + 3 || word.back() != ']') {
      return FailWord("bad open slot", word, kExpected);
    }
    const std::string_view mark = word.substr(arrow, 3);
    const std::string_view id = word.substr(arrow + 3, word.size() - arrow - 4);
    const std::optional<NodeName> other = NodeName::Parse(id);
    Slot slot = 0;
    if (!SlotNumber(word.substr(1, arrow - 1), &slot) || !other.has_value() ||
        (mark != "->-" && mark != "-<-")) {
      return FailWord("bad open slot", word, kExpected);
    }
    if ((node->flags & flag::kMyself) == 0) {
      return FailWord("open slot of another node", word, "open slots on the line of myself only");
    }
    for (const auto* list : {&node->migrating, &node->importing}) {
      for (const auto& entry : *list) {
        if (entry.first == slot) return FailWord("slot opened twice", word, "one mark per slot");
      }
    }
    (mark == "->-" ? node->migrating : node->importing).emplace_back(slot, *other);
    origin->named.push_back(*other);
    return absl::OkStatus();
  }

  absl::Status Finish() {
    for (const NodesConfNode& node : conf_.nodes) {
      conf_.current_epoch = std::max(conf_.current_epoch, node.config_epoch);
    }
    if (grammar_ == Grammar::kClusterNodes) return absl::OkStatus();
    if (!vars_seen_) {
      return FailAt(0, "no vars line", "'vars currentEpoch <epoch> lastVoteEpoch <epoch>'");
    }
    size_t myself = conf_.nodes.size();
    for (size_t i = 0; i < conf_.nodes.size(); ++i) {
      const NodesConfNode& node = conf_.nodes[i];
      if ((node.flags & flag::kMyself) != 0) {
        if (myself < i) {
          return FailAt(
              origins_[i].line, "second node flagged myself: " + Quoted(node.name.view()),
              "exactly one (first on line " + std::to_string(origins_[myself].line) + ")");
        }
        myself = i;
      }
      std::vector<NodeName> named = origins_[i].named;
      if (node.replicaof.has_value()) named.push_back(*node.replicaof);
      for (const NodeName& name : named) {
        if (index_.count(name) > 0) continue;
        return FailAt(origins_[i].line, "unknown node: " + Quoted(name.view()),
                      "the id of a node with a line in this file");
      }
    }
    if (myself < conf_.nodes.size()) return absl::OkStatus();
    return FailAt(0, "no node is flagged myself", "exactly one");
  }

  std::string_view file_;
  Grammar grammar_;
  size_t line_ = 0;
  bool vars_seen_ = false;
  NodesConf conf_;
  std::vector<Origin> origins_;       // of conf_.nodes
  std::map<NodeName, size_t> index_;  // name -> index in conf_.nodes
  std::vector<uint16_t> owner_;       // by slot: index in conf_.nodes
};

}  // namespace

absl::StatusOr<NodesConf> ParseNodesConf(std::string_view text, std::string_view file) {
  return Parser(file, Grammar::kFile).Parse(text);
}

absl::StatusOr<NodesConf> ParseClusterNodesText(std::string_view text, std::string_view file) {
  return Parser(file, Grammar::kClusterNodes).Parse(text);
}

}  // namespace gossamer
