// The kinds of events that the model puts into the queue, and who handles them.
#ifndef GOSSAMER_SIM_MODEL_KINDS_H_
#define GOSSAMER_SIM_MODEL_KINDS_H_

#include <cstdint>

#include "sim/engine/event_queue.h"

namespace gossamer::sim::kind {

inline constexpr uint8_t kTick = EventQueue::kTick;

// Handled by Network. `index` is a connection, bit 0 of `flags` the end that sent.
inline constexpr uint8_t kMessage = 1;  // data: packet (transport.h)
inline constexpr uint8_t kFin = 2;      // the sender closed, or died
inline constexpr uint8_t kReset = 3;    // the sender's kernel knows no such connection
inline constexpr uint8_t kSyn = 4;      // extra: tries so far
inline constexpr uint8_t kSynReply = 5;
inline constexpr uint8_t kAccept = 6;    // the handshake's last packet
inline constexpr uint8_t kSynRetry = 7;  // data: the opener's link, extra: tries so far
inline constexpr uint8_t kReap = 8;
inline constexpr uint8_t kRetransmit = 9;  // data: backlog timer
inline constexpr uint8_t kAck = 10;        // data: backlog timer
inline constexpr uint8_t kKeepalive = 11;  // data: the acceptor's link
inline constexpr uint8_t kSweep = 12;      // data: 0 for marks, else a fault's number + 1
inline constexpr uint8_t kRefusals = 13;   // index: the node whose connects were refused
inline constexpr uint8_t kLastOfNetwork = 15;

// Handled by Hosts; `index` is a node.
inline constexpr uint8_t kWake = 16;       // the node's processor is free again
inline constexpr uint8_t kPersisted = 17;  // data: number of the write
inline constexpr uint8_t kQueueNote = 18;  // data: bytes, extra and flags unused; see Hosts
inline constexpr uint8_t kSync = 19;       // a replica's link to its primary is due
inline constexpr uint8_t kLastOfHosts = 31;

// Handled by the world.
inline constexpr uint8_t kSecond = 32;
inline constexpr uint8_t kTimeline = 33;     // index: item
inline constexpr uint8_t kTimelineEnd = 34;  // index: incident
inline constexpr uint8_t kOperator = 35;
inline constexpr uint8_t kRolling = 36;  // a rolling restart's next step
inline constexpr uint8_t kEnd = 37;

}  // namespace gossamer::sim::kind

#endif  // GOSSAMER_SIM_MODEL_KINDS_H_
