#include "tools/input_log/input_replay.h"

#include <memory>
#include <utility>

#include "core/cluster/cluster_node.h"
#include "core/cluster/snapshot.h"
#include "tools/input_log/effects_hash.h"
#include "tools/input_log/input_log.h"

namespace gossamer {
namespace {

// The next part; false at the end, and *broken when the bytes there are no part.
bool Next(std::string_view* bytes, proto::InputLogPart* part, bool* broken) {
  if (bytes->empty()) return false;
  uint64_t size = 0;
  size_t at = 0;
  for (int shift = 0; shift < 35 && at < bytes->size(); shift += 7) {
    const auto byte = static_cast<uint8_t>((*bytes)[at++]);
    size |= uint64_t{byte & 0x7fu} << shift;
    if ((byte & 0x80) != 0) continue;
    if (size > bytes->size() - at ||
        !part->ParseFromArray(bytes->data() + at, static_cast<int>(size))) {
      break;
    }
    bytes->remove_prefix(at + size);
    return true;
  }
  *broken = true;
  return false;
}

// One node, and what its host would hold.
class Replay {
 public:
  Replay(const proto::InputLogHeader& header, const ReplayLines& events)
      : tables_(header.salt()), events_(events), begin_{header.mono_us()} {}

  // False with one line in *error.
  bool Start(const proto::InputLogHeader& header, ReplayedNode* out, std::string* error) {
    RecordedNode::Start start;
    const std::optional<Rules> rules = FindRules(header.rules());
    if (!rules) {
      *error = "rules '" + header.rules() + "' are not known here";
      return false;
    }
    start.rules = header.rules();
    start.seed = header.seed();
    if (!ReadOptions(header.options(), &start.options, error)) return false;
    out->program = header.program();
    out->rules = header.rules();
    out->begin = out->end = begin_;
    out->from_start = header.snapshot().empty();
    if (!out->from_start) return Restore(header, start.options, *rules, error);
    if (header.has_nodes_conf()) {
      auto conf = ParseNodesConf(header.nodes_conf());
      if (!conf.ok()) {
        *error = std::string(conf.status().message());
        return false;
      }
      start.conf = *std::move(conf);
    }
    node_ = std::make_unique<RecordedNode>(start, header.salt(), &tables_, nullptr,
                                           NowOf(header.mono_us(), header.wall_us()), &effects_);
    if (HashEffects(effects_, names()) != header.effects()) Differ(0, "the start", out);
    Execute(begin_);
    return true;
  }

  // The node is what the snapshot with which the next segment begins says; else that is where the
  // replay differs.
  bool Follows(const proto::InputLogHeader& header, ReplayedNode* out) {
    if (CanSnapshot(node_->node()) && Snapshot(node_->node()) == header.snapshot()) return true;
    Differ(out->inputs, "the snapshot after it", out);
    return false;
  }

  // False when this input had other effects.
  bool Take(const proto::Input& input, ReplayedNode* out) {
    ++out->inputs;
    const Now now = NowOf(input.mono_us(), input.wall_us());
    Apply(input, now);
    if (input.kind() == proto::Input::DATA) return true;
    out->end = now.mono;
    if (input.kind() == proto::Input::FRAME) ++out->messages;
    if (HashEffects(effects_, names()) != input.effects()) {
      Differ(out->inputs, proto::Input::Kind_Name(input.kind()), out);
      return false;
    }
    Execute(now.mono);
    return true;
  }

  std::string Name() const {
    const State& s = node_->node().state();
    return s.peers.name(s.myself).str();
  }

 private:
  struct Held {
    Ticket after;
    MessageRef message;
  };

