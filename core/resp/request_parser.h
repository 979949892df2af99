// RequestParser: cuts a client's byte stream into requests, arrays of bulk strings or inline lines.
//
// SOURCE: server spec 1.1. Bytes are never trusted: lengths are checked before memory follows them,
// and memory grows with the bytes that arrived. An error is final; the connection is to be closed
// after the error was sent. Thread safety: none.
#ifndef GOSSAMER_CORE_RESP_REQUEST_PARSER_H_
#define GOSSAMER_CORE_RESP_REQUEST_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gossamer {

class RequestParser {
 public:
  struct Limits {
    size_t inline_bytes = size_t{64} << 10;  // of a line: an inline request or a length
    int64_t bulk_bytes = int64_t{512} << 20;
    int64_t words = INT32_MAX;
    // While the client has to authenticate itself and has not.
    int64_t unauthenticated_words = 10;
    int64_t unauthenticated_bulk_bytes = 16384;
  };
  enum class Result : uint8_t {
    kRequest,   // words() holds one
    kNeedMore,  // all bytes are used up and no request is complete
    kError,     // error() says why
  };

  RequestParser() : RequestParser(Limits()) {}
  explicit RequestParser(const Limits& limits) : limits_(limits) {}

  void Feed(std::string_view bytes) { buffer_.append(bytes); }
  // The next request. Empty ones are passed over. `authenticated`: false keeps requests short.
  Result Next(bool authenticated);
  // REQUIRES: the last Next returned kRequest. They may be moved from.
  std::vector<std::string>& words() { return words_; }
  // The text of the protocol error, without its prefix "ERR Protocol error: ".
  const std::string& error() const { return error_; }
  // Bytes that wait, and the memory held.
  size_t buffered() const { return buffer_.size() - at_; }
  size_t memory_bytes() const { return buffer_.capacity(); }

 private:
  Result Fail(std::string text);
  // The line at the read position without its end, or false while it is not there.
  bool Line(std::string_view* line);
  Result NextInline();
  Result NextArray(bool authenticated);
  Result ReadCount(bool authenticated);
  Result ReadWord(bool authenticated);
  void Compact();

  Limits limits_;
  std::string buffer_;
  size_t at_ = 0;
  int64_t words_left_ = 0;   // of an array under way
  int64_t bulk_bytes_ = -1;  // of the word under way, once known
  std::vector<std::string> words_;
  std::string error_;
};

// The words of an inline request, split as a shell splits them; false for unbalanced quotes.
bool SplitInline(std::string_view line, std::vector<std::string>* words);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_RESP_REQUEST_PARSER_H_
