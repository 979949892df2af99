#include "tools/real_cluster/reply_parser.h"

#include <charconv>
#include <utility>

namespace gossamer::real {
namespace {

constexpr size_t kMaxLengthLine = 32;  // of a count; lines of text end at kMaxBytes

bool ReadNumber(std::string_view text, int64_t* value) {
  const char* end = text.data() + text.size();
  const auto got = std::from_chars(text.data(), end, *value);
  return !text.empty() && got.ec == std::errc() && got.ptr == end;
}

}  // namespace

ReplyParser::Result ReplyParser::Fail(std::string text) {
  error_ = std::move(text);
  return Result::kError;
}

// A reply that is not complete yet is read again from its beginning when more bytes are there:
// replies are short, and a bulk that is under way costs nothing.
ReplyParser::Result ReplyParser::Next(Reply* reply) {
  if (!error_.empty()) return Result::kError;
  at_ = 0;
  values_ = 0;
  *reply = Reply();
  const Result result = Read(0, reply);
  if (result == Result::kReply) buffer_.erase(0, at_);
  if (result == Result::kNeedMore && buffer_.size() > kMaxBytes) {
    return Fail("a reply of more than " + std::to_string(kMaxBytes) + " bytes");
  }
  return result;
}

ReplyParser::Result ReplyParser::Line(std::string_view* line) {
  const size_t end = buffer_.find("\r\n", at_);
  if (end == std::string::npos) return Result::kNeedMore;
  *line = std::string_view{buffer_}.substr(at_, end - at_);
  at_ = end + 2;
  return Result::kReply;
}

ReplyParser::Result ReplyParser::Read(int depth, Reply* reply) {
  if (depth > kMaxDepth) return Fail("arrays nested too deeply");
  if (++values_ > kMaxValues) return Fail("too many values in one reply");
  std::string_view line;
  if (const Result result = Line(&line); result != Result::kReply) return result;
  if (line.empty()) return Fail("an empty line, expected a reply");
  const char type = line.front();
  line.remove_prefix(1);
  if (type == '+' || type == '-') {
    reply->kind = type == '+' ? Reply::Kind::kSimple : Reply::Kind::kError;
    reply->text = std::string(line);
    return Result::kReply;
  }
  int64_t number = 0;
  if (type != ':' && type != '$' && type != '*') return Fail("unknown type of a reply");
  if (line.size() > kMaxLengthLine || !ReadNumber(line, &number)) return Fail("not a number");
  if (type == '$') return ReadBulk(number, reply);
  if (type == '*') return ReadArray(number, depth, reply);
  reply->kind = Reply::Kind::kInteger;
  reply->integer = number;
  return Result::kReply;
}

ReplyParser::Result ReplyParser::ReadBulk(int64_t size, Reply* reply) {
  if (size == -1) return Result::kReply;
  if (size < 0 || static_cast<uint64_t>(size) > kMaxBytes) return Fail("bad length of a bulk");
  const auto length = static_cast<size_t>(size);
  if (buffer_.size() - at_ < length + 2) return Result::kNeedMore;
  reply->kind = Reply::Kind::kBulk;
  reply->text = buffer_.substr(at_, length);
  at_ += length;
  if (buffer_.compare(at_, 2, "\r\n") != 0) return Fail("a bulk without its end");
  at_ += 2;
  return Result::kReply;
}

ReplyParser::Result ReplyParser::ReadArray(int64_t size, int depth, Reply* reply) {
  if (size == -1) return Result::kReply;
  if (size < 0 || static_cast<uint64_t>(size) > kMaxValues) return Fail("bad length of an array");
  reply->kind = Reply::Kind::kArray;
  for (int64_t i = 0; i < size; ++i) {
    const Result result = Read(depth + 1, &reply->items.emplace_back());
    if (result != Result::kReply) return result;
  }
  return Result::kReply;
}

}  // namespace gossamer::real
