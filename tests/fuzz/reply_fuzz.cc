// What servers send and write: the same replies and error whatever the pieces that bytes arrive in,
// and log lines that are read or passed over.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/check.h"
#include "tools/real_cluster/log_line.h"
#include "tools/real_cluster/reply_parser.h"

namespace gossamer::real {
namespace {

std::vector<Reply> Parse(std::string_view bytes, size_t piece, std::string* error) {
  ReplyParser parser;
  std::vector<Reply> replies;
  for (size_t at = 0; at < bytes.size() && parser.error().empty(); at += piece) {
    parser.Feed(bytes.substr(at, piece));
    Reply reply;
    while (parser.Next(&reply) == ReplyParser::Result::kReply) replies.push_back(reply);
  }
  *error = parser.error();
  return replies;
}

void ReadAsLog(std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t end = bytes.find('\n');
    const auto event = ParseLogLine(bytes.substr(0, end));
    GOSSAMER_CHECK(!event || event->subject.zero() || event->subject.valid());
    if (end == std::string_view::npos) return;
    bytes.remove_prefix(end + 1);
  }
}

}  // namespace
}  // namespace gossamer::real

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  std::string whole_error;
  std::string error;
  const auto whole = gossamer::real::Parse(bytes, bytes.size() + 1, &whole_error);
  const auto pieces = gossamer::real::Parse(bytes, size_t{data[0]} + 1, &error);
  GOSSAMER_CHECK(whole == pieces && whole_error == error);
  gossamer::real::ReadAsLog(bytes);
  return 0;
}
