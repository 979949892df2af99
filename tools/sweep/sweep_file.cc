#include "tools/sweep/sweep_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace gossamer::tool {
namespace {

constexpr std::string_view kBegin = "{\"schema_version\":";

}  // namespace

std::optional<SweepFile> ReadSweepText(std::string_view text, const std::string& path,
                                       std::string* error) {
  SweepFile file;
  const size_t last = text.rfind('\n');
  text = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
  file.whole_bytes = text.size();
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::optional<SweepLine> line = ReadLine(text.substr(0, end));
    if (!line) {
      *error = file.lines.empty() && !text.starts_with(kBegin)
                   ? path + ":1: this is no file of a sweep; --out names another file"
                   : path + ":" + std::to_string(file.lines.size() + 1) +
                         ": this is no line of a sweep; --fresh starts the file anew";
      return std::nullopt;
    }
    file.lines.push_back(*std::move(line));
    text.remove_prefix(end + 1);
  }
  return file;
}

bool MayBeSweepFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string begin(kBegin.size(), '\0');
  in.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return in.gcount() == 0 || begin == kBegin;
}

SweepWriter::~SweepWriter() {
  if (lock_ >= 0) close(lock_);
}

bool SweepWriter::Lock(const std::string& path) {
  lock_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  return lock_ >= 0 && flock(lock_, LOCK_EX | LOCK_NB) == 0;
}

bool SweepWriter::Open(const std::string& path, uint64_t keep_bytes) {
  out_.open(path, std::ios::binary | std::ios::app);
  if (!out_) return false;
  std::error_code error;
  if (std::filesystem::file_size(path, error) > keep_bytes && !error) {
    std::filesystem::resize_file(path, keep_bytes, error);
  }
  return !error;
}

bool SweepWriter::Add(const SweepLine& line) {
  out_ << WriteLine(line) + "\n";
  return out_.flush().good();
}

}  // namespace gossamer::tool
