#include "tools/real_cluster/log_file.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string_view>

namespace gossamer::real {

std::vector<LogEvent> ReadLogFile(const std::string& path) {
  std::vector<LogEvent> events;
  const auto close = [](std::FILE* file) { std::fclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "rbe"), close);
  if (file == nullptr) return events;
  // A line that does not fit comes in pieces, none of which begins as a line does but the first.
  std::array<char, kMaxLogLine + 2> line;
  bool begins = true;
  while (std::fgets(line.data(), static_cast<int>(line.size()), file.get()) != nullptr) {
    std::string_view text(line.data());
    const bool whole = text.ends_with('\n');
    if (whole) text.remove_suffix(1);
    if (begins && whole) {
      if (const auto event = ParseLogLine(text)) events.push_back(*event);
    }
    begins = whole;
  }
  return events;
}

std::string TailOfFile(const std::string& path, size_t most_bytes) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  const auto size = static_cast<std::streamoff>(file.tellg());
  const auto most = static_cast<std::streamoff>(most_bytes);
  file.seekg(size > most ? size - most : 0);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  while (!text.empty() && text.back() == '\n') text.pop_back();
  text.erase(0, std::min(text.find_first_not_of('\n'), text.size()));
  return text;
}

}  // namespace gossamer::real
