#include "tools/gossamer_server/client_host.h"

#include <array>
#include <chrono>
#include <deque>
#include <set>
#include <utility>
#include <vector>

#include "asio/buffer.hpp"
#include "asio/error.hpp"
#include "asio/ip/tcp.hpp"
#include "asio/post.hpp"
#include "asio/steady_timer.hpp"
#include "core/resp/request_parser.h"
#include "tools/gossamer_server/server_clock.h"
#include "tools/gossamer_server/sockets.h"

namespace gossamer::server {
namespace {

using asio::ip::tcp;

constexpr auto kSecond = std::chrono::seconds(1);
constexpr std::string_view kTooMany = "-ERR max number of clients reached\r\n";

std::string AddressText(const tcp::endpoint& endpoint) {
  const std::string ip = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + ip + "]:" + port : ip + ":" + port;
}

}  // namespace

struct ClientHost::Impl : std::enable_shared_from_this<ClientHost::Impl> {
  class Connection;

  Impl(const ServerConfig& server_config, CommandServer* command_server, Log* server_log,
       asio::io_context* context)
      : config(server_config),
        commands(command_server),
        log(server_log),
        io(context),
        timer(*context) {}

  bool Listen(std::string* error);
  void Take(tcp::socket socket);
  void EverySecond();

  const OutputLimit& limit() const { return config.output_limits[0]; }
  ServerStats& stats() { return commands->stats(); }

  const ServerConfig& config;
  CommandServer* commands;
  Log* log;
  asio::io_context* io;
  asio::steady_timer timer;
  std::deque<tcp::acceptor> acceptors;
  std::set<std::shared_ptr<Connection>> connections;
  size_t input_bytes = 0;  // of all clients
  uint64_t last_id = 0;
  bool stopped = false;
};

class ClientHost::Impl::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Impl> host, tcp::socket socket)
      : host_(std::move(host)), socket_(std::move(socket)) {}

  void Start() {
    std::error_code error;
    const tcp::endpoint remote = socket_.remote_endpoint(error);
    const tcp::endpoint local = socket_.local_endpoint(error);
    session_.id = ++host_->last_id;
    session_.address = AddressText(remote);
    session_.local_address = AddressText(local);
    session_.ipv6 = remote.address().is_v6();
    session_.local = remote.address().is_loopback();
    session_.since = session_.last_command = SampleClocks().mono;
    session_.end = [weak = weak_from_this(), io = host_->io] {
      asio::post(*io, [weak] {
        if (const auto self = weak.lock()) self->Close();
      });
    };
    host_->commands->sessions()[session_.id] = &session_;
    ++host_->stats().connections;
    WaitReadable();
  }

  void Close() {
    if (closed_) return;
    closed_ = true;
    host_->input_bytes -= session_.input_bytes;
    host_->commands->sessions().erase(session_.id);
    std::error_code ignored;
    socket_.close(ignored);
    host_->connections.erase(shared_from_this());
  }

  // Ends who takes too little for too long, or says nothing for longer than it may.
  void CheckLimits(Instant now) {
    const OutputLimit& limit = host_->limit();
    const bool over = limit.soft_bytes != 0 && waiting() > limit.soft_bytes;
    over_since_ = over ? over_since_ + 1 : 0;
    if (over && over_since_ > limit.soft_s) return EndForOutput("soft");
    const int64_t idle_s = host_->config.idle_timeout_s;
    if (idle_s != 0 && (now - session_.last_command).us > Seconds(idle_s).us) {
      host_->log->Write(LogLevel::kVerbose, "Closing idle client");
      Close();
    }
  }

 private:
  size_t waiting() const { return out_.size() - out_at_; }

  void WaitReadable() {
    socket_.async_wait(tcp::socket::wait_read,
                       [self = shared_from_this()](const std::error_code& error) {
                         if (self->closed_) return;
                         error ? self->Close() : self->Read();
                       });
  }

  void Read() {
    // One buffer for all clients: they are read one after the other.
    static thread_local std::array<char, kReadBytes> buffer;
    std::error_code error;
    const size_t got = socket_.read_some(asio::buffer(buffer), error);
    if (error == asio::error::would_block) return WaitReadable();
    if (error) return Close();
    session_.net_in += got;
    host_->stats().net_in += got;
    ++host_->stats().reads;
    parser_.Feed({buffer.data(), got});
    CountInput(session_.input_bytes + got);
    if (TooMuchInput()) {
      ++host_->stats().query_limit_closed;
      host_->log->Warning("Closing client that reached max query buffer length: id=" +
                          std::to_string(session_.id) + " addr=" + session_.address);
      return Close();
    }
    Serve();
  }

  // Bytes since the last whole request: what the parser holds, with the words of one under way.
  void CountInput(size_t bytes) {
    host_->input_bytes += bytes - session_.input_bytes;
    session_.input_bytes = bytes;
  }

  bool TooMuchInput() const {
    if (session_.input_bytes > host_->config.query_limit_bytes) return true;
    return host_->input_bytes > kMostInputBytes && session_.input_bytes > kSmallInput;
  }

  // Runs what is complete, up to a turn's share.
  void Serve() {
    int run = 0;
    bool more = true;
    while (more && !session_.closing && run < kCommandsPerTurn && waiting() < kPauseBytes) {
      const bool open = session_.authenticated || host_->config.requirepass.empty();
      const RequestParser::Result result = parser_.Next(open);
      more = result == RequestParser::Result::kRequest;
      if (result == RequestParser::Result::kError) {
        ReplyWriter(session_.protocol, &out_).Error("ERR Protocol error: " + parser_.error());
        session_.closing = true;
      } else if (more) {
        ++run;
        CountInput(parser_.buffered());
        host_->commands->Run(parser_.words(), &session_, &out_);
      }
    }
    more_ = more;
    Flush();
  }

  // Sends, and goes on with whatever is next.
  void Flush() {
    while (waiting() > 0) {
      std::error_code error;
      const size_t put = socket_.write_some(asio::buffer(out_.data() + out_at_, waiting()), error);
      if (error == asio::error::would_block) break;
      if (error) return Close();
      out_at_ += put;
      session_.net_out += put;
      host_->stats().net_out += put;
      ++host_->stats().writes;
    }
    session_.output_bytes = waiting();
    if (waiting() > 0) return WaitWritable();
    out_.clear();
    out_at_ = 0;
    if (out_.capacity() > kPauseBytes) out_.shrink_to_fit();
    if (session_.closing) return Close();
    if (!more_) return WaitReadable();
    // Others first.
    asio::post(*host_->io, [self = shared_from_this()] {
      if (!self->closed_) self->Serve();
    });
  }

  void WaitWritable() {
    const OutputLimit& limit = host_->limit();
    if (limit.hard_bytes != 0 && waiting() > limit.hard_bytes) return EndForOutput("hard");
    socket_.async_wait(tcp::socket::wait_write,
                       [self = shared_from_this()](const std::error_code& error) {
                         if (self->closed_) return;
                         error ? self->Close() : self->Flush();
                       });
  }

  void EndForOutput(const std::string& which) {
    ++host_->stats().output_limit_closed;
    host_->log->Warning("Client id=" + std::to_string(session_.id) + " addr=" + session_.address +
                        " closed for overcoming of output buffer limits (" + which + ")");
    Close();
  }

  std::shared_ptr<Impl> host_;
  tcp::socket socket_;
  Session session_;
  RequestParser parser_;
  std::string out_;
  size_t out_at_ = 0;
  int64_t over_since_ = 0;  // seconds above the soft limit
  bool more_ = false;       // requests may be complete already
  bool closed_ = false;
};

