#include "tools/real_cluster/process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "tools/real_cluster/clocks.h"
#include "tools/real_cluster/log_file.h"

namespace gossamer::real {
namespace {

constexpr int kCannotRun = 127;
constexpr Duration kPoll = Millis(2);

std::vector<char*> Pointers(std::vector<std::string>* words) {
  std::vector<char*> pointers;
  for (std::string& word : *words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> Environment() {
  std::vector<std::string> all = {"TZ=UTC", "LC_ALL=C"};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (!text.starts_with("TZ=") && !text.starts_with("LC_ALL=")) all.emplace_back(text);
  }
  return all;
}

// In the child, between fork and exec.
[[noreturn]] void Become(const char* path, char* const* argv, char* const* envp, int output,
                         pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before the kernel was told.
  if (getppid() != parent) _exit(kCannotRun);
  const int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execve(path, argv, envp);
  const char* why = std::strerror(errno);
  const ssize_t written = write(STDERR_FILENO, why, std::strlen(why));
  (void)written;
  _exit(kCannotRun);
}

}  // namespace

std::unique_ptr<Process> Process::Start(const std::string& path,
                                        const std::vector<std::string>& words,
                                        const std::string& output, std::string* error) {
  const int out = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (out < 0) {
    *error = "cannot write " + output + ": " + std::strerror(errno);
    return nullptr;
  }
  std::vector<std::string> all = {path};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<std::string> environment = Environment();
  const std::vector<char*> argv = Pointers(&all);
  const std::vector<char*> envp = Pointers(&environment);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) Become(path.c_str(), argv.data(), envp.data(), out, parent);
  const int failure = errno;
  close(out);
  if (pid > 0) return std::unique_ptr<Process>(new Process(pid));
  *error = std::string("fork: ") + std::strerror(failure);
  return nullptr;
}

Process::~Process() {
  if (Ended()) return;
  Signal(SIGKILL);
  WaitForEnd(Seconds(60));
}

void Process::Signal(int number) const {
  if (!status_) kill(pid_, number);
}

bool Process::Ended() {
  if (status_) return true;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return false;
  status_ = status;
  return true;
}

bool Process::WaitForEnd(Duration timeout) {
  const Instant deadline = MonotonicNow() + timeout;
  while (!Ended()) {
    if (MonotonicNow() >= deadline) return false;
    SleepFor(kPoll);
  }
  return true;
}

std::string Process::EndText() const {
  if (WIFSIGNALED(*status_)) {
    return "was killed by signal " + std::to_string(WTERMSIG(*status_));
  }
  return "ended with " + std::to_string(WEXITSTATUS(*status_));
}

std::optional<std::string> OutputOf(const std::string& path, const std::vector<std::string>& words,
                                    std::string* error) {
  std::string name = "/tmp/gossamer-output-XXXXXX";
  const int file = mkstemp(name.data());
  if (file < 0) {
    *error = std::string("cannot write to /tmp: ") + std::strerror(errno);
    return std::nullopt;
  }
  close(file);
  std::optional<std::string> text;
  if (const auto process = Process::Start(path, words, name, error)) {
    if (process->WaitForEnd(Seconds(10))) {
      text = TailOfFile(name, size_t{64} << 10);
    } else {
      *error = path + " did not end";
    }
  }
  unlink(name.c_str());
  return text;
}

}  // namespace gossamer::real
