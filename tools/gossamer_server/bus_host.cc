#include "tools/gossamer_server/bus_host.h"

#include <strings.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <random>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "asio/ip/tcp.hpp"
#include "asio/post.hpp"
#include "asio/steady_timer.hpp"
#include "core/bus/codec.h"
#include "core/cluster/node_view.h"
#include "tools/gossamer_server/bus_link.h"
#include "tools/gossamer_server/data_facts.h"
#include "tools/gossamer_server/event_log.h"
#include "tools/gossamer_server/nodes_conf_file.h"
#include "tools/gossamer_server/replication_link.h"
#include "tools/gossamer_server/server_clock.h"
#include "tools/gossamer_server/sockets.h"
#include "tools/input_log/input_log.h"

namespace gossamer::server {
namespace {

using asio::ip::tcp;

uint64_t RandomSeed() {
  std::random_device device;
  return (uint64_t{device()} << 32) | device();
}

// Numbers of inbound links: a slot that is free and a generation that it has not had lately.
class InboundIds {
 public:
  LinkId Take() {
    if (free_.empty()) {
      free_.push_back(static_cast<uint32_t>(generations_.size()));
      generations_.push_back(0);
    }
    const uint32_t slot = free_.front();
    free_.pop_front();
    return LinkId::Make(true, slot, ++generations_[slot]);
  }
  void Give(LinkId id) { free_.push_back(id.slot()); }

 private:
  std::deque<uint32_t> free_;
  std::vector<uint32_t> generations_;
};

}  // namespace

struct BusHost::Impl {
  Impl(const ServerConfig& server_config, Log* server_log, asio::io_context* context)
      : config(server_config),
        log(server_log),
        io(context),
        timer(*context),
        replication(server_config, server_log, context) {
    events.up = [this](BusLink& link) { OnUp(link); };
    events.bytes = [this](BusLink& link, ByteSpan bytes) { OnBytes(link, bytes); };
    events.down = [this](BusLink& link, LinkError error) { OnDown(link, error); };
    events.drained = [this](BusLink& link) { NoteQueue(link); };
  }

  struct Held {
    Ticket after;
    LinkId link;
    MessageRef message;
  };

  // ---- Turns ----

  // One input and what follows from it.
  template <class Input>
  void Turn(Input input) {
    const Now now = SampleClocks();
    effects.Clear();
    node->OnData(Facts(now));
    input(now);
    Execute();
    node->EndBatch(now, &effects);
    Execute();
    for (const LinkId id : std::exchange(dirty, {})) {
      if (const auto link = Find(id)) link->Flush();
    }
    log->SetRole(state().i_am_primary() ? 'M' : 'S');
    Rearm();
  }

  // A replica's offset is that of the stream it followed; a primary writes nothing.
  DataFacts Facts(Now now) const {
    DataFacts facts;
    facts.repl_offset = replication.offset();
    if (state().i_am_replica()) {
      facts.link_up = replication.up();
      facts.data_fresh = replication.fresh();
    }
    return config.failover_without_data ? Pretended(facts, now) : facts;
  }

  void Rearm() {
    const Instant due = node->node().NextDeadline();
    if (due == armed) return;
    armed = due;
    timer.expires_at(TimePointOf(due));
    timer.async_wait([this](const std::error_code& error) {
      if (error || stopped) return;
      armed = kNever;
      Turn([this](Now now) { node->Tick(now, &effects); });
    });
  }

  // ---- Effects ----

  void Execute() {
    // Execution may not add effects, but sockets that fail at once must not end the loop's links.
    for (Effect& effect : effects.list()) std::visit([this](auto& e) { Do(e); }, effect);
    effects.Clear();
  }
  void Do(Send& send) {
    if (send.after > persisted) {
      held.push_back({send.after, send.link, std::move(send.message)});
    } else {
      SendNow(send.link, *send.message);
    }
  }
  void Do(Open& open) {
    auto link = std::make_shared<BusLink>(io, open.link, &events);
    links[open.link.value] = link;
    const Endpoint& to = open.address->get().address.endpoint;
    tcp::endpoint endpoint;
    if (EndpointFrom(to.ip, to.cport, &endpoint)) return link->Connect(endpoint);
    asio::post(*io, [this, link] {
      if (link->closed()) return;
      link->Close();
      OnDown(*link, LinkError::kUnreachable);
    });
  }
  void Do(Close& close) {
    if (const auto link = Find(close.link)) {
      link->Flush();
      Drop(*link);
    }
  }
  void Do(Persist& persist) {
    wanted = persist.ticket;
    wanted_fsync = wanted_fsync || persist.fsync;
    if (!saving) StartSave();
  }
  void Do(Emit& emit) { LogEvent(node->node(), emit.event, log); }
  void Do(Replicate& replicate) {
    if (!replicate.primary.valid()) return replication.Stop();
    const NodeKey primary = replicate.primary;
    replication.Follow(
        [this, primary] {
          const PeerTable& peers = state().peers;
          return peers.Contains(primary) ? peers.facts(primary).address.endpoint : Endpoint{};
        },
        replicate.full_sync);
  }
  void Do(Promote&) { replication.Stop(); }
  // There is neither data nor a subscriber.
  void Do(PauseWrites&) {}
  void Do(Unpause&) {}
  void Do(DropSlots&) {}
  void Do(FlushData&) {}
  void Do(Deliver&) {}

