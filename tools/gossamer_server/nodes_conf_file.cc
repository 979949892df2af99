#include "tools/gossamer_server/nodes_conf_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/statusor.h"
#include "tools/gossamer_server/atomic_file.h"

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
  return WriteFileAtomically(path_, text, fsync, &descriptor_);
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
