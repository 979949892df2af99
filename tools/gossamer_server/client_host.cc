#include "tools/gossamer_server/client_host.h"

#include <array>
#include <chrono>
#include <deque>
#include <set>
#include <utility>

#include "asio/buffer.hpp"
#include "asio/error.hpp"
#include "asio/ip/tcp.hpp"
#include "asio/steady_timer.hpp"
#include "asio/write.hpp"
#include "core/resp/request_parser.h"
#include "tools/gossamer_server/server_clock.h"

namespace gossamer::server {
namespace {

using asio::ip::tcp;

std::string AddressText(const tcp::endpoint& endpoint) {
  const std::string ip = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + ip + "]:" + port : ip + ":" + port;
}

}  // namespace

struct ClientHost::Impl : std::enable_shared_from_this<ClientHost::Impl> {
  class Connection;

  Impl(const ServerConfig& server_config, CommandServer* command_server, asio::io_context* context)
      : config(server_config), commands(command_server), io(context) {}

  bool Listen(std::string* error);
  void Accept(tcp::acceptor* acceptor);

  const ServerConfig& config;
  CommandServer* commands;
  asio::io_context* io;
  std::deque<tcp::acceptor> acceptors;
  std::set<std::shared_ptr<Connection>> connections;
  uint64_t last_id = 0;
  bool stopped = false;
};

class ClientHost::Impl::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Impl> host, tcp::socket socket)
      : host_(std::move(host)), socket_(std::move(socket)) {}

  void Start() {
    std::error_code error;
    socket_.set_option(tcp::no_delay(true), error);
    const tcp::endpoint remote = socket_.remote_endpoint(error);
    const tcp::endpoint local = socket_.local_endpoint(error);
    session_.id = ++host_->last_id;
    session_.address = AddressText(remote);
    session_.local_address = AddressText(local);
    session_.ipv6 = remote.address().is_v6();
    session_.since = SampleClocks().mono;
    host_->commands->sessions()[session_.id] = &session_;
    ++host_->commands->connections_received;
    Read();
  }

  void Close() {
    if (closed_) return;
    closed_ = true;
    host_->commands->sessions().erase(session_.id);
    std::error_code ignored;
    socket_.close(ignored);
    host_->connections.erase(shared_from_this());
  }

 private:
  void Read() {
    socket_.async_read_some(asio::buffer(buffer_),
                            [self = shared_from_this()](const std::error_code& error, size_t got) {
                              if (self->closed_) return;
                              if (error) return self->Close();
                              self->parser_.Feed({self->buffer_.data(), got});
                              self->Serve();
                            });
  }

  // Runs what is complete; replies leave before more is read.
  void Serve() {
    out_.clear();
    while (!session_.closing && out_.size() < kMostReplyBytes) {
      const bool open = session_.authenticated || host_->config.requirepass.empty();
      const RequestParser::Result result = parser_.Next(open);
      if (result == RequestParser::Result::kNeedMore) break;
      if (result == RequestParser::Result::kError) {
        ReplyWriter(session_.protocol, &out_).Error("ERR Protocol error: " + parser_.error());
        session_.closing = true;
        break;
      }
      host_->commands->Run(parser_.words(), &session_, &out_);
    }
    if (out_.empty()) return session_.closing ? Close() : Read();
    asio::async_write(socket_, asio::buffer(out_),
                      [self = shared_from_this()](const std::error_code& error, size_t /*put*/) {
                        if (self->closed_) return;
                        if (error || self->session_.closing) return self->Close();
                        self->parser_.buffered() > 0 ? self->Serve() : self->Read();
                      });
  }

  std::shared_ptr<Impl> host_;
  tcp::socket socket_;
  Session session_;
  RequestParser parser_;
  std::array<char, 16 << 10> buffer_{};
  std::string out_;
  bool closed_ = false;
};

bool ClientHost::Impl::Listen(std::string* error) {
  for (const std::string& address : config.bind) {
    std::error_code code;
    const asio::ip::address ip = asio::ip::make_address(address, code);
    auto& acceptor = acceptors.emplace_back(*io);
    const tcp::endpoint endpoint(ip, config.port);
    if (!code) acceptor.open(endpoint.protocol(), code);
    if (!code) acceptor.set_option(tcp::acceptor::reuse_address(true), code);
    if (!code) acceptor.bind(endpoint, code);
    if (!code) acceptor.listen(511, code);
    if (code) {
      *error = "cannot listen for clients on " + address + ":" + std::to_string(config.port) +
               ": " + code.message();
      return false;
    }
  }
  for (tcp::acceptor& acceptor : acceptors) Accept(&acceptor);
  return true;
}

void ClientHost::Impl::Accept(tcp::acceptor* acceptor) {
  acceptor->async_accept([self = shared_from_this(), acceptor](const std::error_code& error,
                                                               tcp::socket socket) {
    if (self->stopped) return;
    if (!error) {
      if (self->connections.size() < static_cast<size_t>(self->config.max_clients)) {
        auto connection = std::make_shared<Connection>(self, std::move(socket));
        self->connections.insert(connection);
        connection->Start();
      } else {
        std::error_code ignored;
        socket.non_blocking(true, ignored);
        socket.write_some(asio::buffer(std::string("-ERR max number of clients reached\r\n")),
                          ignored);
      }
      return self->Accept(acceptor);
    }
    // Out of descriptors, most likely: other work may free some.
    auto pause = std::make_shared<asio::steady_timer>(*self->io, std::chrono::milliseconds(100));
    pause->async_wait([self, acceptor, pause](const std::error_code&) {
      if (!self->stopped) self->Accept(acceptor);
    });
  });
}

ClientHost::ClientHost(const ServerConfig& config, CommandServer* commands, asio::io_context* io)
    : impl_(std::make_shared<Impl>(config, commands, io)) {}

ClientHost::~ClientHost() { Stop(); }

bool ClientHost::Listen(std::string* error) { return impl_->Listen(error); }

void ClientHost::Stop() {
  if (std::exchange(impl_->stopped, true)) return;
  impl_->acceptors.clear();
  const auto open = impl_->connections;
  for (const auto& connection : open) connection->Close();
}

}  // namespace gossamer::server