  void SendNow(LinkId id, const Message& message) {
    const auto link = Find(id);
    if (link == nullptr) return;
    Encode(message, tables.pool.names(), link->out());
    dirty.push_back(id);
    NoteQueue(*link);
    if (link->queued() <= kMostOutputBytes) return;
    log->Warning("a bus link is ended: its peer takes nothing and the output is full");
    EndLink(*link, LinkError::kReset);
  }

  // ---- Links ----

  std::shared_ptr<BusLink> Find(LinkId id) const {
    const auto found = links.find(id.value);
    return found == links.end() ? nullptr : found->second;
  }

  void Drop(BusLink& link) {
    const LinkId id = link.id();
    link.Close();
    CountInput(link);
    over_limit.erase(id.value);
    if (links.erase(id.value) != 0 && id.inbound()) {
      inbound_ids.Give(id);
      --inbound;
    }
  }

  void OnUp(BusLink& link) {
    Turn([&](Now now) { node->OnLinkUp(now, link.id(), link.peer(), &effects); });
  }

  void OnDown(BusLink& link, LinkError error) {
    const LinkId id = link.id();
    Drop(link);
    Turn([&](Now now) { node->OnLinkDown(now, id, error, &effects); });
  }

  void OnBytes(BusLink& link, ByteSpan bytes) {
    Turn([&](Now now) {
      while (!bytes.empty() && !link.closed()) {
        ByteSpan frame;
        const FrameError error = link.reader().Read(&bytes, &frame);
        if (error == FrameError::kNone && frame.empty()) break;
        if (error == FrameError::kNone && IsFiltered(frame)) {
          if (filter.close_link) EndLink(link, LinkError::kReset);
          continue;
        }
        if (error == FrameError::kNone) {
          node->OnFrame(now, link.id(), link.peer(), frame, &effects);
        } else {
          node->OnBadBytes(now, link.id(), error, &effects);
        }
        Execute();
      }
    });
    CountInput(link);
    if (link.closed() || input_bytes <= kMostInputBytes || link.input_bytes <= kSmallInput) return;
    log->Warning("a bus link is ended: its peer sends a frame that never ends");
    EndLink(link, LinkError::kReset);
  }

  bool IsFiltered(ByteSpan frame) const {
    if (filter.type == PacketFilter::kNone) return false;
    return filter.type == PacketFilter::kAll || filter.type == PeekType(frame);
  }

  void CountInput(BusLink& link) {
    const size_t now_held = link.closed() ? 0 : link.reader().buffered();
    input_bytes += now_held - link.input_bytes;
    link.input_bytes = now_held;
  }

  // Ends a link on our side; the node is told in a turn of its own.
  void EndLink(BusLink& link, LinkError error) {
    const LinkId id = link.id();
    Drop(link);
    asio::post(*io, [this, id, error] {
      if (stopped) return;
      Turn([&](Now now) { node->OnLinkDown(now, id, error, &effects); });
    });
  }

  // Tells the node when the output of a link passes its limit, up or down.
  void NoteQueue(BusLink& link) {
    const uint64_t limit = state().options.link_sendbuf_limit_bytes;
    const bool over = limit != 0 && link.queued() > limit;
    const bool was_over = over_limit.contains(link.id().value);
    if (over == was_over) return;
    if (over) {
      over_limit.insert(link.id().value);
    } else {
      over_limit.erase(link.id().value);
    }
    const LinkId id = link.id();
    const uint64_t bytes = link.queued();
    asio::post(*io, [this, id, bytes] {
      if (Find(id) == nullptr) return;
      Turn([&](Now now) { node->OnQueue(now, id, bytes, &effects); });
    });
  }

  // ---- Accepting ----

