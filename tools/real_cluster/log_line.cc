#include "tools/real_cluster/log_line.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace gossamer::real {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Reads a text from the front, piece by piece. After a piece that is missing nothing matches.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  std::string_view rest() const { return rest_; }

  Cursor& Skip(std::string_view expected) {
    ok_ = ok_ && rest_.starts_with(expected);
    if (ok_) rest_.remove_prefix(expected.size());
    return *this;
  }
  // `digits` decimal digits.
  Cursor& Number(size_t digits, int* value) {
    ok_ = ok_ && rest_.size() >= digits;
    if (!ok_) return *this;
    const char* end = rest_.data() + digits;
    const auto got = std::from_chars(rest_.data(), end, *value);
    ok_ = got.ec == std::errc() && got.ptr == end && *value >= 0;
    rest_.remove_prefix(digits);
    return *this;
  }
  Cursor& Month(int* month) {
    const auto found = std::find(kMonths.begin(), kMonths.end(), rest_.substr(0, 3));
    ok_ = ok_ && found != kMonths.end();
    if (!ok_) return *this;
    *month = static_cast<int>(found - kMonths.begin()) + 1;
    rest_.remove_prefix(3);
    return *this;
  }
  // "<id>" or "<id> (name)".
  Cursor& Node(NodeName* name) {
    const auto id = NodeName::Parse(rest_.substr(0, kNameLength));
    ok_ = ok_ && id.has_value();
    if (!ok_) return *this;
    *name = *id;
    rest_.remove_prefix(kNameLength);
    if (!rest_.starts_with(" (")) return *this;
    const size_t end = rest_.find(')');
    ok_ = end != std::string_view::npos;
    if (ok_) rest_.remove_prefix(end + 1);
    return *this;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// "28 Nov 2026 08:25:31.123", UTC.
bool ReadStamp(Cursor* cursor, WallTime* at) {
  int day = 0;
  int month = 0;
  int year = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int ms = 0;
  cursor->Number(2, &day).Skip(" ").Month(&month).Skip(" ").Number(4, &year).Skip(" ");
  cursor->Number(2, &hour).Skip(":").Number(2, &minute).Skip(":").Number(2, &second);
  cursor->Skip(".").Number(3, &ms).Skip(" ");
  if (!cursor->ok()) return false;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return false;
  const int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  at->us = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1'000'000 + int64_t{ms} * 1000;
  return true;
}

using Kind = LogEventKind;

std::optional<Kind> ReadFailure(std::string_view text, NodeName* subject) {
  NodeName sender;
  const auto reads = [](const Cursor& cursor) { return cursor.ok(); };
  if (reads(Cursor(text).Skip("*** NODE ").Node(subject).Skip(" possibly failing")) ||
      reads(Cursor(text).Skip("NODE ").Node(subject).Skip(" possibly failing")) ||
      reads(Cursor(text).Skip("Node ").Node(subject).Skip(" possibly failing"))) {
    return Kind::kPfail;
  }
  if (reads(Cursor(text).Skip("Marking node ").Node(subject).Skip(" as failing"))) {
    return Kind::kFail;
  }
  if (reads(Cursor(text)
                .Skip("FAIL message received from ")
                .Node(&sender)
                .Skip(" about ")
                .Node(subject)) ||
      reads(Cursor(text).Skip("FAIL message about ").Node(subject).Skip(" from "))) {
    return Kind::kFailTold;
  }
  if (reads(Cursor(text).Skip("Clear FAIL state for node ").Node(subject).Skip(":"))) {
    return Kind::kFailClear;
  }
  return std::nullopt;
}

std::optional<Kind> ReadOther(std::string_view text) {
  struct Beginning {
    std::string_view text;
    Kind kind;
  };
  static constexpr Beginning kBeginnings[] = {
      {"Start of election delayed for ", Kind::kElectionScheduled},
      {"Election for the failed primary ", Kind::kElectionScheduled},
      {"Starting a failover election for epoch ", Kind::kElectionStarted},
      {"Asking for votes to replace ", Kind::kElectionStarted},
      {"Failover election won", Kind::kElectionWon},
      {"Election won in epoch ", Kind::kElectionWon},
      {"Failover attempt expired", Kind::kElectionExpired},
      {"Taking over the ", Kind::kTakenOver},
      {"Promoted to primary with config epoch ", Kind::kTakenOver},
      {"Cluster state changed: ok", Kind::kStateOk},
      {"Cluster state changed: fail", Kind::kStateFail},
  };
  for (const Beginning& beginning : kBeginnings) {
    if (text.starts_with(beginning.text)) return beginning.kind;
  }
  // "Election of epoch 7 expired with 1 votes"
  if (text.starts_with("Election of epoch ") && text.find(" expired") != std::string_view::npos) {
    return Kind::kElectionExpired;
  }
  return std::nullopt;
}

}  // namespace

std::optional<LogEvent> ParseLogLine(std::string_view line) {
  if (line.size() > kMaxLogLine) return std::nullopt;
  // "4242:M 28 Nov 2026 08:25:31.123 * text": process, role, time, level.
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 3 > line.size()) return std::nullopt;
  if (line.substr(0, colon).find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  LogEvent event;
  Cursor cursor(line.substr(colon + 2));
  cursor.Skip(" ");
  if (!ReadStamp(&cursor, &event.at)) return std::nullopt;
  std::string_view text = cursor.rest();
  if (text.size() < 2 || text[1] != ' ') return std::nullopt;
  text.remove_prefix(2);
  std::optional<LogEventKind> kind = ReadFailure(text, &event.subject);
  if (!kind) {
    event.subject = NodeName();
    kind = ReadOther(text);
  }
  if (!kind) return std::nullopt;
  event.kind = *kind;
  return event;
}

}  // namespace gossamer::real
