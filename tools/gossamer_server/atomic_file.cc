#include "tools/gossamer_server/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace gossamer::server {
namespace {

constexpr mode_t kMode = 0644;
constexpr mode_t kPermissions = 07777;

std::string ErrorText(const std::string& what) { return what + ": " + std::strerror(errno); }

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

// As the file that it replaces.
mode_t ModeOf(const std::string& path) {
  struct stat now {};
  return ::stat(path.c_str(), &now) == 0 ? now.st_mode & kPermissions : kMode;
}

}  // namespace

std::string WriteFileAtomically(const std::string& path, std::string_view text, bool fsync,
                                int* lock) {
  const std::string next = path + ".tmp-" + std::to_string(::getpid());
  const mode_t mode = ModeOf(path);
  const int descriptor = ::open(next.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (descriptor < 0) return ErrorText("cannot create " + next);
  std::string error;
  if (!WriteWhole(descriptor, text)) {
    error = ErrorText("cannot write " + next);
  } else if (::fchmod(descriptor, mode) != 0) {
    error = ErrorText("cannot set the mode of " + next);
  } else if (fsync && ::fsync(descriptor) != 0) {
    error = ErrorText("cannot sync " + next);
  } else if (lock != nullptr && ::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    error = ErrorText("cannot lock " + next);
  } else if (::rename(next.c_str(), path.c_str()) != 0) {
    error = ErrorText("cannot rename " + next);
  }
  if (!error.empty()) {
    ::close(descriptor);
    ::unlink(next.c_str());
    return error;
  }
  if (lock == nullptr) {
    ::close(descriptor);
  } else {
    // The lock is now that of the file under the name.
    if (*lock >= 0) ::close(*lock);
    *lock = descriptor;
  }
  if (fsync && !SyncDirectoryOf(path)) return ErrorText("cannot sync the directory of " + path);
  return "";
}

}  // namespace gossamer::server
