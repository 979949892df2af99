// Log: lines in Valkey's format, `pid:role day month year time level text`, to a file or standard
// output. Thread safety: Write may be called from any thread.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_LOG_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_LOG_H_

#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>

namespace gossamer::server {

enum class LogLevel : uint8_t { kDebug, kVerbose, kNotice, kWarning, kNothing };

class Log {
 public:
  Log() = default;
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // An empty path is standard output. False, with one line in *error, when it cannot be opened.
  bool Open(const std::string& path, LogLevel level, std::string* error);
  // Open for as long as the log lives.
  int descriptor() const { return ::fileno(file_); }
  void SetLevel(LogLevel level) { level_ = level; }
  // 'M' or 'S': what the lines say of the process.
  void SetRole(char role) { role_ = role; }
  void Write(LogLevel level, std::string_view text);
  void Notice(std::string_view text) { Write(LogLevel::kNotice, text); }
  void Warning(std::string_view text) { Write(LogLevel::kWarning, text); }

 private:
  std::mutex mutex_;
  std::FILE* file_ = stdout;
  LogLevel level_ = LogLevel::kNotice;
  char role_ = 'M';
};

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_LOG_H_
