#include "tests/core/cluster/mini_cluster.h"

#include <algorithm>

#include "core/base/check.h"

namespace gossamer {

MiniCluster::MiniCluster(int count, const Rules& rules, ClusterOptions options, uint64_t seed)
    : rules_(rules), seed_(seed) {
  now_.mono = Instant{Seconds(1000).us};
  now_.wall = WallTime{1767225600LL * 1000000};
  members_.resize(count);
  for (int i = 0; i < count; ++i) {
    members_[i].options = options;
    members_[i].options.announce_ip = IpOf(i);
    Start(i, std::nullopt);
  }
}

MiniCluster::~MiniCluster() {
  queue_.clear();
  later_.clear();
  other_effects_.clear();
  members_.clear();
}

void MiniCluster::Start(int i, const std::optional<NodesConf>& conf) {
  Effects effects;
  members_[i].node = std::make_unique<ClusterNode>(
      members_[i].options, rules_, &tables_, conf, seed_,
      static_cast<uint64_t>(i) + 100 * members_[i].generation++, now_, &effects);
  Execute(i, &effects);
  Drain();
}

void MiniCluster::Run(Duration length, Duration step) {
  for (const Instant end = now_.mono + length; now_.mono < end;) {
    now_.mono = now_.mono + step;
    now_.wall = now_.wall + step;
    for (int i = 0; i < size(); ++i) {
      Input(i, [this](ClusterNode& node, Effects* out) { node.Tick(now_, out); });
    }
    Drain();
  }
}

bool MiniCluster::RunUntil(const std::function<bool()>& done, Duration limit) {
  for (const Instant end = now_.mono + limit; now_.mono < end;) {
    if (done()) return true;
    Run(Millis(100));
  }
  return done();
}

CommandReply MiniCluster::Command(int i, std::vector<std::string> words) {
  CommandReply reply;
  Input(i, [&](ClusterNode& node, Effects* out) {
    reply = node.OnCommand(now_, {.words = std::move(words)}, {}, out);
  });
  Drain();
  return reply;
}

void MiniCluster::Form(int primaries) {
  for (int i = 1; i < size(); ++i) {
    GOSSAMER_CHECK(Command(0, {"MEET", IpOf(i), "6379", "16379"}).ok());
  }
  const auto all_known = [this] {
    for (int i = 0; i < size(); ++i) {
      if (static_cast<int>(state(i).peers.size()) != size()) return false;
      for (const NodeKey node : state(i).peers.order()) {
        if (state(i).peers.Has(node, flag::kHandshake)) return false;
      }
    }
    return true;
  };
  GOSSAMER_CHECK(RunUntil(all_known, Seconds(120)));
  for (int i = 0; i < primaries; ++i) {
    const int first = static_cast<int>(kSlots) * i / primaries;
    const int last = static_cast<int>(kSlots) * (i + 1) / primaries - 1;
    GOSSAMER_CHECK(Command(i, {"SET-CONFIG-EPOCH", std::to_string(i + 1)}).kind !=
                   CommandReply::Kind::kNull);
    GOSSAMER_CHECK(Command(i, {"ADDSLOTSRANGE", std::to_string(first), std::to_string(last)}).ok());
  }
  Run(Seconds(10));
  for (int i = primaries; i < size(); ++i) {
    const NodeKey primary = key(i % primaries);
    GOSSAMER_CHECK(Command(i, {"REPLICATE", tables_.pool.names().name(primary).str()}).ok());
  }
  const auto all_ok = [this, primaries] {
    for (int i = 0; i < size(); ++i) {
      if (!state(i).health.ok) return false;
      for (int r = primaries; r < size(); ++r) {
        if (!(state(i).peers.facts(key(r)).replicaof == key(r % primaries))) return false;
      }
    }
    return true;
  };
  GOSSAMER_CHECK(RunUntil(all_ok, Seconds(120)));
  Run(Seconds(20));
  for (int i = 0; i < size(); ++i) {
    node(i).OnData({.repl_offset = 1000, .link_up = true, .data_fresh = now_.mono});
  }
}

void MiniCluster::Kill(int i) {
  members_[i].saved = node(i).Serialize(now_);
  members_[i].node = nullptr;
  for (Connection& c : connections_) {
    if (!c.up || (c.a != i && c.b != i)) continue;
    c.up = false;
    const int other = c.a == i ? c.b : c.a;
    const LinkId link = c.a == i ? c.at_b : c.at_a;
    Input(other, [&](ClusterNode& node, Effects* out) {
      node.OnLinkDown(now_, link, LinkError::kReset, out);
    });
  }
  Drain();
}

void MiniCluster::Restart(int i) { Start(i, members_[i].saved); }

void MiniCluster::Load(int i, const NodesConf& conf) {
  members_[i].node = nullptr;
  Start(i, conf);
}

void MiniCluster::Inject(int from, int to, const MessageRef& message, bool answer) {
  for (const Connection& c : connections_) {
    if (!c.up || c.a != (answer ? to : from) || c.b != (answer ? from : to)) continue;
    queue_.push_back({to, answer ? c.at_a : c.at_b, from, message});
    break;
  }
  Drain();
}

void MiniCluster::Break(int from, int to) {
  for (Connection& c : connections_) {
    if (!c.up || c.a != from || c.b != to) continue;
    c.up = false;
    const LinkId ends[] = {c.at_a, c.at_b};
    for (const int end : {0, 1}) {
      Input(end == 0 ? from : to, [&](ClusterNode& node, Effects* out) {
        node.OnLinkDown(now_, ends[end], LinkError::kReset, out);
      });
    }
    break;
  }
  Drain();
}

int MiniCluster::CountEvents(EventType type) const {
  return static_cast<int>(std::count_if(events_.begin(), events_.end(),
                                        [type](const auto& e) { return e.second.type == type; }));
}

LinkPeer MiniCluster::PeerOf(int i, int other) const {
  return {IpText::From(IpOf(other)), IpText::From(IpOf(i))};
}

void MiniCluster::Input(int i, const std::function<void(ClusterNode&, Effects*)>& input) {
  if (!running(i)) return;
  Effects effects;
  input(*members_[i].node, &effects);
  members_[i].node->EndBatch(now_, &effects);
  Execute(i, &effects);
}

void MiniCluster::Execute(int i, Effects* effects) {
  for (Effect& effect : effects->list()) {
    if (auto* send = std::get_if<Send>(&effect)) {
      Connection* c = Find(i, send->link);
      if (c == nullptr || IsCut(c->a, c->b)) continue;
      const int to = c->a == i ? c->b : c->a;
      queue_.push_back({to, c->a == i ? c->at_b : c->at_a, i, send->message});
    } else if (auto* open = std::get_if<Open>(&effect)) {
      Connect(i, *open);
    } else if (auto* close = std::get_if<Close>(&effect)) {
      CloseLink(i, close->link);
    } else if (auto* emit = std::get_if<Emit>(&effect)) {
      events_.emplace_back(i, emit->event);
    } else if (!std::holds_alternative<Persist>(effect)) {
      other_effects_.emplace_back(i, std::move(effect));
    }
  }
}

// The connection is known at once, so that messages can be queued on it; both ends hear of it after
// this input.
void MiniCluster::Connect(int from, const Open& open) {
  const std::string ip(open.address->get().address.endpoint.ip.view());
  int to = -1;
  for (int i = 0; i < size(); ++i) {
    if (ip == IpOf(i)) to = i;
  }
  const LinkId link = open.link;
  if (to < 0 || !running(to) || IsCut(from, to)) {
    later_.push_back([this, from, link] {
      Input(from, [&](ClusterNode& node, Effects* out) {
        node.OnLinkDown(now_, link, LinkError::kRefused, out);
      });
    });
    return;
  }
  Member& target = members_[to];
  const LinkId inbound = LinkId::Make(true, target.inbound_slots++, 0);
  connections_.push_back({from, to, link, inbound});
  later_.push_back([this, from, to, link, inbound] {
    Input(to, [&](ClusterNode& node, Effects* out) {
      node.OnLinkUp(now_, inbound, PeerOf(to, from), out);
    });
    Input(from, [&](ClusterNode& node, Effects* out) {
      node.OnLinkUp(now_, link, PeerOf(from, to), out);
    });
  });
}

void MiniCluster::CloseLink(int i, LinkId link) {
  Connection* c = Find(i, link);
  if (c == nullptr) return;
  c->up = false;
  const int other = c->a == i ? c->b : c->a;
  const LinkId others = c->a == i ? c->at_b : c->at_a;
  later_.push_back([this, other, others] {
    Input(other, [&](ClusterNode& node, Effects* out) {
      node.OnLinkDown(now_, others, LinkError::kClosed, out);
    });
  });
}

MiniCluster::Connection* MiniCluster::Find(int i, LinkId link) {
  for (Connection& c : connections_) {
    if (c.up && ((c.a == i && c.at_a == link) || (c.b == i && c.at_b == link))) return &c;
  }
  return nullptr;
}

void MiniCluster::Drain() {
  while (!queue_.empty() || !later_.empty()) {
    if (!later_.empty()) {
      const std::function<void()> next = std::move(later_.front());
      later_.pop_front();
      next();
      continue;
    }
    const Delivery d = std::move(queue_.front());
    queue_.pop_front();
    Input(d.to, [&](ClusterNode& node, Effects* out) {
      node.OnMessage(now_, d.link, PeerOf(d.to, d.from), d.message, out);
    });
  }
  std::erase_if(connections_, [](const Connection& c) { return !c.up; });
}

}  // namespace gossamer
