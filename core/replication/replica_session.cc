#include "core/replication/replica_session.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace gossamer {
namespace {

// Of a reply line: everything the primary says here is short.
constexpr size_t kLongestLine = 4096;
constexpr size_t kIdLength = 40;

std::string Request(const std::vector<std::string>& words) {
  std::string out = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) {
    out += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  return out;
}

bool ParseNumber(std::string_view text, int64_t* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size() && *number >= 0;
}

bool IsId(std::string_view text) {
  return text.size() == kIdLength && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool EqualsWithoutCase(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(), [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? static_cast<char>(x + 32) : x) == y;
  });
}

}  // namespace

ReplicaSession::ReplicaSession(const Options& options)
    : options_(options), position_(options.position) {}

std::string ReplicaSession::Hello() const { return Request({"PING"}); }

bool ReplicaSession::receiving_payload() const {
  return stage_ == Stage::kPayloadHeader || stage_ == Stage::kPayloadSized ||
         stage_ == Stage::kPayloadMarked;
}

std::string ReplicaSession::Ack() const {
  return Request({"REPLCONF", "ACK", std::to_string(position_.offset)});
}

bool ReplicaSession::Fail(std::string text, std::string* error) const {
  *error = std::move(text);
  return false;
}

bool ReplicaSession::Feed(std::string_view bytes, std::string* out, std::string* error) {
  while (!bytes.empty()) {
    if (!Step(&bytes, out, error)) return false;
  }
  return true;
}

bool ReplicaSession::Step(std::string_view* bytes, std::string* out, std::string* error) {
  switch (stage_) {
    case Stage::kPayloadSized:
      TakeSized(bytes, out);
      return true;
    case Stage::kPayloadMarked:
      TakeMarked(bytes, out);
      return true;
    case Stage::kStream:
      return TakeStream(bytes, out, error);
    default:
      break;
  }
  std::string line;
  if (TakeLine(bytes, &line)) return OnLine(line, out, error);
  return line_.size() <= kLongestLine || Fail("a reply line without end", error);
}

bool ReplicaSession::TakeLine(std::string_view* bytes, std::string* line) {
  const size_t end = bytes->find('\n');
  line_.append(bytes->substr(0, end));
  bytes->remove_prefix(end == std::string_view::npos ? bytes->size() : end + 1);
  if (end == std::string_view::npos) return false;
  *line = std::exchange(line_, {});
  if (!line->empty() && line->back() == '\r') line->pop_back();
  return true;
}

bool ReplicaSession::OnLine(const std::string& line, std::string* out, std::string* error) {
  // A primary that is not ready yet shows that it lives.
  if (line.empty()) return true;
  switch (stage_) {
    case Stage::kPing: {
      const bool alive = line[0] == '+' || line.starts_with("-NOAUTH") ||
                         line.starts_with("-NOPERM") ||
                         line.starts_with("-ERR operation not permitted");
      if (!alive) return Fail("the primary answers PING with " + line, error);
      if (!options_.password.empty()) {
        std::vector<std::string> words = {"AUTH", options_.user, options_.password};
        if (options_.user.empty()) words.erase(words.begin() + 1);
        *out += Request(words);
        stage_ = Stage::kAuth;
        return true;
      }
      break;
    }
    case Stage::kAuth:
      if (line[0] != '+') return Fail("the primary refuses AUTH: " + line, error);
      break;
    case Stage::kReplconf: {
      if (--replconfs_left_ > 0) return true;
      const bool known = !position_.id.empty();
      *out += Request(
          {"PSYNC", known ? position_.id : "?", std::to_string(known ? position_.offset + 1 : -1)});
      stage_ = Stage::kSync;
      return true;
    }
    case Stage::kSync:
      return OnSyncReply(line, error);
    default:
      return OnPayloadHeader(line, error);
  }
  *out += Request({"REPLCONF", "listening-port", std::to_string(options_.listening_port)});
  *out += Request({"REPLCONF", "capa", "eof", "capa", "psync2"});
  stage_ = Stage::kReplconf;
  return true;
}

bool ReplicaSession::OnSyncReply(const std::string& line, std::string* error) {
  if (line.starts_with("+FULLRESYNC ")) {
    const std::string_view rest = std::string_view{line}.substr(12);
    const size_t space = rest.find(' ');
    const std::string_view id = rest.substr(0, space);
    int64_t offset = 0;
    if (space == std::string_view::npos || !IsId(id) ||
        !ParseNumber(rest.substr(space + 1), &offset)) {
      return Fail("the primary's answer to PSYNC makes no sense: " + line, error);
    }
    position_ = {std::string(id), offset};
    stage_ = Stage::kPayloadHeader;
    return true;
  }
  if (line == "+CONTINUE" || line.starts_with("+CONTINUE ")) {
    if (position_.id.empty()) return Fail("the primary goes on with what nobody began", error);
    if (line.size() > 10) {
      const std::string_view id = std::string_view{line}.substr(10);
      if (!IsId(id)) return Fail("the primary's answer to PSYNC makes no sense: " + line, error);
      position_.id = std::string(id);
    }
    stage_ = Stage::kStream;
    return true;
  }
  return Fail("the primary refuses PSYNC: " + line, error);
}

bool ReplicaSession::OnPayloadHeader(const std::string& line, std::string* error) {
  const std::string_view text(line);
  if (text.starts_with("$EOF:") && text.size() == 5 + kMarkBytes) {
    mark_ = std::string(text.substr(5));
    tail_.clear();
    stage_ = Stage::kPayloadMarked;
    return true;
  }
  int64_t length = 0;
  if (text[0] != '$' || !ParseNumber(text.substr(1), &length)) {
    return Fail("instead of a payload the primary sends " + line, error);
  }
  payload_left_ = static_cast<uint64_t>(length);
  stage_ = payload_left_ == 0 ? Stage::kStream : Stage::kPayloadSized;
  return true;
}

void ReplicaSession::StartStream(std::string* out) {
  stage_ = Stage::kStream;
  *out += Ack();
}

void ReplicaSession::TakeSized(std::string_view* bytes, std::string* out) {
  const uint64_t taken = std::min<uint64_t>(bytes->size(), payload_left_);
  bytes->remove_prefix(taken);
  payload_left_ -= taken;
  if (payload_left_ == 0) StartStream(out);
}

// The payload is over when its last bytes are the mark; nothing follows it before our first ACK.
void ReplicaSession::TakeMarked(std::string_view* bytes, std::string* out) {
  const std::string_view last = bytes->substr(bytes->size() - std::min(bytes->size(), kMarkBytes));
  tail_ += last;
  if (tail_.size() > kMarkBytes) tail_.erase(0, tail_.size() - kMarkBytes);
  bytes->remove_prefix(bytes->size());
  if (tail_ == mark_) StartStream(out);
}

bool ReplicaSession::TakeStream(std::string_view* bytes, std::string* out, std::string* error) {
  position_.offset += static_cast<int64_t>(bytes->size());
  stream_.Feed(*bytes);
  bytes->remove_prefix(bytes->size());
  while (true) {
    const RequestParser::Result result = stream_.Next(true);
    if (result == RequestParser::Result::kNeedMore) return true;
    if (result == RequestParser::Result::kError) {
      return Fail("the command stream cannot be read: " + stream_.error(), error);
    }
    const std::vector<std::string>& words = stream_.words();
    const bool asks = words.size() >= 2 && EqualsWithoutCase(words[0], "replconf") &&
                      EqualsWithoutCase(words[1], "getack");
    if (asks) *out += Ack();
  }
}

}  // namespace gossamer
