// Numbers and tables as people read them. Everything here is deterministic and independent of the
// locale.
#ifndef GOSSAMER_SIM_REPORT_TEXT_FORMAT_H_
#define GOSSAMER_SIM_REPORT_TEXT_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"

namespace gossamer::sim {

// The width that every report keeps to, in columns.
inline constexpr size_t kReportWidth = 100;

// "22.013": seconds with three decimals.
std::string SecondsText(Duration length);
// The same, or "-" when it did not happen.
std::string SecondsText(std::optional<Duration> length);
// "1.234 ms".
std::string ThousandthsText(uint64_t us);
// "1,234,567".
std::string CountText(uint64_t count);
// "12.3 MB": decimal units, three digits.
std::string BytesText(uint64_t bytes);
// "12.3 MiB".
std::string MemoryText(uint64_t bytes);
// "1 node", "3 nodes".
std::string Plural(uint64_t count, std::string_view noun);
// "primary-killed-and-more…": at most `width` columns of `text`, which is taken for ASCII.
std::string Clip(std::string_view text, size_t width);
// The words of `text` in lines of at most kReportWidth columns, after `indent` blanks, from the
// second line on after `hang` more. Ends with a newline.
std::string Wrap(std::string_view text, size_t indent, size_t hang = 2);

// `head` and then the items, separated by `separator`; lines end between items only.
std::string WrapItems(std::string_view head, const std::vector<std::string>& items,
                      std::string_view separator, size_t indent);

// "3, 7-9 and 12 more": at most `most` stretches of `numbers`. REQUIRES: they rise.
std::string RangesText(std::span<const uint64_t> numbers, size_t most = 10);

// Rows of cells; columns as wide as their widest cell, two blanks apart. The first column is
// left-aligned, others right- aligned unless made `left`.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> head) : rows_{std::move(head)} {}
  void Left(size_t column) { left_.push_back(column); }
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  size_t rows() const { return rows_.size() - 1; }
  // Each line after `indent` blanks, without blanks at its end.
  std::string Render(size_t indent) const;

 private:
  std::vector<std::vector<std::string>> rows_;
  std::vector<size_t> left_ = {0};
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_TEXT_FORMAT_H_