  bool Listen(std::string* error) {
    if (!ListenOn(config.bind, config.actual_bus_port(), "the cluster bus", io, &acceptors,
                  error)) {
      return false;
    }
    for (tcp::acceptor& acceptor : acceptors) {
      AcceptAll(
          &acceptor, [this] { return !stopped; }, [this](tcp::socket socket) { Take(&socket); });
    }
    return true;
  }

  void Take(tcp::socket* socket) {
    if (inbound >= kMostInboundLinks && !MakeRoom()) return;
    const LinkId id = inbound_ids.Take();
    ++inbound;
    NoteUnknown(id);
    auto link = std::make_shared<BusLink>(io, id, &events);
    links[id.value] = link;
    link->Adopt(std::move(*socket));
  }

  bool IsUnknown(LinkId id) const {
    if (Find(id) == nullptr) return false;
    return !state().links.Contains(id) || !state().links.peer(id).valid();
  }

  void NoteUnknown(LinkId id) {
    if (unknown.size() >= 2 * kMostInboundLinks) {
      std::erase_if(unknown, [this](LinkId old) { return !IsUnknown(old); });
    }
    unknown.push_back(id);
  }

  // Ends the oldest inbound link of which nobody knows whose it is. False when there is none.
  bool MakeRoom() {
    while (!unknown.empty()) {
      const LinkId id = unknown.front();
      unknown.pop_front();
      if (!IsUnknown(id)) continue;
      EndLink(*Find(id), LinkError::kReset);
      return true;
    }
    return false;
  }

  // ---- Views ----

  // CLUSTER LINKS with what only the host knows. SOURCE: semantics spec section 11.
  CommandReply LinksReply() const {
    std::vector<CommandReply> items;
    for (const NodeKey peer : NodesByName(state())) {
      const PeerTable& peers = state().peers;
      if (peers.HasOutLink(peer)) AddLink(peers.out_link(peer), peer, &items);
      if (peers.HasInLink(peer)) AddLink(peers.in_link(peer), peer, &items);
    }
    return CommandReply::Array(std::move(items));
  }

  void AddLink(LinkId id, NodeKey peer, std::vector<CommandReply>* items) const {
    const auto link = Find(id);
    if (link == nullptr) return;
    const auto bulk = [](std::string text) { return CommandReply::Bulk(std::move(text)); };
    const auto bytes = [](size_t size) {
      return CommandReply::Integer(static_cast<int64_t>(size));
    };
    items->push_back(CommandReply::Map(
        {bulk("direction"), bulk(id.inbound() ? "from" : "to"), bulk("node"),
         bulk(state().peers.name(peer).str()), bulk("create-time"),
         CommandReply::Integer(link->created().ms()), bulk("events"),
         bulk(link->queued() > 0 ? "rw" : "r"), bulk("send-buffer-allocated"),
         bytes(link->allocated()), bulk("send-buffer-used"), bytes(link->queued())}));
  }

  // ---- Saving ----

  void StartSave() {
    saving = wanted;
    file.Save(node->node().SerializeState(SampleClocks()), std::exchange(wanted_fsync, false));
  }

  void OnSaved(const std::string& error) {
    if (stopped) return;
    const Ticket ticket = *std::exchange(saving, std::nullopt);
    const bool ok = error.empty();
    if (!ok) {
      ++saves_failed;
      log->Warning("Cluster configuration not saved: " + error +
                   (held.empty() ? "" : "; what waited for it is withheld"));
    }
    Turn([&](Now now) {
      if (ok) persisted = ticket;
      node->OnPersisted(now, ticket, ok ? PersistResult::kDone : PersistResult::kFailed, &effects);
      Execute();
      ReleaseHeld(ticket, ok);
    });
    if (wanted > ticket && !saving) StartSave();
  }

  // What waited for a save goes, or is given up with it.
  void ReleaseHeld(Ticket ticket, bool ok) {
    for (Held& send : std::exchange(held, {})) {
      if (send.after > ticket) {
        held.push_back(std::move(send));
      } else if (ok) {
        SendNow(send.link, *send.message);
      }
    }
  }

  const ServerConfig& config;
  Log* log;
  asio::io_context* io;
  asio::steady_timer timer;
  Instant armed = kNever;
  BusLink::Events events;
  const State& state() const { return node->node().state(); }

