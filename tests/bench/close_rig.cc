#include "tests/bench/close_rig.h"

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <vector>

#include "core/base/check.h"

namespace gossamer::bench {
namespace {

constexpr int kBacklog = 511;

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

// Listens at a free port.
int Listen(sockaddr_in* address) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  *address = Loopback(0);
  socklen_t size = sizeof *address;
  auto* const name = reinterpret_cast<sockaddr*>(address);
  GOSSAMER_CHECK(::bind(listener, name, size) == 0 && ::listen(listener, kBacklog) == 0 &&
                 ::getsockname(listener, name, &size) == 0);
  return listener;
}

int Connect(const sockaddr_in& address) {
  const int connection = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  GOSSAMER_CHECK(
      ::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return connection;
}

// The child's life: system calls alone, as other threads of the parent may have held locks.
[[noreturn]] void HoldConnections(int own, const sockaddr_in& parent, size_t peers) {
  for (size_t i = 0; i < peers; ++i) {
    ::accept(own, nullptr, nullptr);
    Connect(parent);
  }
  while (true) ::pause();
}

int64_t NowNanos() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

}  // namespace

double CloseNanos(size_t peers) {
  sockaddr_in here{};
  sockaddr_in there{};
  const int listener = Listen(&here);
  const int child_listener = Listen(&there);
  const pid_t child = ::fork();
  GOSSAMER_CHECK(child >= 0);
  if (child == 0) HoldConnections(child_listener, here, peers);
  ::close(child_listener);
  const int poll = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<int> connections;
  for (size_t i = 0; i < peers; ++i) {
    connections.push_back(Connect(there));
    connections.push_back(::accept(listener, nullptr, nullptr));
  }
  for (const int connection : connections) {
    epoll_event event{.events = EPOLLRDHUP, .data = {.fd = connection}};
    GOSSAMER_CHECK(::epoll_ctl(poll, EPOLL_CTL_ADD, connection, &event) == 0);
  }
  ::kill(child, SIGKILL);
  int64_t first = 0;
  std::array<epoll_event, 64> events;
  for (size_t ended = 0; ended < connections.size();) {
    const int count = ::epoll_wait(poll, events.data(), events.size(), -1);
    if (ended == 0) first = NowNanos();
    for (int i = 0; i < std::max(count, 0); ++i, ++ended) ::close(events[i].data.fd);
  }
  const int64_t last = NowNanos();
  ::waitpid(child, nullptr, 0);
  ::close(poll);
  ::close(listener);
  return static_cast<double>(last - first);
}

}  // namespace gossamer::bench
