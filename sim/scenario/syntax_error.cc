#include "sim/scenario/syntax_error.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace gossamer::sim {
namespace {

constexpr std::string_view kBlank = " \t\r";
constexpr std::string_view kSameColumn =
    "the keys of one map and the items of one list begin in the same column";

struct Bracket {
  char opens = '{';
  SourcePlace place;
};

char ClosingOf(char opens) { return opens == '{' ? '}' : ']'; }

// Line `number` without its end, a part of `text`; empty when there is none.
std::string_view LineAt(std::string_view text, int number) {
  for (int line = 1; line < number; ++line) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return text.substr(text.size());
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

std::string_view WithoutBlanks(std::string_view line) {
  const size_t first = line.find_first_not_of(kBlank);
  return first == std::string_view::npos ? std::string_view() : line.substr(first);
}

int ColumnOf(size_t offset) { return static_cast<int>(offset) + 1; }

// Follows the brackets of a text. Quotes and brackets within a plain text, such as "don't", are
// neither.
class BracketScan {
 public:
  void Take(std::string_view line, int number) {
    bool value_begins = true;  // what comes next begins a value
    for (size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      const bool after_blank = i == 0 || kBlank.find(line[i - 1]) != std::string_view::npos;
      if (quote_ != 0) {
        if (c == '\\' && quote_ == '"') ++i;
        if (c != quote_) continue;
        // Two single quotes within a text are one of its characters.
        const bool doubled = c == '\'' && i + 1 < line.size() && line[i + 1] == c;
        if (doubled) ++i;
        if (!doubled) quote_ = 0;
        continue;
      }
      if (c == '#' && after_blank) return;
      if (kBlank.find(c) != std::string_view::npos) continue;
      if (value_begins && (c == '"' || c == '\'')) {
        quote_ = c;
        quote_place_ = {number, ColumnOf(i)};
      } else if ((c == '{' || c == '[') && (value_begins || !open_.empty())) {
        open_.push_back({c, {number, ColumnOf(i)}});
      } else if ((c == '}' || c == ']') && !open_.empty()) {
        open_.pop_back();
      }
      value_begins = std::string_view(",:-[{").find(c) != std::string_view::npos;
    }
  }
  std::optional<Bracket> innermost() const {
    if (open_.empty()) return std::nullopt;
    return open_.back();
  }
  std::optional<SourcePlace> quote() const {
    if (quote_ == 0) return std::nullopt;
    return quote_place_;
  }

 private:
  char quote_ = 0;
  SourcePlace quote_place_;
  std::vector<Bracket> open_;
};

// What is open just before `at`.
BracketScan ScanBefore(std::string_view text, SourcePlace at) {
  BracketScan scan;
  for (int number = 1; number <= at.line; ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
    if (number == at.line) line = line.substr(0, static_cast<size_t>(at.column - 1));
    scan.Take(line, number);
  }
  return scan;
}

std::string CharacterAt(std::string_view text, SourcePlace at) {
  const std::string_view line = LineAt(text, at.line);
  const auto offset = static_cast<size_t>(at.column - 1);
  return offset < line.size() ? std::string(1, line[offset]) : std::string();
}

std::string StillOpen(const Bracket& bracket) {
  return std::string("the ") + (bracket.opens == '{' ? "map" : "list") + " that begins at " +
         std::to_string(bracket.place.line) + ":" + std::to_string(bracket.place.column) +
         " is still open";
}

SyntaxError NotClosed(std::string_view text, SourcePlace at, char opens) {
  const char closes = ClosingOf(opens);
  SyntaxError error{at, std::string("expected ',' or '") + closes + "' before this", ""};
  const std::optional<Bracket> open = ScanBefore(text, at).innermost();
  if (open && open->opens == opens) error.help = StillOpen(*open);
  // Inside of braces YAML itself stumbles over a variable.
  if (LineAt(text, at.line).find("${") != std::string_view::npos) {
    error.help = "within braces and brackets a variable stands in quotes: \"${victims}\"";
  }
  return error;
}

SyntaxError WrongClosing(std::string_view text, SourcePlace at) {
  const std::string found = "'" + CharacterAt(text, at) + "'";
  const std::optional<Bracket> open = ScanBefore(text, at).innermost();
  if (!open) return {at, found + " closes nothing that is open", ""};
  return {at, std::string("expected '") + ClosingOf(open->opens) + "' before " + found,
          StillOpen(*open)};
}

SyntaxError TabInIndentation(SourcePlace at) {
  return {at, "a tab in the indentation", "YAML is indented with spaces"};
}

// The first tab before a line's words.
std::optional<SourcePlace> TabBefore(std::string_view text, SourcePlace at) {
  const std::string_view line = LineAt(text, at.line);
  const size_t tab = line.substr(0, line.find_first_not_of(kBlank)).find('\t');
  if (tab == std::string_view::npos) return std::nullopt;
  return SourcePlace{at.line, ColumnOf(tab)};
}

// A ':' where no key can stand before it.
SyntaxError StrayColon(std::string_view text, SourcePlace at) {
  const std::string_view line = LineAt(text, at.line);
  const size_t begin = std::min(line.find_first_not_of(kBlank), line.size());
  const std::string_view item = line.substr(begin);
  if (item.size() > 1 && item[0] == '-' && item[1] != ' ') {
    return {{at.line, ColumnOf(begin)}, "a list item needs a space after its '-'", ""};
  }
  if (line.substr(0, static_cast<size_t>(at.column - 1)).find(": ") != std::string_view::npos) {
    return {at, "a second ':' in one value", "a text that holds ': ' stands in quotes"};
  }
  std::string_view before = text.substr(0, static_cast<size_t>(line.data() - text.data()));
  for (int number = at.line - 1; number > 0 && !before.empty(); --number) {
    before.remove_suffix(1);
    const std::string_view above = before.substr(before.rfind('\n') + 1);
    before.remove_suffix(above.size());
    const std::string_view words = WithoutBlanks(above);
    if (words.empty() || words[0] == '#') continue;
    if (words.find(':') != std::string_view::npos) break;
    return {{number, ColumnOf(above.size() - words.size())}, "a key without its ':'", ""};
  }
  return {at, "no key can stand before this ':'", std::string(kSameColumn)};
}

// "*name", up to what ends it.
std::string AliasAt(std::string_view text, SourcePlace at) {
  const std::string_view rest = LineAt(text, at.line).substr(static_cast<size_t>(at.column - 1));
  return std::string(rest.substr(0, rest.find_first_of(" \t\r,]}:")));
}

}  // namespace

SyntaxError ExplainSyntax(std::string_view text, SourcePlace at, std::string_view what) {
  constexpr std::string_view kEscape = "unknown escape character: ";
  const SyntaxError unknown{at, "this is neither YAML nor JSON: " + std::string(what), ""};
  if (at.line < 1 || at.column < 1) return unknown;
  if (what == "illegal document indicator in scalar" || what == "illegal EOF in scalar") {
    const std::optional<SourcePlace> quote = ScanBefore(text, at).quote();
    if (quote) return {*quote, "the text that begins here has no closing quote", ""};
  }
  const std::string_view line = LineAt(text, at.line);
  if (static_cast<size_t>(at.column - 1) > line.size()) return unknown;
  if (what == "end of map flow not found") return NotClosed(text, at, '{');
  if (what == "end of sequence flow not found") return NotClosed(text, at, '[');
  if (what == "illegal flow end") return WrongClosing(text, at);
  if (what == "illegal tab when looking for indentation") return TabInIndentation(at);
  if (const auto tab = TabBefore(text, at)) return TabInIndentation(*tab);
  if (what == "illegal map value") return StrayColon(text, at);
  if (what == "end of map not found" || what == "end of sequence not found") {
    return {at, "the indentation of this line fits no line above", std::string(kSameColumn)};
  }
  if (what == "illegal block entry") {
    return {at, "no list item can stand here", std::string(kSameColumn)};
  }
  if (what == "unknown token") {
    return {at, "no value begins with '" + CharacterAt(text, at) + "'",
            "a text that does stands in quotes"};
  }
  if (what == "the referenced anchor is not defined") {
    return {at, "'" + AliasAt(text, at) + "' stands for nothing above it",
            "a text that begins with '*' stands in quotes"};
  }
  if (what.substr(0, kEscape.size()) == kEscape) {
    return {at, "'\\" + std::string(what.substr(kEscape.size())) + "' means nothing in a text",
            "write \\\\ for a backslash"};
  }
  return unknown;
}

}  // namespace gossamer::sim