  bool Restore(const proto::InputLogHeader& header, const ClusterOptions& options,
               const Rules& rules, std::string* error) {
    const std::string& bytes = header.snapshot();
    auto node = RestoreNode({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, options,
                            rules, &tables_);
    if (node == nullptr) {
      *error = "the snapshot with which the log begins is damaged, or another version's";
      return false;
    }
    // What was asked to be saved before has been saved: no message waited for it.
    persisted_ = {node->state().tickets};
    node_ = std::make_unique<RecordedNode>(std::move(node), &tables_);
    return true;
  }

  static Now NowOf(int64_t mono_us, int64_t wall_us) {
    return {Instant{mono_us}, WallTime{wall_us}};
  }
  const NameTable& names() const { return tables_.pool.names(); }

  void Apply(const proto::Input& in, Now now) {
    const LinkId link{in.link()};
    const LinkPeer peer{IpText::From(in.remote_ip()), IpText::From(in.local_ip())};
    switch (in.kind()) {
      case proto::Input::TICK:
        return node_->Tick(now, &effects_);
      case proto::Input::LINK_UP:
        return node_->OnLinkUp(now, link, peer, &effects_);
      case proto::Input::FRAME:
        return TakeFrame(in, now, link, peer);
      case proto::Input::BAD_BYTES:
        return node_->OnBadBytes(now, link, static_cast<FrameError>(in.code()), &effects_);
      case proto::Input::LINK_DOWN:
        return node_->OnLinkDown(now, link, static_cast<LinkError>(in.code()), &effects_);
      case proto::Input::QUEUE:
        return node_->OnQueue(now, link, in.number(), &effects_);
      case proto::Input::DATA:
        return node_->OnData({in.facts().repl_offset(), in.facts().link_up(),
                              Instant{in.facts().data_fresh_us()}, in.facts().has_keys(),
                              in.facts().writes_paused()});
      case proto::Input::CONFIG: {
        ClusterOptions options;
        std::string ignored;
        if (ReadOptions(in.options(), &options, &ignored)) node_->OnConfig(now, options, &effects_);
        return;
      }
      case proto::Input::PERSISTED:
        node_->OnPersisted(now, Ticket{in.number()}, static_cast<PersistResult>(in.code()),
                           &effects_);
        std::erase_if(held_, [&](const Held& h) { return h.after <= Ticket{in.number()}; });
        persisted_ = in.code() == 0 ? Ticket{in.number()} : persisted_;
        return;
      case proto::Input::COMMAND: {
        ClusterCommand command;
        command.words.assign(in.words().begin(), in.words().end());
        command.ipv6_client = in.ipv6();
        if (!command.words.empty()) node_->OnCommand(now, command, &effects_);
        return;
      }
      case proto::Input::END_BATCH:
        return node_->EndBatch(now, &effects_);
      default:
        return;
    }
  }

  void TakeFrame(const proto::Input& in, Now now, LinkId link, const LinkPeer& peer) {
    // As the host's reader cuts it: nothing shorter or longer than it says reaches the decoder.
    const auto* data = reinterpret_cast<const uint8_t*>(in.frame().data());
    ByteSpan bytes(data, in.frame().size());
    FrameReader reader;
    ByteSpan frame;
    const FrameError error = reader.Read(&bytes, &frame);
    if (error == FrameError::kNone && !frame.empty()) {
      node_->OnFrame(now, link, peer, frame, &effects_);
    }
  }

  // What a host keeps of the effects: messages that wait for a save.
  void Execute(Instant at) {
    for (Effect& effect : effects_.list()) {
      if (auto* send = std::get_if<Send>(&effect); send != nullptr && send->after > persisted_) {
        held_.push_back({send->after, std::move(send->message)});
      } else if (std::holds_alternative<Emit>(effect) && events_) {
        events_(at - begin_, DescribeEffect(effect, names()));
      }
    }
    effects_.Clear();
  }

  void Differ(uint64_t number, const std::string& what, ReplayedNode* out) {
    out->difference = number;
    out->difference_input = what;
    for (const Effect& effect : effects_.list()) {
      out->difference_effects.push_back(DescribeEffect(effect, names()));
    }
  }

  HostTables tables_;
  Effects effects_;
  std::vector<Held> held_;
  std::unique_ptr<RecordedNode> node_;
  Ticket persisted_;
  const ReplayLines& events_;
  Instant begin_;
};

}  // namespace

namespace {

// The header with which `bytes` begin; they are what follows it then.
std::optional<proto::InputLogHeader> TakeHeader(std::string_view* bytes, std::string* error) {
  proto::InputLogPart part;
  bool broken = false;
  if (!Next(bytes, &part, &broken) || !part.has_header()) {
    *error = "this is no log of inputs";
    return std::nullopt;
  }
  if (part.header().format() != kInputLogFormat) {
    *error = "a log of format " + std::to_string(part.header().format()) + ", this program reads " +
             std::to_string(kInputLogFormat);
    return std::nullopt;
  }
  return part.header();
}

// Takes inputs to the end of `bytes` or to a difference.
void TakeInputs(std::string_view bytes, Replay* replay, ReplayedNode* out) {
  proto::InputLogPart part;
  bool broken = false;
  while (!out->difference && Next(&bytes, &part, &broken)) {
    if (!part.has_input()) {
      broken = true;
      break;
    }
    if (!replay->Take(part.input(), out)) break;
  }
  out->complete = !broken;
}

bool SameProcess(const proto::InputLogHeader& a, const proto::InputLogHeader& b) {
  return a.salt() == b.salt() && a.seed() == b.seed();
}

// Why `first` is not the segment before `second`; empty if it is.
std::string WhyApart(const proto::InputLogHeader& first, const proto::InputLogHeader& second) {
  if (!SameProcess(first, second)) return "it is another process's";
  if (first.segment() + 1 != second.segment()) return "it is not the one before this one";
  if (!second.continues()) return "inputs are missing between the two";
  return "";
}

std::optional<ReplayedNode> ReplayBoth(const proto::InputLogHeader& first, std::string_view inputs,
                                       const proto::InputLogHeader* second, std::string_view more,
                                       const ReplayLines& events, std::string* error) {
  ReplayedNode out;
  Replay replay(first, events);
  if (!replay.Start(first, &out, error)) return std::nullopt;
  TakeInputs(inputs, &replay, &out);
  if (second != nullptr && !out.difference && replay.Follows(*second, &out)) {
    TakeInputs(more, &replay, &out);
  }
  out.name = replay.Name();
  return out;
}

}  // namespace

std::optional<ReplayedNode> ReplayNode(std::string_view previous, std::string_view segment,
                                       const ReplayLines& events, std::string* error) {
  const auto header = TakeHeader(&segment, error);
  if (!header) return std::nullopt;
  if (previous.empty()) return ReplayBoth(*header, segment, nullptr, {}, events, error);
  std::string why;
  const auto before = TakeHeader(&previous, &why);
  if (before && SameProcess(*before, *header) && before->segment() == header->segment()) {
    // Copied before and after its end: the later copy has all of it.
    return ReplayBoth(*before, previous, nullptr, {}, events, error);
  }
  if (before) why = WhyApart(*before, *header);
  if (why.empty()) return ReplayBoth(*before, previous, &*header, segment, events, error);
  auto out = ReplayBoth(*header, segment, nullptr, {}, events, error);
  if (out) out->unused_segment = why;
  return out;
}

}  // namespace gossamer
