#include "core/cluster/publish.h"

#include <string>

#include "core/cluster/heartbeat.h"
#include "core/cluster/links.h"

namespace gossamer {
namespace {

bool TakesLight(const State& s, NodeKey peer) {
  if (!s.peers.Has(peer, flag::kLightPublish)) return false;
  // Only a peer that answered on this very link has surely bound it to me.
  return !s.rules.light_needs_pong || s.peers.pong_ms(peer) >= s.peers.out_link_ms(peer);
}

MessageRef MakePublish(Turn& t, bool light, MessageType type, std::string_view channel,
                       std::string_view text) {
  MessagePool& pool = t.s.tables->pool;
  Message* message = light ? pool.MakeLight(type) : pool.Make(type);
  if (!light) FillHeader(t, &message->header);
  message->body = Publish{std::string(channel), std::string(text)};
  return pool.Seal(message);
}

}  // namespace

void PublishToNodes(Turn& t, bool sharded, std::string_view channel, std::string_view message) {
  State& s = t.s;
  const MessageType type = sharded ? MessageType::kPublishShard : MessageType::kPublish;
  MessageRef normal;
  MessageRef light;
  for (const NodeKey peer : s.peers.order()) {
    if (peer == s.myself || s.peers.Has(peer, flag::kHandshake)) continue;
    if (sharded && !s.SameShard(peer, s.myself)) continue;
    if (!s.peers.HasOutLink(peer)) continue;
    const bool use_light = TakesLight(s, peer);
    MessageRef& wanted = use_light ? light : normal;
    if (!wanted) wanted = MakePublish(t, use_light, type, channel, message);
    SendTo(t, peer, wanted);
  }
}

}  // namespace gossamer
