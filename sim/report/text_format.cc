#include "sim/report/text_format.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/strings.h"

namespace gossamer::sim {
namespace {

// Three significant digits of value / unit in integers, so that no rounding mode matters.
std::string Scaled(uint64_t value, uint64_t step, const std::array<const char*, 6>& units) {
  size_t unit = 0;
  uint64_t scale = 1;
  while (unit + 1 < units.size() && value / scale >= step) {
    scale *= step;
    ++unit;
  }
  const uint64_t whole = value / scale;
  if (unit == 0) return absl::StrCat(whole, " ", units[0]);
  const uint64_t rest = value % scale;
  if (whole >= 100) return absl::StrCat(whole, " ", units[unit]);
  if (whole >= 10) return absl::StrFormat("%d.%d %s", whole, rest * 10 / scale, units[unit]);
  return absl::StrFormat("%d.%02d %s", whole, rest * 100 / scale, units[unit]);
}

}  // namespace

std::string SecondsText(Duration length) {
  const int64_t us = length.us < 0 ? -length.us : length.us;
  return absl::StrFormat("%s%d.%03d", length.us < 0 ? "-" : "", us / 1000000, us / 1000 % 1000);
}

std::string SecondsText(std::optional<Duration> length) {
  return length ? SecondsText(*length) : std::string("-");
}

std::string ThousandthsText(uint64_t us) {
  return absl::StrFormat("%s.%03d ms", CountText(us / 1000), us % 1000);
}

std::string CountText(uint64_t count) {
  std::string digits = absl::StrCat(count);
  for (size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string BytesText(uint64_t bytes) {
  return Scaled(bytes, 1000, {"B", "kB", "MB", "GB", "TB", "PB"});
}

std::string MemoryText(uint64_t bytes) {
  return Scaled(bytes, 1024, {"B", "KiB", "MiB", "GiB", "TiB", "PiB"});
}

std::string Plural(uint64_t count, std::string_view noun) {
  const bool ies = noun.size() > 1 && noun.back() == 'y' && noun != "day";
  if (count == 1) return absl::StrCat("1 ", ToAbsl(noun));
  if (ies)
    return absl::StrCat(CountText(count), " ", ToAbsl(noun.substr(0, noun.size() - 1)), "ies");
  return absl::StrCat(CountText(count), " ", ToAbsl(noun), "s");
}

std::string Clip(std::string_view text, size_t width) {
  if (text.size() <= width) return std::string(text);
  return std::string(text.substr(0, width > 3 ? width - 3 : 0)) + "...";
}

std::string Wrap(std::string_view text, size_t indent, size_t hang) {
  std::string out;
  std::string line(indent, ' ');
  bool first = true;
  for (const std::string_view word : SplitWords(text)) {
    if (!first && line.size() + 1 + word.size() > kReportWidth) {
      out += line + "\n";
      line.assign(indent + hang, ' ');
      first = true;
    }
    if (!first) line += ' ';
    line += word;
    first = false;
  }
  return out + line + "\n";
}

std::string WrapItems(std::string_view head, const std::vector<std::string>& items,
                      std::string_view separator, size_t indent) {
  std::string out;
  std::string line = std::string(indent, ' ') + std::string(head);
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string item = items[i] + std::string(i + 1 < items.size() ? separator : "");
    if (i > 0 && line.size() + 1 + item.size() > kReportWidth) {
      out += line + "\n";
      line.assign(indent + 1, ' ');
    }
    line += " " + item;
  }
  return out + line + "\n";
}

std::string RangesText(std::span<const uint64_t> numbers, size_t most) {
  std::string text;
  size_t shown = 0;
  for (size_t i = 0; i < numbers.size(); ++shown) {
    if (shown == most) return absl::StrCat(text, " and ", numbers.size() - i, " more");
    size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    // Two neighbours are two numbers.
    if (last == i + 1) last = i;
    absl::StrAppend(&text, i == 0 ? "" : ", ", numbers[i]);
    if (last > i) absl::StrAppend(&text, "-", numbers[last]);
    i = last + 1;
  }
  return text;
}

std::string TextTable::Render(size_t indent) const {
  std::vector<size_t> widths;
  for (const auto& row : rows_) {
    if (row.size() > widths.size()) widths.resize(row.size(), 0);
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line(indent, ' ');
    for (size_t c = 0; c < row.size(); ++c) {
      const std::string padding(widths[c] - row[c].size(), ' ');
      const bool left = std::find(left_.begin(), left_.end(), c) != left_.end();
      if (c > 0) line += "  ";
      line += left ? row[c] + padding : padding + row[c];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace gossamer::sim
