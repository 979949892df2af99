// How the parts of a node's state are written into a snapshot and read back: see fields.h.
#ifndef GOSSAMER_CORE_CLUSTER_SNAPSHOT_FIELDS_H_
#define GOSSAMER_CORE_CLUSTER_SNAPSHOT_FIELDS_H_

#include <array>
#include <concepts>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "core/base/fields.h"
#include "core/base/rng.h"
#include "core/bus/types.h"
#include "core/cluster/peer_facts.h"
#include "core/cluster/peer_table.h"
#include "core/slots/slot_set.h"

namespace gossamer {

template <class Self, class T>
concept MaybeConst = std::same_as<std::remove_const_t<Self>, T>;

// Times beyond this are refused: sums of a few of them must not overflow.
inline constexpr MonoMs kFarthestMs = int64_t{1} << 50;

// A time, or kLongAgo.
template <class Archive, MaybeConst<MonoMs> Self>
void DescribeTime(Archive& a, Self& at) {
  a(at);
  if constexpr (Archive::kReads) {
    a.Require(at == kLongAgo || (at > -kFarthestMs && at < kFarthestMs));
  }
}

template <class Archive, MaybeConst<Rng> Self>
void DescribeFields(Archive& a, Self& rng) {
  std::array<uint64_t, 4> state = rng.state();
  a(state);
  if constexpr (Archive::kReads) {
    a.Require(state != std::array<uint64_t, 4>{});
    if (a.ok()) rng = Rng::FromState(state);
  }
}

template <class Archive, MaybeConst<SlotRange> Self>
void DescribeFields(Archive& a, Self& range) {
  a(range.first, range.last);
  if constexpr (Archive::kReads) a.Require(range.first <= range.last && range.last < kSlots);
}

template <class Archive, MaybeConst<SlotSet> Self>
void DescribeFields(Archive& a, Self& slots) {
  std::vector<SlotRange> ranges = slots.Ranges();
  a(ranges);
  if constexpr (Archive::kReads) {
    if (!a.ok()) return;
    slots = {};
    for (const SlotRange range : ranges) slots.SetRange(range);
  }
}

template <class Archive, MaybeConst<IpText> Self>
void DescribeFields(Archive& a, Self& ip) {
  a(ip.bytes);
}

template <class Archive, MaybeConst<Endpoint> Self>
void DescribeFields(Archive& a, Self& e) {
  a(e.ip, e.port, e.pport, e.cport);
}

template <class Archive, MaybeConst<PeerAddress> Self>
void DescribeFields(Archive& a, Self& at) {
  a(at.endpoint, at.hostname, at.human_nodename, at.client_ipv4, at.client_ipv6,
    at.availability_zone, at.client_port, at.client_tls_port);
}

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_SNAPSHOT_FIELDS_H_
