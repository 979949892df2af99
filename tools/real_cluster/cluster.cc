#include "tools/real_cluster/cluster.h"

#include <filesystem>
#include <fstream>

#include "sim/model/start.h"
#include "sim/scenario/loader.h"
#include "tools/real_cluster/clocks.h"
#include "tools/real_cluster/log_file.h"
#include "tools/real_cluster/node_files.h"

namespace gossamer::real {
namespace {

constexpr Duration kAnswer = Seconds(2);  // of a live node to a command
constexpr Duration kStartUp = Seconds(20);
// Between two looks at a cluster that is not ready: looking takes time from it.
constexpr Duration kPoll = Millis(20);
constexpr Duration kPollPerNode = Millis(2);
constexpr size_t kOutputShown = 400;

}  // namespace

RealCluster::RealCluster(const ClusterSpec& spec) : spec_(spec) {
  const sim::Scenario& scenario = *spec.scenario;
  std::optional<NodesConf> layout;
  if (scenario.layout != nullptr) layout = *scenario.layout;
  infos_ = sim::DescribeNodes(scenario, spec.seed, layout);
  nodes_.resize(infos_.size());
  for (size_t i = 0; i < nodes_.size(); ++i) {
    RealNode& node = nodes_[i];
    node.info = infos_[i];
    node.info.ip = "127.0.0.1";
    node.program = &(*spec.programs)[static_cast<size_t>(node.info.shard) % spec.programs->size()];
    node.directory = spec.directory + "/node-" + std::to_string(i);
    node.rules = spec.rules.value_or(scenario.rules);
    node.options = scenario.config;
    node.primary = node.info.starts_as_primary;
  }
  view_.nodes = &infos_;
  view_.is_primary = [this](uint32_t i) { return nodes_[i].primary; };
  view_.is_down = [this](uint32_t i) { return nodes_[i].down(); };
  Configure();
}

// What the scenario says of some nodes.
void RealCluster::Configure() {
  for (size_t k = 0; k < spec_.scenario->overrides.size(); ++k) {
    const sim::NodeOverride& entry = spec_.scenario->overrides[k];
    for (const sim::NodeIndex index :
         sim::OverriddenNodes(*spec_.scenario, k, spec_.seed, infos_)) {
      RealNode& node = nodes_[index.value];
      for (const auto& [name, value] : entry.config) node.options[name] = value;
      if (entry.rules && !spec_.rules) node.rules = *entry.rules;
    }
  }
}

std::string RealCluster::NameOf(size_t index) const {
  return "node " + std::to_string(index) + " (" + nodes_[index].program->Text() + ", port " +
         std::to_string(nodes_[index].info.port) + ")";
}

// ---- Files and processes ----

bool RealCluster::Move(size_t index, std::string* error) {
  const std::optional<uint16_t> port = ports_.Next();
  if (!port) {
    *error = "no free port whose bus port, 10000 above, is free too";
    return false;
  }
  nodes_[index].info.port = *port;
  nodes_[index].info.cport = static_cast<uint16_t>(*port + kBusPortOffset);
  return true;
}

bool RealCluster::WriteFile(size_t index, const NodesConf& conf, std::string* error) const {
  const RealNode& node = nodes_[index];
  std::ofstream file(node.NodesConfPath(), std::ios::binary | std::ios::trunc);
  file << WriteNodesConf(FileOf(conf, node.info.name), node.program->Format());
  file.close();
  if (!file.fail()) return true;
  *error = "cannot write " + node.NodesConfPath();
  return false;
}

bool RealCluster::WriteFiles(std::string* error) {
  std::vector<sim::NodeInfo> placed;
  for (const RealNode& node : nodes_) placed.push_back(node.info);
  const sim::Scenario& scenario = *spec_.scenario;
  const NodesConf conf = scenario.layout != nullptr ? MovedConf(*scenario.layout, placed)
                                                    : FormedConf(placed, scenario.shards);
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (!WriteFile(i, conf, error)) return false;
  }
  return true;
}

bool RealCluster::Launch(size_t index, std::string* error) {
  RealNode& node = nodes_[index];
  std::string why;
  node.process = Process::Start(node.program->path, ArgumentsOf(node), node.OutputPath(), &why);
  if (node.process == nullptr) {
    *error = NameOf(index) + ": " + why;
    return false;
  }
  node.client = std::make_unique<RespClient>(node.info.port);
  return true;
}

