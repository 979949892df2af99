// Effects: what the host must do after an input, in order, before the next one.
//
// A closed list. Sends to one link are delivered in order. A Send with a ticket leaves only after
// that Persist was reported done; sends without one never wait for it. SOURCE: architecture
// section 3.
#ifndef GOSSAMER_CORE_CLUSTER_EFFECTS_H_
#define GOSSAMER_CORE_CLUSTER_EFFECTS_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/bus/message.h"
#include "core/cluster/event.h"
#include "core/cluster/peer_facts.h"

namespace gossamer {

// Queue `message` on `link`. The host drops it silently when the link is gone.
struct Send {
  LinkId link;
  MessageRef message;
  Ticket after;  // zero: at once
};

// Connect to the bus port of `peer` (address.endpoint.ip and cport) and call OnLinkUp or OnLinkDown
// with `link`. Messages may be queued at once; they leave once the connection is up.
struct Open {
  LinkId link;
  NodeKey peer;
  PeerFactsRef address;
};

// Close the connection. No OnLinkDown follows. What was queued is lost.
struct Close {
  LinkId link;
};

// Write SerializeState() to disk, with fsync if asked, then call OnPersisted. The bytes are those
// of the moment of writing, which may be later than the effect; writes in between may be merged.
// After a failure the node asks again in its next cron.
struct Persist {
  Ticket ticket;
  bool fsync = false;
};

// Start to replicate from `primary`, or stop when it is kNoKey. `full_sync`: the data set at hand
// is not usable.
struct Replicate {
  NodeKey primary;
  bool full_sync = false;
};

// Serve as a primary from now on, keeping the data (a new replication id, the old one as
// secondary).
struct Promote {};

// Stop client writes (and expiry, eviction) until the instant or until Unpause.
struct PauseWrites {
  Instant until;
};
struct Unpause {};

// Delete the keys of these slots; another node owns them now.
struct DropSlots {
  SlotSetRef slots;
};

// Delete all data: RESET or REPLICATE NO ONE on a replica.
struct FlushData {};

// Hand a PUBLISH, PUBLISHSHARD or MODULE message to local subscribers.
struct Deliver {
  NodeKey sender;
  MessageRef message;
};

struct Emit {
  Event event;
};

using Effect = std::variant<Send, Open, Close, Persist, Replicate, Promote, PauseWrites, Unpause,
                            DropSlots, FlushData, Deliver, Emit>;

// An ordered list whose memory is reused. Thread safety: none.
class Effects {
 public:
  template <class T>
  void Add(T effect) {
    list_.emplace_back(std::in_place_type<T>, std::move(effect));
  }
  void Event(const gossamer::Event& event) {
    list_.emplace_back(std::in_place_type<Emit>, Emit{event});
  }

  const std::vector<Effect>& list() const { return list_; }
  std::vector<Effect>& list() { return list_; }
  bool empty() const { return list_.empty(); }
  size_t size() const { return list_.size(); }
  // Drops all effects and keeps the memory.
  void Clear() { list_.clear(); }

 private:
  std::vector<Effect> list_;
};

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_EFFECTS_H_
