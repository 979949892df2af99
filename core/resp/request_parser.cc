#include "core/resp/request_parser.h"

#include <charconv>
#include <utility>

namespace gossamer {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0'; }

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool ParseNumber(std::string_view text, int64_t* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size();
}

char Unescaped(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'a':
      return '\a';
    default:
      return c;
  }
}

// Reads one word of an inline request.
class WordReader {
 public:
  WordReader(std::string_view line, size_t* at) : line_(line), at_(*at) {}

  bool Read(std::string* word) {
    while (More() && !IsBlank(line_[at_])) {
      const char c = line_[at_++];
      if (c == '"' || c == '\'') {
        if (!(c == '"' ? ReadDoubleQuoted(word) : ReadSingleQuoted(word))) return false;
        // A closing quote ends its word.
        return !More() || IsBlank(line_[at_]);
      }
      word->push_back(c);
    }
    return true;
  }

 private:
  bool More() const { return at_ < line_.size(); }

  bool ReadDoubleQuoted(std::string* word) {
    while (More()) {
      const char c = line_[at_++];
      if (c == '"') return true;
      if (c != '\\' || !More()) {
        word->push_back(c);
        continue;
      }
      const bool hex = line_[at_] == 'x' && at_ + 2 < line_.size() &&
                       HexValue(line_[at_ + 1]) >= 0 && HexValue(line_[at_ + 2]) >= 0;
      if (hex) {
        word->push_back(
            static_cast<char>(HexValue(line_[at_ + 1]) * 16 + HexValue(line_[at_ + 2])));
        at_ += 3;
      } else {
        word->push_back(Unescaped(line_[at_++]));
      }
    }
    return false;
  }

  bool ReadSingleQuoted(std::string* word) {
    while (More()) {
      const char c = line_[at_++];
      if (c == '\'') return true;
      if (c == '\\' && More() && line_[at_] == '\'') {
        word->push_back(line_[at_++]);
      } else {
        word->push_back(c);
      }
    }
    return false;
  }

  std::string_view line_;
  size_t& at_;
};

}  // namespace

bool SplitInline(std::string_view line, std::vector<std::string>* words) {
  size_t at = 0;
  while (true) {
    while (at < line.size() && IsBlank(line[at])) ++at;
    if (at == line.size()) return true;
    if (!WordReader(line, &at).Read(&words->emplace_back())) return false;
  }
}

RequestParser::Result RequestParser::Fail(std::string text) {
  error_ = std::move(text);
  return Result::kError;
}

bool RequestParser::Line(std::string_view* line) {
  const size_t end = buffer_.find('\n', at_);
  if (end == std::string::npos) return false;
  *line = std::string_view{buffer_}.substr(at_, end - at_);
  if (!line->empty() && line->back() == '\r') line->remove_suffix(1);
  at_ = end + 1;
  return true;
}

// Gives the memory of what was read back now and then, not with each request.
void RequestParser::Compact() {
  constexpr size_t kWorthMoving = size_t{64} << 10;
  if (at_ == buffer_.size()) {
    buffer_.clear();
    if (buffer_.capacity() > 4 * kWorthMoving) buffer_.shrink_to_fit();
  } else if (at_ < kWorthMoving || at_ < buffer_.size() / 2) {
    return;
  } else {
    buffer_.erase(0, at_);
  }
  at_ = 0;
}

RequestParser::Result RequestParser::Next(bool authenticated) {
  if (!error_.empty()) return Result::kError;
  while (true) {
    Result result = Result::kNeedMore;
    if (words_left_ > 0) {
      result = NextArray(authenticated);
    } else if (buffered() > 0) {
      words_.clear();
      result = buffer_[at_] == '*' ? ReadCount(authenticated) : NextInline();
    }
    // An empty request has no answer.
    if (result == Result::kRequest && words_.empty()) continue;
    if (result != Result::kError) Compact();
    return result;
  }
}

RequestParser::Result RequestParser::NextInline() {
  std::string_view line;
  if (!Line(&line)) {
    return buffered() > limits_.inline_bytes ? Fail("too big inline request") : Result::kNeedMore;
  }
  if (!SplitInline(line, &words_)) return Fail("unbalanced quotes in request");
  return Result::kRequest;
}

RequestParser::Result RequestParser::ReadCount(bool authenticated) {
  std::string_view line;
  if (!Line(&line)) {
    return buffered() > limits_.inline_bytes ? Fail("too big mbulk count string")
                                             : Result::kNeedMore;
  }
  int64_t count = 0;
  if (!ParseNumber(line.substr(1), &count) || count > limits_.words) {
    return Fail("invalid multibulk length");
  }
  if (!authenticated && count > limits_.unauthenticated_words) {
    return Fail("unauthenticated multibulk length");
  }
  if (count <= 0) return Result::kRequest;
  words_left_ = count;
  bulk_bytes_ = -1;
  return NextArray(authenticated);
}

RequestParser::Result RequestParser::NextArray(bool authenticated) {
  while (words_left_ > 0) {
    const Result result = ReadWord(authenticated);
    if (result != Result::kRequest) return result;
    --words_left_;
  }
  return Result::kRequest;
}

// kRequest: the word is whole.
RequestParser::Result RequestParser::ReadWord(bool authenticated) {
  if (bulk_bytes_ < 0) {
    if (buffered() == 0) return Result::kNeedMore;
    if (buffer_[at_] != '$') {
      return Fail(std::string("expected '$', got '") + buffer_[at_] + "'");
    }
    std::string_view line;
    if (!Line(&line)) {
      return buffered() > limits_.inline_bytes ? Fail("too big bulk count string")
                                               : Result::kNeedMore;
    }
    int64_t length = 0;
    if (!ParseNumber(line.substr(1), &length) || length < 0 || length > limits_.bulk_bytes) {
      return Fail("invalid bulk length");
    }
    if (!authenticated && length > limits_.unauthenticated_bulk_bytes) {
      return Fail("unauthenticated bulk length");
    }
    bulk_bytes_ = length;
  }
  const auto length = static_cast<size_t>(bulk_bytes_);
  if (buffered() < length + 2) return Result::kNeedMore;
  words_.emplace_back(buffer_, at_, length);
  at_ += length + 2;
  bulk_bytes_ = -1;
  return Result::kRequest;
}

}  // namespace gossamer