bool RealCluster::WaitUntil(const std::function<std::string()>& why, std::string* error) {
  const auto timeout = sim::OptionsOf(spec_.scenario->config).node_timeout;
  const Instant deadline = MonotonicNow() + kStartUp * 3 + timeout * 4;
  for (;;) {
    const std::string reason = why();
    if (reason.empty()) return true;
    const bool late = MonotonicNow() > deadline;
    if (spec_.interrupted() || late) {
      *error = late ? "waited in vain, " + reason : "interrupted";
      return false;
    }
    if (const auto crashed = Crashed(); !crashed.empty()) {
      *error = NameOf(crashed.front().first) + " " + crashed.front().second;
      return false;
    }
    SleepFor(kPoll + kPollPerNode * static_cast<int64_t>(nodes_.size()));
  }
}

bool RealCluster::WaitForAnswer(size_t index, std::string* error) {
  return WaitUntil(
      [&] {
        std::string why;
        if (nodes_[index].down() || Ask(index, {"PING"}, &why)) return std::string();
        return NameOf(index) + " does not answer: " + why;
      },
      error);
}

bool RealCluster::LearnName(size_t index, std::string* error) {
  const auto text = AskText(index, {"CLUSTER", "MYID"}, error);
  if (!text) return false;
  const auto name = NodeName::Parse(*text);
  if (!name) {
    *error = NameOf(index) + ": no id in the reply to CLUSTER MYID";
    return false;
  }
  nodes_[index].info.name = *name;
  if (names_.empty() || IndexOf(*name) != index) names_.emplace_back(*name, index);
  return true;
}

bool RealCluster::StartNode(size_t index, bool with_disk, std::string* error) {
  if (!with_disk) std::filesystem::remove(nodes_[index].NodesConfPath());
  return Launch(index, error) && WaitForAnswer(index, error) && LearnName(index, error);
}

void RealCluster::Forget(size_t index) {
  nodes_[index].client.reset();
  nodes_[index].process.reset();
  nodes_[index].pauses.clear();
}

std::vector<std::pair<size_t, std::string>> RealCluster::Crashed() {
  std::vector<std::pair<size_t, std::string>> crashed;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    RealNode& node = nodes_[i];
    if (node.down() || !node.process->Ended()) continue;
    std::string how = node.process->EndText();
    // What a program says before it has a log file.
    const std::string output = TailOfFile(node.OutputPath(), kOutputShown);
    if (!output.empty()) how += ": " + output;
    crashed.emplace_back(i, std::move(how));
    Forget(i);
  }
  return crashed;
}

bool RealCluster::Start(std::string* error) {
  for (size_t i = 0; i < nodes_.size(); ++i) {
    std::error_code failure;
    std::filesystem::create_directories(nodes_[i].directory, failure);
    if (failure) {
      *error = "cannot make " + nodes_[i].directory + ": " + failure.message();
      return false;
    }
    if (!Move(i, error)) return false;
  }
  const bool meets = spec_.scenario->start == sim::StartKind::kMeet;
  if (!meets && !WriteFiles(error)) return false;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (!Launch(i, error)) return false;
  }
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (!WaitForAnswer(i, error) || !LearnName(i, error)) return false;
  }
  if (meets && !Form(error)) return false;
  return WaitUntil([this] { return WhyNotReady(); }, error);
}

// ---- Asking ----

std::optional<std::string> RealCluster::AskText(size_t index, const std::vector<std::string>& words,
                                                std::string* error) {
  RealNode& node = nodes_[index];
  if (!node.live()) {
    *error = node.down() ? "is not running" : "does not answer";
    return std::nullopt;
  }
  std::optional<Reply> reply = node.client->Ask(words, kAnswer, error);
  if (!reply) return std::nullopt;
  if (reply->kind != Reply::Kind::kError) return std::move(reply->text);
  *error = reply->text;
  return std::nullopt;
}

bool RealCluster::Ask(size_t index, const std::vector<std::string>& words, std::string* error) {
  return AskText(index, words, error).has_value();
}

std::vector<NodeView> RealCluster::Views() {
  std::vector<NodeView> views;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    std::string ignored;
    const auto text = AskText(i, {"CLUSTER", "NODES"}, &ignored);
    if (!text) continue;
    auto conf = ParseClusterNodesText(*text, "CLUSTER NODES");
    if (conf.ok()) views.push_back({i, *std::move(conf)});
  }
  return views;
}

