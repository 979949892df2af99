// ConnectionTable: every TCP connection of the cluster, both ends in one row of 24 bytes.
//
// A connection has an opener (end 0) and an acceptor (end 1). Each end's process knows it by a
// LinkId of its own: the opener's core chose its id, the acceptor's was chosen here. Per node two
// arrays lead from link slots to rows. With N nodes there are N² rows, so that what only few
// connections have lives elsewhere (backlog.h). Thread safety: none.
#ifndef GOSSAMER_SIM_MODEL_CONNECTION_TABLE_H_
#define GOSSAMER_SIM_MODEL_CONNECTION_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/ids.h"

namespace gossamer::sim {

namespace conn {
inline constexpr uint16_t kConnecting = 0x0001;     // the handshake is not over for the opener
inline constexpr uint16_t kOpenerHolds = 0x0002;    // the opener's process has the socket
inline constexpr uint16_t kAcceptorHolds = 0x0004;  // likewise the acceptor's
inline constexpr uint16_t kNagle = 0x0008;          // the opener's socket lacks TCP_NODELAY
inline constexpr uint16_t kUnacked =
    0x0010;  // with kNagle: the opener's last write may be unacknowledged
inline constexpr uint16_t kBacklog0 = 0x0020;  // the opener has a backlog
inline constexpr uint16_t kBacklog1 = 0x0040;  // the acceptor has a backlog
inline constexpr uint16_t kReaping = 0x0080;   // to be freed when the last packet has arrived
inline constexpr uint16_t kUsed = 0x0100;
inline constexpr uint16_t kBlocked0 = 0x0200;  // what the opener sends on it is lost
inline constexpr uint16_t kBlocked1 = 0x0400;  // what the acceptor sends on it is lost
constexpr uint16_t Holds(int end) { return static_cast<uint16_t>(kOpenerHolds << end); }
constexpr uint16_t Blocked(int end) { return static_cast<uint16_t>(kBlocked0 << end); }
constexpr uint16_t HasBacklog(int end) { return static_cast<uint16_t>(kBacklog0 << end); }
}  // namespace conn

struct Connection {
  uint32_t link[2] = {0, 0};  // LinkId of each end
  uint32_t mark[2] = {0, 0};  // when the last packet of each end arrives: the instant's low 32 bits
  uint16_t node[2] = {0, 0};
  uint8_t number[2] = {0, 0};  // packets sent by each end, modulo 256
  uint16_t state = 0;

  bool Has(uint16_t bits) const { return (state & bits) != 0; }
  void Set(uint16_t bits) { state |= bits; }
  void Clear(uint16_t bits) { state &= static_cast<uint16_t>(~bits); }
};
static_assert(sizeof(Connection) == 24);

// The acceptor of a connect to an address that nobody has.
inline constexpr uint16_t kNobody = 0xffff;

class ConnectionTable {
 public:
  static constexpr uint32_t kNone = 0x7fffffff;

  explicit ConnectionTable(size_t nodes) : out_(nodes), in_(nodes), free_in_(nodes) {}

  // Room for `connections` rows and `links` links of each direction per node.
  void Reserve(size_t connections, size_t links);
  uint32_t Allocate(uint32_t opener, uint32_t acceptor);
  void Free(uint32_t index);
  Connection& operator[](uint32_t index) { return rows_[index]; }
  const Connection& operator[](uint32_t index) const { return rows_[index]; }

  // The row that `node` calls `link`, or kNone.
  uint32_t Find(uint32_t node, LinkId link) const {
    const std::vector<uint32_t>& slots = link.inbound() ? in_[node] : out_[node];
    if (link.slot() >= slots.size()) return kNone;
    const uint32_t index = slots[link.slot()];
    if (index >= kNone || rows_[index].link[link.inbound() ? 1 : 0] != link.value) return kNone;
    return index;
  }
  // The opener's core calls the row `link`.
  void BindOut(uint32_t index, LinkId link);
  // Makes an id for the acceptor.
  LinkId BindIn(uint32_t index);
  // As BindIn, with a given id. REQUIRES: `link`'s slot is the next new one.
  void BindInAs(uint32_t index, LinkId link);
  // The process at `end` has it no more.
  void Unbind(uint32_t index, int end);

  // Calls visit(index, end) for every connection that the node's process holds, outbound ones
  // first, by slot. The visit may unbind the connection it is given.
  template <class Visit>
  void ForEachOf(uint32_t node, Visit visit) {
    for (const int end : {0, 1}) {
      std::vector<uint32_t>& slots = end == 0 ? out_[node] : in_[node];
      for (size_t slot = 0; slot < slots.size(); ++slot) {
        if (slots[slot] < kNone) visit(slots[slot], end);
      }
    }
  }
  // Rows ever made; a row in use has conn::kUsed.
  uint32_t row_count() const { return static_cast<uint32_t>(rows_.size()); }
  size_t in_use() const { return rows_.size() - free_count_; }
  size_t memory_bytes() const;

 private:
  // An inbound slot that is not in use holds this bit and the generation of its last use.
  static constexpr uint32_t kFreeSlot = 0x80000000;

  std::vector<Connection> rows_;
  uint32_t free_ = kNone;  // the first free row; its link[0] is the next one
  size_t free_count_ = 0;
  std::vector<std::vector<uint32_t>> out_;
  std::vector<std::vector<uint32_t>> in_;
  std::vector<std::vector<uint32_t>> free_in_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_CONNECTION_TABLE_H_
