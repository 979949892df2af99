#include "tools/input_log/input_log.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/cluster/config_options.h"
#include "core/cluster/snapshot.h"
#include "tools/input_log/effects_hash.h"

namespace gossamer {
namespace {

bool operator==(const DataFacts& a, const DataFacts& b) {
  return a.repl_offset == b.repl_offset && a.link_up == b.link_up && a.data_fresh == b.data_fresh &&
         a.has_keys == b.has_keys && a.writes_paused == b.writes_paused;
}

proto::InputLogHeader HeaderOf(const RecordedNode::Start& start, uint64_t salt, Now now) {
  proto::InputLogHeader header;
  header.set_format(kInputLogFormat);
  header.set_program(start.program);
  header.set_rules(start.rules);
  WriteOptions(start.options, header.mutable_options());
  header.set_has_nodes_conf(start.conf.has_value());
  if (start.conf) header.set_nodes_conf(WriteNodesConf(*start.conf, {}));
  header.set_seed(start.seed);
  header.set_salt(salt);
  header.set_mono_us(now.mono.us);
  header.set_wall_us(now.wall.us);
  return header;
}

// The log holds a text, which may say less than the object that was parsed from another one: a
// recorded node starts from what the text says.
std::optional<NodesConf> AsLogged(const std::optional<NodesConf>& conf, const InputLog* log) {
  if (!conf || log == nullptr) return conf;
  auto parsed = ParseNodesConf(WriteNodesConf(*conf, {}));
  if (!parsed.ok()) return conf;
  return *std::move(parsed);
}

}  // namespace

void WriteOptions(const ClusterOptions& options, proto::InputOptions* out) {
  for (const OptionInfo& info : OptionInfos()) {
    if (!info.used()) continue;
    proto::InputOptions::Option* option = out->add_option();
    option->set_name(std::string(info.name));
    option->set_text(OptionText(info.name, options));
  }
  out->set_port(options.port);
  out->set_tls_port(options.tls_port);
  out->set_cport(options.cport);
  out->set_max_nodes(options.max_nodes);
}

bool ReadOptions(const proto::InputOptions& in, ClusterOptions* options, std::string* error) {
  options->port = static_cast<uint16_t>(in.port());
  options->tls_port = static_cast<uint16_t>(in.tls_port());
  options->cport = static_cast<uint16_t>(in.cport());
  options->max_nodes = in.max_nodes();
  for (const proto::InputOptions::Option& option : in.option()) {
    if (!ApplyOption(option.name(), option.text(), options, error)) return false;
  }
  return true;
}

// ---- The file ----

std::string PreviousSegment(const std::string& path) { return path + ".1"; }

namespace {

// `path` becomes the segment before, and `next` becomes `path`; both names always stand for a whole
// file, unless the file system has no links.
bool Rename(const std::string& next, const std::string& path) {
  const std::string previous = PreviousSegment(path);
  const std::string link = previous + ".new";
  std::remove(link.c_str());
  const bool linked = ::link(path.c_str(), link.c_str()) == 0;
  if (std::rename((linked ? link : path).c_str(), previous.c_str()) != 0) return false;
  return std::rename(next.c_str(), path.c_str()) == 0;
}

}  // namespace

InputLog::~InputLog() { Close(); }

void InputLog::Close() {
  if (file_ != nullptr) std::fclose(file_);
  file_ = nullptr;
}

void InputLog::Fail() {
  failed_ = true;
  Close();
}

bool InputLog::Open(const std::string& path, std::string* error) {
  path_ = path;
  std::remove(PreviousSegment(path).c_str());
  file_ = std::fopen(path.c_str(), "wbe");
  if (file_ != nullptr) return true;
  *error = "cannot write " + path + ": " + std::strerror(errno);
  return false;
}

void InputLog::BeginSegment(proto::InputLogHeader header) {
  if (failed_) return;
  // The new segment gets its name when it has its header: under FILE there is always a log.
  const std::string next = path_ + ".new";
  const bool first = segments_ == 0;
  if (!first) {
    Close();
    file_ = std::fopen(next.c_str(), "wbe");
    if (file_ == nullptr) return Fail();
  }
  header.set_segment(segments_);
  header.set_continues(segments_ > 0 && !cut_);
  ++segments_;
  cut_ = false;
  proto::InputLogPart part;
  *part.mutable_header() = std::move(header);
  Put(part);
  written_ = 0;
  Flush();
  if (!first && !failed_ && !Rename(next, path_)) Fail();
}

void InputLog::Put(const proto::InputLogPart& part) {
  std::string bytes;
  for (size_t size = part.ByteSizeLong(); true; size >>= 7) {
    bytes.push_back(static_cast<char>((size & 0x7f) | (size > 0x7f ? 0x80 : 0)));
    if (size <= 0x7f) break;
  }
  part.AppendToString(&bytes);
  if (part.has_input() && written_ + bytes.size() > most_bytes_) {
    cut_ = true;
    return;
  }
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) return Fail();
  written_ += bytes.size();
}

