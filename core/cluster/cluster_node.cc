#include "core/cluster/cluster_node.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/cluster/cron.h"
#include "core/cluster/election.h"
#include "core/cluster/epochs.h"
#include "core/cluster/failure_detector.h"
#include "core/cluster/health.h"
#include "core/cluster/heartbeat.h"
#include "core/cluster/links.h"
#include "core/cluster/manual_failover.h"
#include "core/cluster/membership.h"
#include "core/cluster/publish.h"
#include "core/cluster/slot_ownership.h"
#include "core/cluster/start.h"
#include "core/cluster/views.h"

namespace gossamer {
namespace {

void CountReceived(State& s, const Message& message) {
  const auto type = static_cast<size_t>(message.type);
  ++s.stats.received[std::min(type, kMessageTypes)];
  s.stats.bytes_received += message.encoded_length;
  if (message.type == MessageType::kPublish || message.type == MessageType::kPublishShard) {
    s.stats.pubsub_bytes_received += message.encoded_length;
  } else if (message.type == MessageType::kModule) {
    s.stats.module_bytes_received += message.encoded_length;
  }
}

// The known node that a normal message is from, or kNoKey; binds the inbound link. SOURCE: bus spec
// section 9.2.
NodeKey ResolveSender(Turn& t, LinkId link, const Header& header) {
  State& s = t.s;
  const NodeKey bound = s.links.peer(link);
  if (bound.valid() && !s.peers.Has(bound, flag::kHandshake)) return bound;
  const NodeKey claimed = header.sender;
  if (!claimed.valid() || !s.peers.Contains(claimed) || claimed == s.myself) return kNoKey;
  if (!s.tables->pool.names().valid_name(claimed)) return kNoKey;
  if (!bound.valid() && link.inbound()) BindInLink(t, link, claimed);
  return claimed;
}

// The sender's capability bits are learned anew from every normal message. SOURCE: bus spec
// section 11.
void LearnCapabilities(Turn& t, LinkId link, NodeKey sender, const Header& header) {
  State& s = t.s;
  if ((header.mflags[0] & mflag::kExtData) != 0) {
    if (!s.links.extensions(link)) s.links.SetExtensions(link);
    if (sender.valid()) {
      s.peers.SetFlags(sender, flag::kExtensions);
      const bool marked = (s.peers.marks(sender) & mark::kLinkExtensions) != 0;
      if (!link.inbound() && !marked) s.peers.SetMark(sender, mark::kLinkExtensions);
    }
  }
  if (!sender.valid()) return;
  uint16_t learned = flag::kLightPublish;
  if (s.rules.light_module) learned |= flag::kLightModule;
  if (s.rules.my_primary_fail_flag) learned |= flag::kMyPrimaryFail;
  const uint16_t now_set = s.peers.flags(sender);
  const auto next = static_cast<uint16_t>((now_set & ~learned) | (header.flags & learned));
  if (next != now_set) s.peers.ReplaceFlags(sender, next);
}

// A message without header: only on a link that is bound to a node past its handshake. SOURCE: bus
// spec section 3.
void HandleLight(Turn& t, LinkId link, const MessageRef& message) {
  State& s = t.s;
  const NodeKey sender = s.links.peer(link);
  if (!sender.valid() || s.peers.Has(sender, flag::kHandshake)) {
    FreeLink(t, link);
    return;
  }
  s.peers.SetDataReceived(sender, t.ms);
  t.out->Add(Deliver{sender, message});
}

void HandleFail(Turn& t, NodeKey sender, const Fail& fail) {
  State& s = t.s;
  if (!s.peers.Contains(fail.node) || s.peers.Has(fail.node, flag::kFail) || fail.node == s.myself)
    return;
  MarkFail(t, fail.node, sender, 0);
}

// Everything but heartbeats, from a known sender.
void Dispatch(Turn& t, NodeKey sender, const MessageRef& message) {
  switch (message->type) {
    case MessageType::kFail:
      return HandleFail(t, sender, std::get<Fail>(message->body));
    case MessageType::kPublish:
    case MessageType::kPublishShard:
    case MessageType::kModule:
      t.out->Add(Deliver{sender, message});
      return;
    case MessageType::kAuthRequest:
      return HandleVoteRequest(t, sender, message->header);
    case MessageType::kAuthAck:
      return HandleVote(t, sender, message->header);
    case MessageType::kUpdate:
      return HandleUpdate(t, sender, std::get<SlotUpdate>(message->body));
    case MessageType::kMfStart:
      return HandleMfStart(t, sender);
    default:
      return;  // an unknown type is counted and ignored
  }
}

void HandleNormal(Turn& t, LinkId link, const LinkPeer& peer, const MessageRef& message) {
  State& s = t.s;
  const Header& header = message->header;
  const bool heartbeat = IsHeartbeat(message->type);
  const NodeKey sender = ResolveSender(t, link, header);
  // A header that names myself is a connection to oneself or a forgery: it is nobody's. So is one
  // that names another node than the link is bound to (DEVIATION: the releases take it for the
  // bound node's).
  const bool forged =
      header.sender == s.myself || (s.rules.links_keep_identity && !(header.sender == sender));
  const NodeKey known = forged ? kNoKey : sender;
  LearnCapabilities(t, link, known, header);
  if (known.valid()) {
    s.peers.SetDataReceived(known, t.ms);
    if (!s.peers.Has(known, flag::kHandshake)) {
      if (!LearnEpochs(t, known, header)) return;
      s.peers.SetReplOffset(known, header.repl_offset);
      NotePausedOffset(t, known, header);
    }
  }
  if (heartbeat) {
    HandleHeartbeat(t, link, peer, known, *message);
  } else if (known.valid() && !s.peers.Has(known, flag::kHandshake)) {
    Dispatch(t, known, message);
  } else {
    t.Event({.type = EventType::kUnknownSender,
             .subject = header.sender,
             .value = static_cast<int64_t>(message->type)});
  }
}

}  // namespace

ClusterNode::ClusterNode(const ClusterOptions& options, const Rules& rules, HostTables* tables,
                         const std::optional<NodesConf>& conf, uint64_t seed, uint64_t label_index,
                         Now now, Effects* out)
    : state_(options, rules, tables, seed, label_index, now.mono.us / 1000) {
  Turn t(state_, now, out);
  if (conf.has_value()) {
    StartFrom(t, *conf);
  } else {
    StartFresh(t);
  }
  state_.next_cron = t.ms;
  EndBatch(now, out);
}

ClusterNode::ClusterNode(const ClusterOptions& options, const Rules& rules, HostTables* tables)
    : state_(options, rules, tables, 0, 0, 0) {}

ClusterNode::~ClusterNode() = default;

void ClusterNode::Tick(Now now, Effects* out) {
  Turn t(state_, now, out);
  if (t.ms < state_.next_cron) return;
  // A late cron is not made up for; the phase stays.
  const MonoMs behind = t.ms - state_.next_cron;
  state_.next_cron += (behind / kCronPeriodMs + 1) * kCronPeriodMs;
  RunCron(t);
}

void ClusterNode::OnLinkUp(Now now, LinkId link, const LinkPeer& peer, Effects* out) {
  (void)peer;
  Turn t(state_, now, out);
  State& s = state_;
  if (link.inbound()) {
    if (!s.links.AddInbound(link)) t.out->Add(Close{link});
    return;
  }
  if (!s.links.Contains(link)) return;
  const NodeKey node = s.links.peer(link);
  // A reconnect does not reset the failure clock.
  const bool was_pending = s.peers.PingPending(node);
  const MonoMs sent = was_pending ? s.peers.ping_sent_ms(node) : 0;
  SendPing(t, node, s.peers.Has(node, flag::kMeet) ? MessageType::kMeet : MessageType::kPing);
  if (s.rules.bugs.Has(Bug::kV461)) s.peers.ClearFlags(node, flag::kMeet);
  if (was_pending) s.peers.SetPingSent(node, sent);
}

void ClusterNode::OnMessage(Now now, LinkId link, const LinkPeer& peer, const MessageRef& message,
                            Effects* out) {
  if (!state_.links.Contains(link)) return;
  Turn t(state_, now, out);
  CountReceived(state_, *message);
  if (message->light) {
    HandleLight(t, link, message);
  } else {
    HandleNormal(t, link, peer, message);
  }
}

void ClusterNode::OnBadFrame(Now now, LinkId link, FrameError error, Effects* out) {
  if (!state_.links.Contains(link)) return;
  Turn t(state_, now, out);
  ++state_.stats.bad_frames;
  t.Event({.type = EventType::kBadFrame,
           .subject = state_.links.peer(link),
           .value = static_cast<int64_t>(error)});
  if (FreesLink(error)) FreeLink(t, link);
}

void ClusterNode::OnLinkDown(Now now, LinkId link, LinkError error, Effects* out) {
  (void)error;
  if (!state_.links.Contains(link)) return;
  Turn t(state_, now, out);
  t.Event({.type = EventType::kLinkDown,
           .subject = state_.links.peer(link),
           .value = link.inbound() ? 1 : 0});
  ForgetLink(t, link);
}

void ClusterNode::OnQueue(Now now, LinkId link, uint64_t bytes, Effects* out) {
  (void)now;
  (void)out;
  const uint64_t limit = state_.options.link_sendbuf_limit_bytes;
  std::vector<LinkId>& over = state_.over_limit;
  const auto at = std::find(over.begin(), over.end(), link);
  const bool now_over = limit != 0 && bytes > limit && state_.links.Contains(link);
  if (now_over && at == over.end()) over.push_back(link);
  // What has drained before the cron looks is forgiven.
  if (!now_over && at != over.end()) over.erase(at);
}

void ClusterNode::OnConfig(Now now, const ClusterOptions& options, Effects* out) {
  Turn t(state_, now, out);
  state_.options = options;
  state_.peers.WakeAll();
  state_.reports.SetValidity(ReportValidityMs(options, state_.rules));
  for (const NodeKey node : state_.peers.order()) {
    if ((state_.peers.marks(node) & mark::kHasReports) != 0 && !state_.reports.MayHave(node)) {
      state_.peers.ClearMark(node, mark::kHasReports);
    }
  }
  AnnounceOptions(t);
  t.Todo(todo::kSave | todo::kUpdateState);
}

void ClusterNode::OnPersisted(Now now, Ticket ticket, PersistResult result, Effects* out) {
  if (result == PersistResult::kDone) return;
  Turn t(state_, now, out);
  t.Event({.type = EventType::kPersistFailed, .value = static_cast<int64_t>(ticket.value)});
  t.Todo(todo::kRetrySave);
}

CommandReply ClusterNode::OnCommand(Now now, const ClusterCommand& command,
                                    const std::vector<SlotKeys>& keys, Effects* out) {
  Turn t(state_, now, out);
  return RunCommand(t, command, keys);
}

void ClusterNode::OnPublish(Now now, bool sharded, std::string_view channel,
                            std::string_view message, Effects* out) {
  Turn t(state_, now, out);
  PublishToNodes(t, sharded, channel, message);
}

void ClusterNode::EndBatch(Now now, Effects* out) {
  State& s = state_;
  if (s.todo == 0) return;
  Turn t(s, now, out);
  const auto take = [&s](uint32_t bits) {
    const bool wanted = (s.todo & bits) != 0;
    s.todo &= ~bits;
    return wanted;
  };
  const auto failover = [&] {
    if (!s.i_am_replica()) {
      take(todo::kManualFailover | todo::kElection);
      return;
    }
    if (take(todo::kManualFailover)) {
      ManualFailoverStep(t);
      take(todo::kElection);
      ElectionStep(t);
    } else if (take(todo::kElection)) {
      ElectionStep(t);
    }
  };
  if (s.rules.state_before_failover && take(todo::kUpdateState)) UpdateClusterState(t);
  failover();
  if (take(todo::kUpdateState)) UpdateClusterState(t);
  const bool fsync = take(todo::kFsync);
  Ticket claim;  // what a broadcast of this batch claims must be durable first
  if (take(todo::kSave) || fsync) {
    Ticket ticket = s.vote_ticket;
    if (ticket.value == 0) ticket = {++s.tickets};
    s.vote_ticket = {};
    if (fsync) claim = ticket;
    t.out->Add(Persist{ticket, fsync});
  }
  if (take(todo::kBroadcastPong)) BroadcastPong(t, /*local_replicas_only=*/false, claim);
}

NodesConf ClusterNode::Serialize(Now now) const {
  // ConfOf reads only; Turn carries a mutable state for the rules that change it.
  return ConfOf(Turn(const_cast<State&>(state_), now, nullptr));
}

std::string ClusterNode::SerializeState(Now now) const {
  NodesConfFormat format;
  format.client_ports = state_.rules.extension_client_ports;
  format.availability_zone = state_.rules.extension_zone;
  return WriteNodesConf(Serialize(now), format);
}

size_t ClusterNode::memory_bytes() const {
  return sizeof(*this) + state_.peers.memory_bytes() + state_.links.memory_bytes() +
         state_.slots.memory_bytes() + state_.reports.memory_bytes() +
         state_.ring.capacity() * sizeof(NodeKey);
}

}  // namespace gossamer
