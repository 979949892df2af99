#include "tools/gossamer_server/replication_link.h"

#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "asio/buffer.hpp"
#include "asio/ip/tcp.hpp"
#include "asio/steady_timer.hpp"
#include "asio/write.hpp"
#include "tools/gossamer_server/bus_link.h"
#include "tools/gossamer_server/server_clock.h"

namespace gossamer::server {
namespace {

using asio::ip::tcp;

constexpr auto kSecond = std::chrono::seconds(1);
constexpr Instant kLongBefore{kLongAgo};
// Without a byte of the primary for so long the link is dead (repl-timeout).
constexpr Duration kSilence = Seconds(60);

}  // namespace

struct ReplicationLink::Impl : std::enable_shared_from_this<Impl> {
  Impl(const ServerConfig& server_config, Log* server_log, asio::io_context* context)
      : config(server_config), log(server_log), io(context), socket(*context), timer(*context) {}

  // Every step belongs to a round; what an ended round had under way finds another number.
  void Begin() {
    const uint64_t mine = ++round;
    tcp::endpoint endpoint;
    const Endpoint primary = resolve();
    if (!EndpointFrom(primary.ip, primary.port, &endpoint)) return RetryLater(mine);
    ReplicaSession::Options options;
    options.listening_port = config.port;
    options.user = config.primary_user;
    options.password = config.primary_auth;
    options.position = position;
    session.emplace(options);
    socket = tcp::socket(*io);
    socket.async_connect(endpoint, [self = shared_from_this(), mine](const std::error_code& error) {
      if (mine != self->round) return;
      if (error) return self->Lost(mine, error.message());
      std::error_code ignored;
      self->socket.set_option(tcp::no_delay(true), ignored);
      self->heard = SampleClocks().mono;
      self->Send(self->session->Hello());
      self->Read(mine);
      self->EverySecond(mine);
    });
  }

  void Read(uint64_t mine) {
    socket.async_read_some(asio::buffer(buffer), [self = shared_from_this(), mine](
                                                     const std::error_code& error, size_t got) {
      if (mine != self->round) return;
      if (error) return self->Lost(mine, error.message());
      self->Take(mine, {self->buffer.data(), got});
    });
  }

  void Take(uint64_t mine, std::string_view bytes) {
    heard = SampleClocks().mono;
    const bool was_up = session->streaming();
    std::string out;
    std::string error;
    if (!session->Feed(bytes, &out, &error)) return Lost(mine, error);
    if (session->streaming()) position = session->position();
    if (!was_up && session->streaming()) {
      log->Notice("PRIMARY <-> REPLICA sync: in step at offset " + std::to_string(position.offset));
    }
    Send(std::move(out));
    Read(mine);
  }

  void Send(std::string bytes) {
    waiting += bytes;
    if (writing || waiting.empty()) return;
    writing = true;
    leaving = std::exchange(waiting, {});
    const uint64_t mine = round;
    asio::async_write(
        socket, asio::buffer(leaving),
        [self = shared_from_this(), mine](const std::error_code& error, size_t /*put*/) {
          if (mine != self->round) return;
          self->writing = false;
          if (error) return self->Lost(mine, error.message());
          self->Send("");
        });
  }

  void EverySecond(uint64_t mine) {
    timer.expires_after(kSecond);
    timer.async_wait([self = shared_from_this(), mine](const std::error_code& error) {
      if (error || mine != self->round) return;
      if (SampleClocks().mono - self->heard > kSilence) return self->Lost(mine, "no data");
      if (self->session->streaming()) self->Send(self->session->Ack());
      self->EverySecond(mine);
    });
  }

  void Lost(uint64_t mine, const std::string& why) {
    if (session->streaming()) down_since = SampleClocks().mono;
    log->Notice("Connection with primary lost: " + why);
    End();
    RetryLater(mine + 1);
  }

  // No handler of the present round does anything from now on.
  void End() {
    ++round;
    writing = false;
    waiting.clear();
    session.reset();
    std::error_code ignored;
    socket.close(ignored);
    timer.cancel();
  }

  void RetryLater(uint64_t mine) {
    timer.expires_after(kSecond);
    timer.async_wait([self = shared_from_this(), mine](const std::error_code& error) {
      if (!error && mine == self->round && self->following) self->Begin();
    });
  }

  const ServerConfig& config;
  Log* log;
  asio::io_context* io;
  tcp::socket socket;
  asio::steady_timer timer;
  Resolve resolve;
  std::optional<ReplicaSession> session;
  ReplicationPosition position;
  std::array<char, 64 << 10> buffer{};
  std::string waiting;
  std::string leaving;
  uint64_t round = 0;
  bool writing = false;
  bool following = false;
  Instant heard = kLongBefore;
  Instant down_since = kLongBefore;
};

ReplicationLink::ReplicationLink(const ServerConfig& config, Log* log, asio::io_context* io)
    : impl_(std::make_shared<Impl>(config, log, io)) {}

ReplicationLink::~ReplicationLink() { Stop(); }

void ReplicationLink::Follow(Resolve primary, bool full_sync) {
  impl_->End();
  if (full_sync) impl_->position = {};
  impl_->down_since = kLongBefore;
  impl_->resolve = std::move(primary);
  impl_->following = true;
  impl_->Begin();
}

void ReplicationLink::Stop() {
  impl_->following = false;
  impl_->End();
}

bool ReplicationLink::up() const { return impl_->session && impl_->session->streaming(); }

bool ReplicationLink::receiving_payload() const {
  return impl_->session && impl_->session->receiving_payload();
}

int64_t ReplicationLink::offset() const { return impl_->position.offset; }

Instant ReplicationLink::fresh() const { return up() ? impl_->heard : impl_->down_since; }

}  // namespace gossamer::server
