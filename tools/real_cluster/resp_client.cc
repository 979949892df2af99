#include "tools/real_cluster/resp_client.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "tools/real_cluster/clocks.h"

namespace gossamer::real {
namespace {

std::string Because(const char* what) { return std::string(what) + ": " + std::strerror(errno); }

std::string Request(const std::vector<std::string>& words) {
  std::string out = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) {
    out += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  return out;
}

}  // namespace

void RespClient::Close() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
  parser_ = ReplyParser();
}

bool RespClient::WaitFor(int16_t events, Instant deadline, std::string* error) const {
  for (;;) {
    const int64_t left_ms = (deadline - MonotonicNow()).ms();
    if (left_ms <= 0) {
      *error = "no answer in time";
      return false;
    }
    pollfd poll_of = {.fd = socket_, .events = events, .revents = 0};
    const int ready = poll(&poll_of, 1, static_cast<int>(left_ms));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) {
      *error = Because("poll");
      return false;
    }
  }
}

bool RespClient::Connect(Instant deadline, std::string* error) {
  if (socket_ >= 0) return true;
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_ < 0) {
    *error = Because("socket");
    return false;
  }
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    return true;
  }
  if (errno != EINPROGRESS) {
    *error = Because("connect");
    return false;
  }
  if (!WaitFor(POLLOUT, deadline, error)) return false;
  int failure = 0;
  socklen_t size = sizeof(failure);
  getsockopt(socket_, SOL_SOCKET, SO_ERROR, &failure, &size);
  if (failure == 0) return true;
  *error = std::string("connect: ") + std::strerror(failure);
  return false;
}

bool RespClient::Send(const std::string& bytes, Instant deadline, std::string* error) {
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t sent = send(socket_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (sent > 0) {
      at += static_cast<size_t>(sent);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) {
      *error = Because("send");
      return false;
    }
    if (!WaitFor(POLLOUT, deadline, error)) return false;
  }
  return true;
}

std::optional<Reply> RespClient::Receive(Instant deadline, std::string* error) {
  Reply reply;
  for (;;) {
    switch (parser_.Next(&reply)) {
      case ReplyParser::Result::kReply:
        return reply;
      case ReplyParser::Result::kError:
        *error = "bad reply: " + parser_.error();
        return std::nullopt;
      case ReplyParser::Result::kNeedMore:
        break;
    }
    std::array<char, 16384> bytes;
    const ssize_t got = recv(socket_, bytes.data(), bytes.size(), 0);
    if (got > 0) {
      parser_.Feed({bytes.data(), static_cast<size_t>(got)});
    } else if (got == 0) {
      *error = "the connection was closed";
      return std::nullopt;
    } else if (errno == EAGAIN) {
      if (!WaitFor(POLLIN, deadline, error)) return std::nullopt;
    } else if (errno != EINTR) {
      *error = Because("recv");
      return std::nullopt;
    }
  }
}

std::optional<Reply> RespClient::Ask(const std::vector<std::string>& words, Duration timeout,
                                     std::string* error) {
  const Instant deadline = MonotonicNow() + timeout;
  std::optional<Reply> reply;
  if (Connect(deadline, error) && Send(Request(words), deadline, error)) {
    reply = Receive(deadline, error);
  }
  if (!reply) Close();
  return reply;
}

}  // namespace gossamer::real