  const uint64_t salt = RandomSeed();
  HostTables tables{salt};
  std::unique_ptr<InputLog> input_log;
  std::unique_ptr<RecordedNode> node;
  Effects effects;
  std::deque<tcp::acceptor> acceptors;
  std::unordered_map<uint32_t, std::shared_ptr<BusLink>> links;
  std::unordered_set<uint32_t> over_limit;
  std::vector<LinkId> dirty;
  InboundIds inbound_ids;
  size_t inbound = 0;
  std::deque<LinkId> unknown;  // inbound links by age, until they were seen to be somebody's
  size_t input_bytes = 0;
  PacketFilter filter;
  uint64_t saves_failed = 0;
  ReplicationLink replication;
  NodesConfFile file;
  std::vector<Held> held;
  Ticket wanted;
  Ticket persisted;
  std::optional<Ticket> saving;
  bool wanted_fsync = false;
  bool stopped = false;
};

BusHost::BusHost(const ServerConfig& config, Log* log, asio::io_context* io)
    : impl_(std::make_unique<Impl>(config, log, io)) {}

BusHost::~BusHost() { Stop(); }

bool BusHost::Start(std::string* error) {
  Impl& h = *impl_;
  std::optional<NodesConf> conf;
  const std::string path = h.config.directory + "/" + h.config.nodes_conf;
  if (!h.file.Open(path, &conf, error)) return false;
  h.file.Start([&h](std::string failure) {
    asio::post(*h.io, [&h, failure = std::move(failure)] { h.OnSaved(failure); });
  });
  if (!h.config.record_inputs.empty()) {
    h.input_log = std::make_unique<InputLog>(h.config.record_bytes);
    if (!h.input_log->Open(h.config.record_inputs, error)) return false;
  }
  h.log->Notice(conf.has_value() ? "Node configuration loaded from " + path
                                 : "No cluster configuration found in " + path);
  RecordedNode::Start start{h.config.cluster, h.config.rules, std::move(conf), RandomSeed(),
                            "gossamer-server"};
  h.node = std::make_unique<RecordedNode>(start, h.salt, &h.tables, h.input_log.get(),
                                          SampleClocks(), &h.effects);
  h.log->Notice("I am " + h.state().peers.name(h.state().myself).str());
  h.Execute();
  if (!h.Listen(error)) return false;
  h.Turn([](Now) {});
  return true;
}

void BusHost::Stop() {
  Impl& h = *impl_;
  if (std::exchange(h.stopped, true)) return;
  h.timer.cancel();
  h.replication.Stop();
  h.acceptors.clear();
  for (const auto& [id, link] : h.links) link->Close();
  h.file.Stop();
  if (h.node == nullptr) return;
  const std::string error = h.file.SaveNow(h.node->node().SerializeState(SampleClocks()), true);
  if (!error.empty()) h.log->Warning("Cluster configuration not saved: " + error);
  h.held.clear();
  h.effects.Clear();
  h.node = nullptr;
}

CommandReply BusHost::Command(const ClusterCommand& command) {
  CommandReply reply;
  impl_->Turn([&](Now now) { reply = impl_->node->OnCommand(now, command, &impl_->effects); });
  const bool links =
      command.words.size() == 1 && ::strcasecmp(command.words[0].c_str(), "links") == 0;
  return links ? impl_->LinksReply() : reply;
}

BusFacts BusHost::facts() const {
  const Impl& h = *impl_;
  BusFacts facts;
  facts.links = h.links.size();
  facts.link_bytes = h.input_bytes;
  for (const auto& [id, link] : h.links) facts.link_bytes += link->allocated();
  facts.replica_in_sync = h.replication.up();
  facts.replica_loading = h.replication.receiving_payload();
  if (facts.replica_in_sync) {
    facts.replica_silent_s = (SampleClocks().mono - h.replication.fresh()).us / 1'000'000;
  }
  facts.saves_failed = h.saves_failed;
  return facts;
}

void BusHost::KillLinks(NodeKey node, bool outbound, bool inbound) {
  Impl& h = *impl_;
  const PeerTable& peers = h.state().peers;
  const auto end = [&h](LinkId id) {
    if (const auto link = h.Find(id)) h.EndLink(*link, LinkError::kReset);
  };
  if (outbound && peers.HasOutLink(node)) end(peers.out_link(node));
  if (inbound && peers.HasInLink(node)) end(peers.in_link(node));
}

PacketFilter& BusHost::packet_filter() { return impl_->filter; }

void BusHost::Configure(const ClusterOptions& options) {
  impl_->Turn([&](Now now) { impl_->node->OnConfig(now, options, &impl_->effects); });
  for (const auto& [id, link] : impl_->links) impl_->NoteQueue(*link);
}

const ClusterNode& BusHost::node() const { return impl_->node->node(); }

}  // namespace gossamer::server
