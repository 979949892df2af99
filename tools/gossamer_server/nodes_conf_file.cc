#include "tools/gossamer_server/nodes_conf_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/statusor.h"

namespace gossamer::server {
namespace {

constexpr mode_t kMode = 0644;

std::string ErrorText(const std::string& what) { return what + ": " + std::strerror(errno); }

bool ReadWhole(int descriptor, std::string* text) {
  char buffer[1 << 16];
  while (true) {
    const ssize_t got = ::read(descriptor, buffer, sizeof(buffer));
    if (got == 0) return true;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    text->append(buffer, static_cast<size_t>(got));
  }
}

bool WriteWhole(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(descriptor, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    text.remove_prefix(static_cast<size_t>(put));
  }
  return true;
}

bool SyncDirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool ok = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return ok;
}

}  // namespace

NodesConfFile::~NodesConfFile() {
  Stop();
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool NodesConfFile::Open(const std::string& path, std::optional<NodesConf>* conf,
                         std::string* error) {
  path_ = path;
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kMode);
  if (descriptor_ < 0) {
    *error = ErrorText("cannot open " + path);
    return false;
  }
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    *error = errno == EWOULDBLOCK ? path +
                                        " is in use by another server: every member of a cluster "
                                        "needs a file of its own"
                                  : ErrorText("cannot lock " + path);
    return false;
  }
  std::string text;
  if (!ReadWhole(descriptor_, &text)) {
    *error = ErrorText("cannot read " + path);
    return false;
  }
  if (text.empty()) return true;
  absl::StatusOr<NodesConf> parsed = ParseNodesConf(text, path);
  if (!parsed.ok()) {
    *error = std::string(parsed.status().message());
    return false;
  }
  *conf = *std::move(parsed);
  return true;
}

std::string NodesConfFile::SaveNow(const std::string& text, bool fsync) {
  const std::string next = path_ + ".tmp-" + std::to_string(::getpid());
  const int descriptor = ::open(next.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, kMode);
  if (descriptor < 0) return ErrorText("cannot create " + next);
  std::string error;
  if (!WriteWhole(descriptor, text)) {
    error = ErrorText("cannot write " + next);
  } else if (fsync && ::fsync(descriptor) != 0) {
    error = ErrorText("cannot sync " + next);
  } else if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    error = ErrorText("cannot lock " + next);
  } else if (::rename(next.c_str(), path_.c_str()) != 0) {
    error = ErrorText("cannot rename " + next);
  }
  if (!error.empty()) {
    ::close(descriptor);
    ::unlink(next.c_str());
    return error;
  }
  // The lock is now that of the file under the name.
  ::close(descriptor_);
  descriptor_ = descriptor;
  if (fsync && !SyncDirectoryOf(path_)) return ErrorText("cannot sync the directory of " + path_);
  return "";
}

void NodesConfFile::Start(Done done) {
  done_ = std::move(done);
  thread_ = std::thread([this] { Work(); });
}

void NodesConfFile::Save(std::string text, bool fsync) {
  const std::lock_guard<std::mutex> lock(mutex_);
  job_ = Job{std::move(text), fsync};
  wake_.notify_one();
}

void NodesConfFile::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return job_.has_value() || stopping_; });
    if (!job_.has_value()) return;
    const Job job = *std::exchange(job_, std::nullopt);
    lock.unlock();
    done_(SaveNow(job.text, job.fsync));
    lock.lock();
  }
}

void NodesConfFile::Stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  thread_.join();
}

}  // namespace gossamer::server