void RealCluster::Refresh() {
  for (const NodeView& view : Views()) {
    const size_t at = view.conf.myself();
    if (at >= view.conf.nodes.size()) continue;
    const NodesConfNode& own = view.conf.nodes[at];
    RealNode& node = nodes_[view.node];
    node.primary = !own.replicaof.has_value();
    node.replicaof = own.replicaof.value_or(NodeName());
    node.slots = 0;
    for (const SlotRange& range : own.slots) node.slots += range.last - range.first + 1u;
    if (IndexOf(own.name) != view.node) names_.emplace_back(own.name, view.node);
    node.info.name = own.name;
  }
}

std::optional<size_t> RealCluster::IndexOf(NodeName name) const {
  for (const auto& [known, index] : names_) {
    if (known == name) return index;
  }
  return std::nullopt;
}

std::optional<size_t> RealCluster::LiveReplicaOf(size_t primary) const {
  for (size_t i = 0; i < nodes_.size(); ++i) {
    const bool follows = !nodes_[i].primary && nodes_[i].replicaof == nodes_[primary].info.name;
    if (nodes_[i].live() && follows) return i;
  }
  return std::nullopt;
}

// ---- Readiness ----

std::string RealCluster::WhyNodeNotReady(size_t index) {
  std::string error;
  const auto info = AskText(index, {"CLUSTER", "INFO"}, &error);
  if (!info) return NameOf(index) + ": " + error;
  if (info->find("cluster_state:ok") == std::string::npos) {
    return NameOf(index) + ": cluster_state is not ok";
  }
  if (nodes_[index].program->ours()) return {};  // without data there is nothing to be in step with
  const auto replication = AskText(index, {"INFO", "replication"}, &error);
  if (!replication) return NameOf(index) + ": " + error;
  if (replication->find("master_link_status:down") == std::string::npos) return {};
  return NameOf(index) + ": its link to the primary is down";
}

std::string RealCluster::WhyNotReady() {
  const std::vector<NodeView> views = Views();
  if (views.size() < nodes_.size()) return "not every node answers";
  std::string why = Unrest(views);
  if (why.empty()) why = Disagreement(views);
  for (size_t i = 0; i < nodes_.size() && why.empty(); ++i) why = WhyNodeNotReady(i);
  return why;
}

// ---- Meeting ----

bool RealCluster::GiveSlots(std::string* error) {
  for (size_t i = 0; i < nodes_.size(); ++i) {
    const RealNode& node = nodes_[i];
    std::string why;
    bool done = Ask(i, {"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)}, &why);
    if (done && node.info.starts_as_primary) {
      const SlotRange range = sim::SlotsOfShard(node.info.shard, spec_.scenario->shards);
      done = Ask(
          i, {"CLUSTER", "ADDSLOTSRANGE", std::to_string(range.first), std::to_string(range.last)},
          &why);
    }
    if (done) continue;
    *error = NameOf(i) + ": " + why;
    return false;
  }
  return true;
}

std::string RealCluster::WhyNotMet() {
  const std::vector<NodeView> views = Views();
  return views.size() < nodes_.size() ? "not every node answers" : Unrest(views);
}

bool RealCluster::Form(std::string* error) {
  if (!GiveSlots(error)) return false;
  std::string why;
  for (size_t i = 1; i < nodes_.size(); ++i) {
    const sim::NodeInfo& info = nodes_[i].info;
    if (Ask(0, {"CLUSTER", "MEET", info.ip, std::to_string(info.port)}, &why)) continue;
    *error = NameOf(0) + ": CLUSTER MEET: " + why;
    return false;
  }
  if (!WaitUntil([this] { return WhyNotMet(); }, error)) return false;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].info.starts_as_primary) continue;
    // Primaries are the first nodes, by their shards.
    const std::string primary = nodes_[static_cast<size_t>(nodes_[i].info.shard)].info.name.str();
    if (Ask(i, {"CLUSTER", "REPLICATE", primary}, &why)) continue;
    *error = NameOf(i) + ": CLUSTER REPLICATE: " + why;
    return false;
  }
  return true;
}

}  // namespace gossamer::real
