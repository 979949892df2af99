// MessagePool: where one host's messages live, together with what they refer to.
//
// A released message is kept with its vectors' capacity and made again, so that a steady state
// allocates nothing. The pool must outlive every MessageRef. Thread safety: none.
#ifndef GOSSAMER_CORE_BUS_MESSAGE_POOL_H_
#define GOSSAMER_CORE_BUS_MESSAGE_POOL_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/bus/message.h"
#include "core/bus/name_table.h"
#include "core/slots/slot_set.h"

namespace gossamer {

class MessagePool {
 public:
  // `salt` decides the layout of the name index only.
  explicit MessagePool(uint64_t salt = 0);
  ~MessagePool();
  MessagePool(const MessagePool&) = delete;
  MessagePool& operator=(const MessagePool&) = delete;

  NameTable& names() { return names_; }
  const NameTable& names() const { return names_; }
  SlotSetTable& slot_sets() { return slot_sets_; }

  // A blank message of `type`: default header with the empty slot set, a body of the type's kind.
  // The caller owns it until Seal or Discard.
  Message* Make(MessageType type);
  // As above with a light header. REQUIRES: type is PUBLISH, PUBLISHSHARD or MODULE.
  Message* MakeLight(MessageType type);
  // Interns `name` for as long as `message` lives. kNoKey when the name table is full.
  NodeKey InternFor(Message* message, const NodeName& name);
  // Computes length and content hash. The message is immutable from here on.
  MessageRef Seal(Message* message);
  // Gives back a message that was not sealed.
  void Discard(Message* message);

  size_t live() const { return live_; }
  size_t memory_bytes() const;

 private:
  friend struct Message;
  void Free(Message* message);

  NameTable names_;
  SlotSetTable slot_sets_;
  std::vector<Message*> all_;
  std::vector<Message*> free_heartbeats_;
  std::vector<Message*> free_others_;
  size_t live_ = 0;
};

// The length of `message` on the wire, header included. SOURCE: bus spec section 4.
uint32_t EncodedLength(const Message& message);

// The hash that Seal stores. Two messages with SameContent have the same hash, in any host.
uint64_t ContentHash(const Message& message, const NameTable& names);

}  // namespace gossamer

#endif  // GOSSAMER_CORE_BUS_MESSAGE_POOL_H_