bool ClientHost::Impl::Listen(std::string* error) {
  if (!ListenOn(config.bind, config.port, "clients", io, &acceptors, error)) return false;
  const auto self = shared_from_this();
  for (tcp::acceptor& acceptor : acceptors) {
    AcceptAll(
        &acceptor, [self] { return !self->stopped; },
        [self](tcp::socket socket) { self->Take(std::move(socket)); });
  }
  EverySecond();
  return true;
}

void ClientHost::Impl::Take(tcp::socket socket) {
  if (!PrepareSocket(&socket, config.tcp_keepalive_s)) return;
  if (connections.size() >= static_cast<size_t>(config.max_clients)) {
    ++stats().rejected;
    std::error_code ignored;
    socket.write_some(asio::buffer(kTooMany), ignored);
    return;
  }
  auto connection = std::make_shared<Connection>(shared_from_this(), std::move(socket));
  connections.insert(connection);
  connection->Start();
}

void ClientHost::Impl::EverySecond() {
  timer.expires_after(kSecond);
  timer.async_wait([self = shared_from_this()](const std::error_code& error) {
    if (error || self->stopped) return;
    const Instant now = SampleClocks().mono;
    const std::vector<std::shared_ptr<Connection>> all(self->connections.begin(),
                                                       self->connections.end());
    for (const auto& connection : all) connection->CheckLimits(now);
    self->EverySecond();
  });
}

ClientHost::ClientHost(const ServerConfig& config, CommandServer* commands, Log* log,
                       asio::io_context* io)
    : impl_(std::make_shared<Impl>(config, commands, log, io)) {}

ClientHost::~ClientHost() { Stop(); }

bool ClientHost::Listen(std::string* error) { return impl_->Listen(error); }

void ClientHost::Stop() {
  if (std::exchange(impl_->stopped, true)) return;
  impl_->timer.cancel();
  impl_->acceptors.clear();
  const auto open = impl_->connections;
  for (const auto& connection : open) connection->Close();
}

}  // namespace gossamer::server
