#include "tools/gossamer_server/bus_link.h"

#include <array>
#include <utility>

#include "asio/buffer.hpp"
#include "asio/error.hpp"
#include "asio/ip/address.hpp"
#include "asio/post.hpp"
#include "tools/gossamer_server/server_clock.h"
#include "tools/gossamer_server/sockets.h"

namespace gossamer::server {
namespace {

using asio::ip::tcp;

// What one turn reads from one link at most: a peer that floods must not keep others waiting.
constexpr int kReadsPerTurn = 4;
constexpr size_t kReadBytes = size_t{64} << 10;
// A peer whose machine is gone is noticed by its silence, long before this; the kernel need not
// keep the connection for ever.
constexpr int64_t kKeepAliveSeconds = 30;

LinkError ErrorOf(const std::error_code& error) {
  if (error == asio::error::connection_refused) return LinkError::kRefused;
  if (error == asio::error::timed_out) return LinkError::kTimedOut;
  if (error == asio::error::eof) return LinkError::kClosed;
  if (error == asio::error::host_unreachable || error == asio::error::network_unreachable ||
      error == asio::error::network_down) {
    return LinkError::kUnreachable;
  }
  return LinkError::kReset;
}

IpText TextOf(const asio::ip::address& address) {
  // An IPv4 peer of a dual-stack socket is an IPv4 peer.
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    const auto v4 = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    return IpText::From(v4.to_string());
  }
  return IpText::From(address.to_string());
}

}  // namespace

bool EndpointFrom(const IpText& ip, uint16_t port, tcp::endpoint* endpoint) {
  std::error_code error;
  const asio::ip::address address = asio::ip::make_address(std::string(ip.view()), error);
  if (error) return false;
  *endpoint = tcp::endpoint(address, port);
  return true;
}

BusLink::BusLink(asio::io_context* io, LinkId id, const Events* events)
    : socket_(*io), id_(id), events_(events), created_(SampleClocks().wall) {}

void BusLink::Connect(const tcp::endpoint& to) {
  socket_.async_connect(to, [self = shared_from_this()](const std::error_code& error) {
    if (self->closed_) return;
    error ? self->Fail(error) : self->Begin();
  });
}

void BusLink::Adopt(tcp::socket socket) {
  socket_ = std::move(socket);
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (!self->closed_) self->Begin();
  });
}

void BusLink::Begin() {
  std::error_code error;
  if (!PrepareSocket(&socket_, kKeepAliveSeconds)) return Fail(asio::error::connection_reset);
  const tcp::endpoint remote = socket_.remote_endpoint(error);
  if (error) return Fail(error);
  const tcp::endpoint local = socket_.local_endpoint(error);
  if (error) return Fail(error);
  peer_ = {TextOf(remote.address()), TextOf(local.address())};
  up_ = true;
  WaitReadable();
  events_->up(*this);
  if (!closed_) Flush();
}

void BusLink::WaitReadable() {
  socket_.async_wait(tcp::socket::wait_read,
                     [self = shared_from_this()](const std::error_code& error) {
                       if (self->closed_) return;
                       error ? self->Fail(error) : self->Read();
                     });
}

void BusLink::Read() {
  // One buffer for all links: they are read one after the other.
  static thread_local std::array<uint8_t, kReadBytes> buffer;
  for (int i = 0; i < kReadsPerTurn; ++i) {
    std::error_code error;
    const size_t got = socket_.read_some(asio::buffer(buffer), error);
    if (error == asio::error::would_block) break;
    if (error) return Fail(error);
    events_->bytes(*this, ByteSpan(buffer.data(), got));
    if (closed_) return;
    if (got < buffer.size()) break;
  }
  WaitReadable();
}

void BusLink::Flush() {
  if (!up_ || closed_ || waiting_writable_) return;
  while (queued() > 0) {
    std::error_code error;
    const size_t put = socket_.write_some(asio::buffer(out_.data() + out_at_, queued()), error);
    if (error == asio::error::would_block) break;
    if (error) {
      // Told later: the owner may be in the middle of something.
      asio::post(socket_.get_executor(), [self = shared_from_this(), error] {
        if (!self->closed_) self->Fail(error);
      });
      return;
    }
    out_at_ += put;
  }
  if (queued() == 0) {
    out_.clear();
    out_at_ = 0;
    if (out_.capacity() > 16 * kReadBytes) out_.shrink_to_fit();
  } else {
    if (out_at_ > out_.size() / 2) {
      out_.erase(0, out_at_);
      out_at_ = 0;
    }
    WaitWritable();
  }
}

void BusLink::WaitWritable() {
  waiting_writable_ = true;
  socket_.async_wait(tcp::socket::wait_write,
                     [self = shared_from_this()](const std::error_code& error) {
                       self->waiting_writable_ = false;
                       if (self->closed_) return;
                       if (error) return self->Fail(error);
                       self->Flush();
                       self->events_->drained(*self);
                     });
}

void BusLink::Fail(const std::error_code& error) {
  Close();
  events_->down(*this, ErrorOf(error));
}

void BusLink::Close() {
  if (closed_) return;
  closed_ = true;
  std::error_code ignored;
  socket_.close(ignored);
}

}  // namespace gossamer::server