void InputLog::Write(const proto::Input& input) {
  if (full()) return;
  proto::InputLogPart part;
  *part.mutable_input() = input;
  Put(part);
}

void InputLog::Flush() {
  if (file_ != nullptr && std::fflush(file_) != 0) Fail();
}

// ---- The node ----

RecordedNode::RecordedNode(const Start& start, uint64_t salt, HostTables* tables, InputLog* log,
                           Now now, Effects* out)
    : tables_(tables),
      log_(log),
      node_(std::make_unique<ClusterNode>(start.options, *FindRules(start.rules), tables,
                                          AsLogged(start.conf, log), start.seed, 0, now, out)) {
  if (log_ == nullptr) return;
  header_ = HeaderOf(start, salt, now);
  header_.set_effects(HashEffects(*out, tables_->pool.names()));
  log_->BeginSegment(header_);
  // Later segments begin with a snapshot.
  header_.clear_nodes_conf();
  header_.clear_has_nodes_conf();
  header_.clear_effects();
}

RecordedNode::RecordedNode(std::unique_ptr<ClusterNode> node, HostTables* tables)
    : tables_(tables), log_(nullptr), node_(std::move(node)) {}

void RecordedNode::BeginSegment(Now now) {
  header_.set_mono_us(now.mono.us);
  header_.set_wall_us(now.wall.us);
  header_.clear_options();
  WriteOptions(node_->state().options, header_.mutable_options());
  header_.set_snapshot(Snapshot(*node_));
  log_->BeginSegment(header_);
  header_.clear_snapshot();
}

proto::Input* RecordedNode::Begin(proto::Input::Kind kind, Now now) {
  if (log_ == nullptr) return nullptr;
  // What the data side says has no time of its own.
  const bool timed = kind != proto::Input::DATA;
  if (timed && log_->WantsSegment() && CanSnapshot(*node_)) BeginSegment(now);
  if (log_->full()) return nullptr;
  input_.Clear();
  input_.set_kind(kind);
  input_.set_mono_us(now.mono.us);
  input_.set_wall_us(now.wall.us);
  return &input_;
}

void RecordedNode::Finish(const Effects& out) {
  input_.set_effects(HashEffects(out, tables_->pool.names()));
  log_->Write(input_);
}

void RecordedNode::Tick(Now now, Effects* out) {
  proto::Input* input = Begin(proto::Input::TICK, now);
  node_->Tick(now, out);
  if (input == nullptr) return;
  Finish(*out);
  log_->Flush();
}

void RecordedNode::OnLinkUp(Now now, LinkId link, const LinkPeer& peer, Effects* out) {
  proto::Input* input = Begin(proto::Input::LINK_UP, now);
  node_->OnLinkUp(now, link, peer, out);
  if (input == nullptr) return;
  input->set_link(link.value);
  input->set_remote_ip(std::string(peer.remote_ip.view()));
  input->set_local_ip(std::string(peer.local_ip.view()));
  Finish(*out);
}

