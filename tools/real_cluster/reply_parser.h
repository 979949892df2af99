// ReplyParser: cuts the byte stream of a server into replies of RESP2.
//
// Bytes are never trusted: a reply is bounded in bytes, depth and number of values, and memory
// grows with the bytes that arrived. An error is final; the connection is to be closed. Thread
// safety: none.
#ifndef GOSSAMER_TOOLS_REAL_CLUSTER_REPLY_PARSER_H_
#define GOSSAMER_TOOLS_REAL_CLUSTER_REPLY_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gossamer::real {

struct Reply {
  enum class Kind : uint8_t { kSimple, kError, kInteger, kBulk, kNull, kArray };

  Kind kind = Kind::kNull;
  std::string text;  // of kSimple, kError, kBulk
  int64_t integer = 0;
  std::vector<Reply> items;  // of kArray

  friend bool operator==(const Reply&, const Reply&) = default;
};

class ReplyParser {
 public:
  // The largest reply, the deepest nesting, the most values in one reply.
  static constexpr size_t kMaxBytes = size_t{4} << 20;
  static constexpr int kMaxDepth = 8;
  static constexpr size_t kMaxValues = 100'000;

  enum class Result : uint8_t {
    kReply,     // *reply holds one
    kNeedMore,  // all bytes are used up and no reply is complete
    kError,     // error() says why
  };

  void Feed(std::string_view bytes) { buffer_.append(bytes); }
  Result Next(Reply* reply);
  const std::string& error() const { return error_; }

 private:
  Result Fail(std::string text);
  Result Read(int depth, Reply* reply);
  Result ReadBulk(int64_t size, Reply* reply);
  Result ReadArray(int64_t size, int depth, Reply* reply);
  // The line at the read position without its end.
  Result Line(std::string_view* line);

  std::string buffer_;
  size_t at_ = 0;
  size_t values_ = 0;  // of the reply under way
  std::string error_;
};

}  // namespace gossamer::real

#endif  // GOSSAMER_TOOLS_REAL_CLUSTER_REPLY_PARSER_H_
