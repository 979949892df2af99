#include "tools/gossamer_server/log.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>

namespace gossamer::server {

Log::~Log() {
  if (file_ != stdout) std::fclose(file_);
}

bool Log::Open(const std::string& path, LogLevel level, std::string* error) {
  level_ = level;
  if (path.empty()) return true;
  std::FILE* file = std::fopen(path.c_str(), "ae");
  if (file == nullptr) {
    *error = "cannot open the log file " + path + ": " + std::strerror(errno);
    return false;
  }
  file_ = file;
  return true;
}

void Log::Write(LogLevel level, std::string_view text) {
  if (level < level_) return;
  constexpr char kMarks[] = {'.', '-', '*', '#'};
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  std::tm broken_down{};
  localtime_r(&seconds, &broken_down);
  std::array<char, 32> stamp{};
  std::strftime(stamp.data(), stamp.size(), "%d %b %Y %H:%M:%S", &broken_down);
  const std::lock_guard<std::mutex> lock(mutex_);
  std::fprintf(file_, "%d:%c %s.%03d %c %.*s\n", static_cast<int>(getpid()), role_, stamp.data(),
               static_cast<int>(ms.count() % 1000), kMarks[static_cast<size_t>(level)],
               static_cast<int>(text.size()), text.data());
  std::fflush(file_);
}

}  // namespace gossamer::server