void RecordedNode::OnFrame(Now now, LinkId link, const LinkPeer& peer, ByteSpan frame,
                           Effects* out) {
  proto::Input* input = Begin(proto::Input::FRAME, now);
  MessageRef message;
  const FrameError error = Decode(frame, &tables_->pool, &message);
  if (error == FrameError::kNone) {
    node_->OnMessage(now, link, peer, message, out);
  } else {
    node_->OnBadFrame(now, link, error, out);
  }
  if (input == nullptr) return;
  input->set_link(link.value);
  input->set_remote_ip(std::string(peer.remote_ip.view()));
  input->set_local_ip(std::string(peer.local_ip.view()));
  input->set_frame(frame.data(), frame.size());
  Finish(*out);
}

void RecordedNode::OnBadBytes(Now now, LinkId link, FrameError error, Effects* out) {
  proto::Input* input = Begin(proto::Input::BAD_BYTES, now);
  node_->OnBadFrame(now, link, error, out);
  if (input == nullptr) return;
  input->set_link(link.value);
  input->set_code(static_cast<uint32_t>(error));
  Finish(*out);
}

void RecordedNode::OnLinkDown(Now now, LinkId link, LinkError error, Effects* out) {
  proto::Input* input = Begin(proto::Input::LINK_DOWN, now);
  node_->OnLinkDown(now, link, error, out);
  if (input == nullptr) return;
  input->set_link(link.value);
  input->set_code(static_cast<uint32_t>(error));
  Finish(*out);
}

void RecordedNode::OnQueue(Now now, LinkId link, uint64_t bytes, Effects* out) {
  proto::Input* input = Begin(proto::Input::QUEUE, now);
  node_->OnQueue(now, link, bytes, out);
  if (input == nullptr) return;
  input->set_link(link.value);
  input->set_number(bytes);
  Finish(*out);
}

void RecordedNode::OnData(const DataFacts& facts) {
  node_->OnData(facts);
  if (told_ && *told_ == facts) return;
  told_ = facts;
  proto::Input* input = Begin(proto::Input::DATA, {});
  if (input == nullptr) return;
  proto::InputFacts* out = input->mutable_facts();
  out->set_repl_offset(facts.repl_offset);
  out->set_link_up(facts.link_up);
  out->set_data_fresh_us(facts.data_fresh.us);
  out->set_has_keys(facts.has_keys);
  out->set_writes_paused(facts.writes_paused);
  log_->Write(*input);
}

void RecordedNode::OnConfig(Now now, const ClusterOptions& options, Effects* out) {
  proto::Input* input = Begin(proto::Input::CONFIG, now);
  node_->OnConfig(now, options, out);
  if (input == nullptr) return;
  WriteOptions(options, input->mutable_options());
  Finish(*out);
}

void RecordedNode::OnPersisted(Now now, Ticket ticket, PersistResult result, Effects* out) {
  proto::Input* input = Begin(proto::Input::PERSISTED, now);
  node_->OnPersisted(now, ticket, result, out);
  if (input == nullptr) return;
  input->set_number(ticket.value);
  input->set_code(static_cast<uint32_t>(result));
  Finish(*out);
}

CommandReply RecordedNode::OnCommand(Now now, const ClusterCommand& command, Effects* out) {
  proto::Input* input = Begin(proto::Input::COMMAND, now);
  CommandReply reply = node_->OnCommand(now, command, {}, out);
  if (input == nullptr) return reply;
  for (const std::string& word : command.words) input->add_words(word);
  input->set_ipv6(command.ipv6_client);
  Finish(*out);
  return reply;
}

void RecordedNode::EndBatch(Now now, Effects* out) {
  proto::Input* input = Begin(proto::Input::END_BATCH, now);
  node_->EndBatch(now, out);
  if (input != nullptr) Finish(*out);
}

}  // namespace gossamer
