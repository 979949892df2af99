// BusLink: one bus connection: a socket, the reader of its frames, and what waits to be sent.
//
// Never blocks. The owner is told through Events, always from the io_context and never from within
// a call of its own. Thread safety: the io_context's thread.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_BUS_LINK_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_BUS_LINK_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "asio/io_context.hpp"
#include "asio/ip/tcp.hpp"
#include "core/base/bytes.h"
#include "core/bus/codec.h"
#include "core/bus/types.h"
#include "core/cluster/cluster_node.h"

namespace gossamer::server {

class BusLink : public std::enable_shared_from_this<BusLink> {
 public:
  struct Events {
    std::function<void(BusLink&)> up;
    // Bytes that arrived; the owner cuts them with reader().
    std::function<void(BusLink&, ByteSpan)> bytes;
    std::function<void(BusLink&, LinkError)> down;
    // The output passed or fell below what the owner asked about; see queued().
    std::function<void(BusLink&)> drained;
  };

  // `events` outlives the link.
  BusLink(asio::io_context* io, LinkId id, const Events* events);

  LinkId id() const { return id_; }
  FrameReader& reader() { return reader_; }
  const LinkPeer& peer() const { return peer_; }
  bool closed() const { return closed_; }
  // When it was opened or accepted, on the wall clock.
  WallTime created() const { return created_; }
  size_t allocated() const { return out_.capacity(); }
  // The owner's count of bytes of the frame at hand.
  size_t input_bytes = 0;
  // Bytes that the kernel has not taken yet.
  size_t queued() const { return out_.size() - out_at_; }
  // Where messages are to be appended; Flush sends them.
  std::string* out() { return &out_; }

  void Connect(const asio::ip::tcp::endpoint& to);
  // Takes an accepted socket.
  void Adopt(asio::ip::tcp::socket socket);
  void Flush();
  // No event follows.
  void Close();

 private:
  void Begin();
  void WaitReadable();
  void Read();
  void WaitWritable();
  void Fail(const std::error_code& error);

  asio::ip::tcp::socket socket_;
  LinkId id_;
  const Events* events_;
  FrameReader reader_;
  LinkPeer peer_;
  WallTime created_;
  std::string out_;
  size_t out_at_ = 0;
  bool up_ = false;
  bool closed_ = false;
  bool waiting_writable_ = false;
};

// An address and port as asio has them; false if `ip` is no address.
bool EndpointFrom(const IpText& ip, uint16_t port, asio::ip::tcp::endpoint* endpoint);

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_BUS_LINK_H_
