#include "core/cluster/links.h"

namespace gossamer {
namespace {

void CountSent(State& s, const Message& message) {
  const auto type = static_cast<size_t>(message.type);
  ++s.stats.sent[type < kMessageTypes ? type : kMessageTypes];
  s.stats.bytes_sent += message.encoded_length;
  switch (message.type) {
    case MessageType::kPublish:
    case MessageType::kPublishShard:
      s.stats.pubsub_bytes_sent += message.encoded_length;
      break;
    case MessageType::kModule:
      s.stats.module_bytes_sent += message.encoded_length;
      break;
    default:
      if (const auto* heartbeat = std::get_if<Heartbeat>(&message.body)) {
        s.stats.gossip_entries_sent += heartbeat->gossip.size();
      }
  }
}

}  // namespace

void OpenLink(Turn& t, NodeKey peer) {
  const LinkId link = t.s.links.AllocateOutbound(peer);
  t.s.peers.SetOutLink(peer, link, t.ms);
  t.out->Add(Open{link, peer, PeerFactsRef(&t.s.peers.shared_facts(peer))});
}

void FreeOutLink(Turn& t, NodeKey peer) {
  if (t.s.peers.HasOutLink(peer)) FreeLink(t, t.s.peers.out_link(peer));
}

void FreeInLink(Turn& t, NodeKey peer) {
  if (t.s.peers.HasInLink(peer)) FreeLink(t, t.s.peers.in_link(peer));
}

void FreeLink(Turn& t, LinkId link) {
  t.out->Add(Close{link});
  ForgetLink(t, link);
}

void ForgetLink(Turn& t, LinkId link) {
  const NodeKey peer = t.s.links.peer(link);
  if (peer.valid()) {
    if (link.inbound()) {
      t.s.peers.ClearInLink(peer, t.ms);
    } else {
      t.s.peers.ClearOutLink(peer);
    }
  }
  t.s.links.Remove(link);
}

void BindInLink(Turn& t, LinkId link, NodeKey peer) {
  FreeInLink(t, peer);
  t.s.links.Bind(link, peer);
  t.s.peers.SetInLink(peer, link);
}

void SendOn(Turn& t, LinkId link, const MessageRef& message, Ticket after) {
  CountSent(t.s, *message);
  t.out->Add(Send{link, message, after});
}

bool SendTo(Turn& t, NodeKey peer, const MessageRef& message, Ticket after) {
  if (!t.s.peers.HasOutLink(peer)) return false;
  SendOn(t, t.s.peers.out_link(peer), message, after);
  return true;
}

void Broadcast(Turn& t, const MessageRef& message, Ticket after) {
  for (const NodeKey peer : t.s.peers.order()) {
    if (peer == t.s.myself || t.s.peers.Has(peer, flag::kHandshake)) continue;
    SendTo(t, peer, message, after);
  }
}

}  // namespace gossamer
