#include "tests/core/cluster/cluster_fixture.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/check.h"
#include "core/cluster/health.h"

namespace gossamer {
namespace {

template <class Id>
Id IdOf(std::string_view label) {
  GOSSAMER_CHECK(label.size() <= kNameLength);
  std::string text(label);
  text.resize(kNameLength, '0');
  const std::optional<Id> id = Id::Parse(text);
  GOSSAMER_CHECK(id.has_value());
  return *id;
}

NodesConf ConfOfMyself(const ClusterSetup& setup) {
  NodesConfNode me;
  me.name = NameOf(setup.my_label);
  me.address.endpoint.ip = IpText::From("10.0.0.1");
  me.address.endpoint.port = setup.options.port;
  me.address.endpoint.cport = setup.options.cport;
  me.flags = flag::kMyself | flag::kPrimary;
  me.connected = true;
  me.shard_id = ShardOf(setup.my_label);
  NodesConf conf;
  conf.nodes.push_back(me);
  return conf;
}

ClusterSetup SetupWithRules(std::string_view rules) {
  ClusterSetup setup;
  setup.rules = RulesNamed(rules);
  return setup;
}

}  // namespace

NodeName NameOf(std::string_view label) { return IdOf<NodeName>(label); }

ShardId ShardOf(std::string_view label) { return IdOf<ShardId>(label); }

SlotSet SlotsOf(const std::vector<SlotRange>& ranges) {
  SlotSet set;
  for (const SlotRange& range : ranges) set.SetRange(range);
  return set;
}

Rules RulesNamed(std::string_view name) {
  const std::optional<Rules> rules = FindRules(name);
  GOSSAMER_CHECK(rules.has_value());
  return *rules;
}

Cluster::Cluster(const ClusterSetup& setup) : options_(setup.options), now_(setup.start) {
  node_ = std::make_unique<ClusterNode>(setup.options, setup.rules, &tables_, ConfOfMyself(setup),
                                        setup.seed, /*label_index=*/0, now_, &effects_);
  keys_[setup.my_label] = tables_.pool.names().Intern(NameOf(setup.my_label));
  SettleHealth();
  FinishSaves();
  ClearEffects();
}

Cluster::Cluster(std::string_view rules) : Cluster(SetupWithRules(rules)) {}

Cluster::~Cluster() = default;

NodeKey Cluster::Key(std::string_view label) {
  const auto known = keys_.find(label);
  if (known != keys_.end()) return known->second;
  const NodeKey key = tables_.pool.names().Intern(NameOf(label));
  GOSSAMER_CHECK(key.valid());
  keys_[std::string(label)] = key;
  return key;
}

std::string Cluster::Label(NodeKey key) {
  if (!key.valid()) return "none";
  for (const auto& [label, known] : keys_) {
    if (known == key) return label;
  }
  std::string name = tables_.pool.names().name(key).str();
  name.resize(name.find_last_not_of('0') + 1);
  return name;
}

PeerFacts Cluster::NewFacts(std::string_view label) {
  PeerFacts facts;
  facts.slots = tables_.pool.slot_sets().empty();
  facts.shard_id = ShardOf(label);
  facts.address.endpoint.ip = IpText::From("10.0.0." + std::to_string(next_port_ % 200 + 2));
  facts.address.endpoint.port = next_port_;
  facts.address.endpoint.cport = static_cast<uint16_t>(next_port_ + 10000);
  ++next_port_;
  return facts;
}

NodeKey Cluster::AddPeer(std::string_view label, PeerFacts facts, uint16_t flags) {
  const NodeKey key = Key(label);
  const MonoMs long_known = ms() - 3600 * 1000;
  peers().Add(key, facts, flags, long_known);
  peers().SetMoment(key, Moment::kCreated, long_known);
  peers().SetPong(key, ms());
  Link(key);
  peers().SetDataReceived(key, ms());
  return key;
}

NodeKey Cluster::AddPrimary(std::string_view label, const std::vector<SlotRange>& slots,
                            uint64_t config_epoch) {
  PeerFacts facts = NewFacts(label);
  facts.config_epoch = {config_epoch};
  const NodeKey key = AddPeer(label, facts, flag::kPrimary | flag::kExtensions);
  s().current_epoch = std::max(s().current_epoch, Epoch{config_epoch});
  GiveSlots(key, slots);
  return key;
}

NodeKey Cluster::AddReplica(std::string_view label, NodeKey primary, int64_t offset) {
  PeerFacts facts = NewFacts(label);
  facts.replicaof = primary;
  facts.shard_id = peers().facts(primary).shard_id;
  const NodeKey key = AddPeer(label, facts, flag::kReplica | flag::kExtensions);
  peers().SetReplOffset(key, offset);
  peers().SetFlags(primary, flag::kMigrateTo);
  return key;
}

void Cluster::GiveSlots(NodeKey owner, const std::vector<SlotRange>& ranges) {
  SlotSet all = facts(owner).slots->set();
  SlotsOf(ranges).ForEach([&](Slot slot) {
    const NodeKey old = s().slots.owner(slot);
    if (old.valid() && !(old == owner)) {
      SlotSet left = facts(old).slots->set();
      left.reset(slot);
      peers().EditFacts(old,
                        [&](PeerFacts* f) { f->slots = tables_.pool.slot_sets().Intern(left); });
    }
    s().slots.Assign(slot, owner);
    all.set(slot);
  });
  peers().EditFacts(owner, [&](PeerFacts* f) { f->slots = tables_.pool.slot_sets().Intern(all); });
  SettleHealth();
}

void Cluster::MakeMeReplicaOf(NodeKey primary, int64_t offset) {
  const auto kept = static_cast<uint16_t>(peers().flags(me()) & ~flag::kPrimary);
  peers().ReplaceFlags(me(), kept | flag::kReplica);
  const ShardId shard = facts(primary).shard_id;
  peers().EditFacts(me(), [&](PeerFacts* f) {
    f->replicaof = primary;
    f->shard_id = shard;
  });
  peers().SetFlags(primary, flag::kMigrateTo);
  s().extensions = nullptr;
  s().data.repl_offset = offset;
  s().data.link_up = true;
  s().data.data_fresh = now_.mono;
  SettleHealth();
}

void Cluster::SetEpochs(NodeKey node, uint64_t config_epoch) {
  peers().EditFacts(node, [&](PeerFacts* f) { f->config_epoch = {config_epoch}; });
  s().current_epoch = std::max(s().current_epoch, Epoch{config_epoch});
}

void Cluster::SetAddress(NodeKey node, const PeerAddress& address) {
  peers().EditFacts(node, [&](PeerFacts* f) { f->address = address; });
}

void Cluster::Link(NodeKey node) {
  const LinkId out = s().links.AllocateOutbound(node);
  peers().SetOutLink(node, out, ms());
  link_peers_[out.value] = node;
  const LinkId in = Accept();
  s().links.Bind(in, node);
  peers().SetInLink(node, in);
  link_peers_[in.value] = node;
}

void Cluster::Unlink(NodeKey node) {
  if (peers().HasOutLink(node)) {
    s().links.Remove(peers().out_link(node));
    peers().ClearOutLink(node);
    // The link was old: the next attempt is due.
    peers().SetConnectAttempt(node, ms() - 60000);
  }
  if (peers().HasInLink(node)) {
    s().links.Remove(peers().in_link(node));
    peers().ClearInLink(node, ms());
  }
}

void Cluster::Silence(NodeKey node, Duration age) {
  const MonoMs since = ms() - age.ms();
  peers().SetPong(node, since - 1);
  peers().SetDataReceived(node, since - 1);
  peers().SetPingSent(node, since);
}

void Cluster::SettleHealth() {
  CountVoters(s());
  Health& health = s().health;
  health.ok = true;
  health.reason = StateReason::kNone;
  health.safe_to_join = true;
  health.first_call = ms() - 3600 * 1000;
}

void Cluster::Advance(Duration d) {
  now_.mono = now_.mono + d;
  now_.wall = now_.wall + d;
}

void Cluster::Run(Duration d) {
  const Instant end = now_.mono + d;
  while (node_->NextDeadline() <= end) {
    Advance(std::max(Duration{}, node_->NextDeadline() - now_.mono));
    Tick();
    EndBatch();
    FinishSaves();
  }
  Advance(end - now_.mono);
}

void Cluster::FinishSaves() {
  for (size_t i = 0; i < effects_.size(); ++i) {
    const auto* persist = std::get_if<Persist>(&effects_.list()[i]);
    if (persist == nullptr || persist->ticket <= reported_) continue;
    reported_ = persist->ticket;
    node_->OnPersisted(now_, reported_, PersistResult::kDone, &effects_);
  }
}

CommandReply Cluster::Command(const std::vector<std::string>& words,
                              const std::vector<SlotKeys>& keys) {
  ClusterCommand command;
  command.words = words;
  return node_->OnCommand(now_, command, keys, &effects_);
}

void Cluster::FillHeartbeat(NodeKey from, Message* message) {
  message->header.mflags[0] |= mflag::kExtData;
  const PeerFacts& f = facts(from);
  Extensions x;
  x.hostname = f.address.hostname;
  x.human_nodename = f.address.human_nodename;
  x.client_ipv4 = f.address.client_ipv4;
  x.client_ipv6 = f.address.client_ipv6;
  x.client_port = f.address.client_port;
  x.client_tls_port = f.address.client_tls_port;
  x.availability_zone = f.address.availability_zone;
  x.shard_id = f.shard_id;
  std::get<Heartbeat>(message->body).extensions = ExtensionsRef(new SharedExtensions(std::move(x)));
}

MessageRef Cluster::Make(NodeKey from, MessageType type, const Edit& edit) {
  Message* message = tables_.pool.Make(type);
  Header& header = message->header;
  header.sender = from;
  header.current_epoch = s().current_epoch;
  if (peers().Contains(from)) {
    const PeerFacts& f = facts(from);
    constexpr uint16_t kLocal = flag::kMeet | flag::kMigrateTo | flag::kPfail | flag::kFail;
    header.flags = static_cast<uint16_t>((peers().flags(from) & ~kLocal) | flag::kMyself);
    header.replicaof = f.replicaof;
    header.port = f.address.endpoint.port;
    header.pport = f.address.endpoint.pport;
    header.cport = f.address.endpoint.cport;
    header.config_epoch = peers().NodeEpoch(from);
    header.repl_offset = peers().repl_offset(from);
    header.slots = f.replicaof.valid() ? facts(f.replicaof).slots : f.slots;
    if (IsHeartbeat(type)) FillHeartbeat(from, message);
  } else {
    header.flags = flag::kPrimary | flag::kMyself;
    header.port = 7999;
    header.cport = 17999;
    if (IsHeartbeat(type)) header.mflags[0] |= mflag::kExtData;
  }
  if (edit) edit(message);
  return tables_.pool.Seal(message);
}

LinkPeer Cluster::PeerOf(NodeKey node) {
  LinkPeer peer;
  const bool known = node.valid() && peers().Contains(node);
  peer.remote_ip = known ? facts(node).address.endpoint.ip : IpText::From("10.0.0.250");
  peer.local_ip = IpText::From("10.0.0.1");
  return peer;
}

void Cluster::Deliver(NodeKey from, MessageType type, const Edit& edit) {
  const bool known = peers().Contains(from);
  const bool on_mine = type == MessageType::kPong && known && peers().HasOutLink(from);
  LinkId link;
  if (on_mine) {
    link = peers().out_link(from);
  } else {
    link = known && peers().HasInLink(from) ? peers().in_link(from) : Accept();
  }
  DeliverOn(link, Make(from, type, edit));
}

void Cluster::DeliverOn(LinkId link, const MessageRef& message) {
  const NodeKey peer = message->light ? kNoKey : message->header.sender;
  node_->OnMessage(now_, link, PeerOf(peer), message, &effects_);
}

LinkId Cluster::Accept() {
  const LinkId link = LinkId::Make(/*inbound=*/true, next_inbound_++, 0);
  GOSSAMER_CHECK(s().links.AddInbound(link));
  return link;
}

std::vector<Event> Cluster::Events(EventType type) const {
  std::vector<Event> found;
  for (const Emit& emit : All<Emit>()) {
    if (emit.event.type == type) found.push_back(emit.event);
  }
  return found;
}

std::vector<std::string> Cluster::EventNames() const {
  std::vector<std::string> names;
  for (const Emit& emit : All<Emit>()) names.emplace_back(EventTypeName(emit.event.type));
  return names;
}

std::vector<Send> Cluster::Sends(MessageType type) const {
  std::vector<Send> found;
  for (Send& send : All<Send>()) {
    if (send.message->type == type) found.push_back(std::move(send));
  }
  return found;
}

std::vector<MessageRef> Cluster::SentTo(NodeKey node, MessageType type) {
  std::vector<MessageRef> found;
  for (const Send& send : Sends(type)) {
    const auto known = link_peers_.find(send.link.value);
    const bool lives = s().links.Contains(send.link);
    const NodeKey peer = known != link_peers_.end() ? known->second
                         : lives                    ? s().links.peer(send.link)
                                                    : kNoKey;
    if (peer == node) found.push_back(send.message);
  }
  return found;
}

}  // namespace gossamer
