// RESP for comparing CommandReply trees with what real servers sent. Tests only; strict about
// nothing but shape.
#ifndef GOSSAMER_TESTS_CORE_CLUSTER_RESP_TEXT_H_
#define GOSSAMER_TESTS_CORE_CLUSTER_RESP_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/cluster/command.h"

namespace gossamer {

// The bytes of `reply` in RESP2 or RESP3.
inline std::string ToResp(const CommandReply& reply, int version) {
  using Kind = CommandReply::Kind;
  const auto bulk = [](char mark, const std::string& text) {
    return mark + std::to_string(text.size()) + "\r\n" + text + "\r\n";
  };
  switch (reply.kind) {
    case Kind::kSimple:
      return "+" + reply.text + "\r\n";
    case Kind::kError:
      return "-" + reply.text + "\r\n";
    case Kind::kInteger:
      return ":" + std::to_string(reply.integer) + "\r\n";
    case Kind::kBulk:
      return bulk('$', reply.text);
    case Kind::kVerbatim:
      return version == 3 ? bulk('=', "txt:" + reply.text) : bulk('$', reply.text);
    case Kind::kNull:
      return version == 3 ? "_\r\n" : "$-1\r\n";
    case Kind::kArray:
    case Kind::kMap:
      break;
  }
  const bool map = reply.kind == Kind::kMap && version == 3;
  const size_t count = map ? reply.items.size() / 2 : reply.items.size();
  std::string out = (map ? "%" : "*") + std::to_string(count) + "\r\n";
  for (const CommandReply& item : reply.items) out += ToResp(item, version);
  return out;
}

// Reads one reply from the front of *bytes. REQUIRES: it is well formed.
inline CommandReply FromResp(std::string_view* bytes) {
  using Kind = CommandReply::Kind;
  const size_t end = bytes->find("\r\n");
  GOSSAMER_CHECK(end != std::string_view::npos && end > 0);
  const char mark = (*bytes)[0];
  const std::string line(bytes->substr(1, end - 1));
  bytes->remove_prefix(end + 2);
  switch (mark) {
    case '+':
      return CommandReply::Simple(line);
    case '-':
      return {Kind::kError, line, 0, {}};
    case ':':
      return CommandReply::Integer(std::stoll(line));
    case '_':
      return CommandReply::Null();
    case '$':
    case '=': {
      if (line == "-1") return CommandReply::Null();
      const size_t size = std::stoul(line);
      std::string text(bytes->substr(0, size));
      bytes->remove_prefix(size + 2);
      return mark == '$' ? CommandReply::Bulk(std::move(text))
                         : CommandReply::Verbatim(text.substr(sizeof("txt:") - 1));
    }
    default:
      break;
  }
  GOSSAMER_CHECK(mark == '*' || mark == '%');
  std::vector<CommandReply> items;
  const size_t count = std::stoul(line) * (mark == '%' ? 2 : 1);
  for (size_t i = 0; i < count; ++i) items.push_back(FromResp(bytes));
  return mark == '%' ? CommandReply::Map(std::move(items)) : CommandReply::Array(std::move(items));
}

inline CommandReply FromResp(std::string_view bytes) { return FromResp(&bytes); }

}  // namespace gossamer

#endif  // GOSSAMER_TESTS_CORE_CLUSTER_RESP_TEXT_H_
