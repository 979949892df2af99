#include "tests/core/cluster/twin_cluster.h"

#include <optional>

#include "core/bus/codec.h"
#include "core/cluster/snapshot.h"
#include "tools/input_log/effects_hash.h"

namespace gossamer {
namespace {

constexpr size_t kHeard = 64;

}  // namespace

TwinCluster::TwinCluster(int count, const Rules& rules) : rules_(rules) {
  options_.node_timeout = Seconds(1);
  members_.resize(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    Member& m = members_[static_cast<size_t>(i)];
    m.host = std::make_unique<OneNodeHost>();
    Effects effects;
    m.host->node =
        std::make_unique<ClusterNode>(OptionsOf(i), rules_, &m.host->tables, std::nullopt, 7,
                                      static_cast<uint64_t>(i), now_, &effects);
    Execute(i, &effects);
  }
}

TwinCluster::~TwinCluster() = default;

ClusterOptions TwinCluster::OptionsOf(int i) const {
  ClusterOptions options = options_;
  options.announce_ip = IpOf(i);
  return options;
}

std::string TwinCluster::NameOf(int i) {
  return node(i).state().peers.name(node(i).state().myself).str();
}

void TwinCluster::Run(Duration length) {
  for (const Instant end = now_.mono + length; now_.mono < end;) {
    now_.mono = now_.mono + Millis(20);
    now_.wall = now_.wall + Millis(20);
    for (int i = 0; i < size(); ++i) {
      Input(i, [this](OneNodeHost& h, Effects* out) { h.node->Tick(now_, out); });
    }
    Drain();
  }
}

void TwinCluster::Command(int i, const std::vector<std::string>& words) {
  Input(i,
        [&](OneNodeHost& h, Effects* out) { h.node->OnCommand(now_, {.words = words}, {}, out); });
  Drain();
}

void TwinCluster::Data(int i, const DataFacts& facts) {
  Input(i, [&](OneNodeHost& h, Effects*) { h.node->OnData(facts); });
}

void TwinCluster::Kill(int i) {
  members_[static_cast<size_t>(i)] = {};
  for (Wire& wire : wires_) {
    if (wire.a == i || wire.b == i) Down(&wire, i);
  }
  Drain();
}

void TwinCluster::Form(const std::function<void()>& between) {
  for (int i = 1; i < size(); ++i) Command(0, {"MEET", IpOf(i), "6379", "16379"});
  Run(Seconds(1));
  between();
  Run(Seconds(10));
  for (int i = 0; i < 3; ++i) {
    const int first = static_cast<int>(kSlots) * i / 3;
    const int last = static_cast<int>(kSlots) * (i + 1) / 3 - 1;
    Command(i, {"ADDSLOTSRANGE", std::to_string(first), std::to_string(last)});
  }
  Run(Seconds(5));
  for (int i = 3; i < 6; ++i) Command(i, {"REPLICATE", NameOf(i - 3)});
  Run(Seconds(5));
}

bool TwinCluster::Restore() {
  for (int i = 0; i < size(); ++i) {
    Member& m = members_[static_cast<size_t>(i)];
    if (m.host == nullptr) continue;
    const std::string bytes = Snapshot(*m.host->node);
    m.twin = nullptr;
    auto twin = std::make_unique<OneNodeHost>();
    twin->node = RestoreNode(SpanOf(bytes), OptionsOf(i), rules_, &twin->tables);
    if (twin->node == nullptr || Snapshot(*twin->node) != bytes) return false;
    m.twin = std::move(twin);
  }
  return true;
}

bool TwinCluster::TwinsAreAlike() {
  for (const Member& m : members_) {
    if (m.twin == nullptr) continue;
    if (Snapshot(*m.host->node) != Snapshot(*m.twin->node)) return false;
  }
  return true;
}

LinkPeer TwinCluster::PeerOf(int i, int other) const {
  return {IpText::From(IpOf(other)), IpText::From(IpOf(i))};
}

void TwinCluster::Input(int i, const Told& input) {
  Member& m = members_[static_cast<size_t>(i)];
  if (m.host == nullptr) return;
  Effects effects;
  Tell(m.host.get(), input, &effects);
  if (m.twin != nullptr) {
    Effects twins;
    Tell(m.twin.get(), input, &twins);
    ++compared_;
    const uint64_t one = HashEffects(effects, m.host->tables.pool.names());
    different_ += one == HashEffects(twins, m.twin->tables.pool.names()) ? 0 : 1;
  }
  Execute(i, &effects);
}

void TwinCluster::Tell(OneNodeHost* host, const Told& input, Effects* effects) {
  input(*host, effects);
  host->node->EndBatch(now_, effects);
}

void TwinCluster::Execute(int i, Effects* effects) {
  OneNodeHost& host = *members_[static_cast<size_t>(i)].host;
  for (Effect& effect : effects->list()) {
    if (const auto* send = std::get_if<Send>(&effect)) {
      Wire* wire = Find(i, send->link);
      if (wire == nullptr) continue;
      std::string bytes;
      Encode(*send->message, host.tables.pool.names(), &bytes);
      const bool from_a = wire->a == i && wire->at_a == send->link;
      const int to = from_a ? wire->b : wire->a;
      const LinkId link = from_a ? wire->at_b : wire->at_a;
      later_.push_back([this, i, to, link, bytes] { Deliver(i, to, link, bytes); });
    } else if (const auto* open = std::get_if<Open>(&effect)) {
      Connect(i, *open);
    } else if (const auto* close = std::get_if<Close>(&effect)) {
      if (Wire* wire = Find(i, close->link)) Down(wire, i);
    }
  }
}

void TwinCluster::Deliver(int from, int to, LinkId link, const std::string& bytes) {
  if (to == 0) {
    heard_.emplace_back(link, bytes);
    if (heard_.size() > kHeard) heard_.pop_front();
  }
  Input(to, [&](OneNodeHost& h, Effects* out) {
    MessageRef message;
    if (Decode(SpanOf(bytes), &h.tables.pool, &message) != FrameError::kNone) return;
    h.node->OnMessage(now_, link, PeerOf(to, from), message, out);
  });
}

void TwinCluster::Connect(int from, const Open& open) {
  const std::string ip(open.address->get().address.endpoint.ip.view());
  int to = -1;
  for (int i = 0; i < size(); ++i) to = ip == IpOf(i) ? i : to;
  const LinkId link = open.link;
  if (to < 0 || members_[static_cast<size_t>(to)].host == nullptr) {
    later_.push_back([this, from, link] {
      Input(from, [&](OneNodeHost& h, Effects* out) {
        h.node->OnLinkDown(now_, link, LinkError::kRefused, out);
      });
    });
    return;
  }
  const LinkId inbound = LinkId::Make(true, members_[static_cast<size_t>(to)].inbound++, 0);
  wires_.push_back({from, to, link, inbound});
  later_.push_back([this, from, to, link, inbound] {
    Input(to, [&](OneNodeHost& h, Effects* out) {
      h.node->OnLinkUp(now_, inbound, PeerOf(to, from), out);
    });
    Input(from, [&](OneNodeHost& h, Effects* out) {
      h.node->OnLinkUp(now_, link, PeerOf(from, to), out);
    });
  });
}

void TwinCluster::Down(Wire* wire, int by) {
  if (!wire->up) return;
  wire->up = false;
  const int to = wire->a == by ? wire->b : wire->a;
  const LinkId link = wire->a == by ? wire->at_b : wire->at_a;
  later_.push_back([this, to, link] {
    Input(to, [&](OneNodeHost& h, Effects* out) {
      h.node->OnLinkDown(now_, link, LinkError::kClosed, out);
    });
  });
}

TwinCluster::Wire* TwinCluster::Find(int i, LinkId link) {
  for (Wire& wire : wires_) {
    if (!wire.up) continue;
    if ((wire.a == i && wire.at_a == link) || (wire.b == i && wire.at_b == link)) return &wire;
  }
  return nullptr;
}

void TwinCluster::Drain() {
  while (!later_.empty()) {
    const auto next = std::move(later_.front());
    later_.pop_front();
    next();
  }
  std::erase_if(wires_, [](const Wire& wire) { return !wire.up; });
}

}  // namespace gossamer
