#include "tests/bench/costs_rig.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <semaphore>
#include <thread>
#include <utility>

#include "core/bus/codec.h"
#include "core/cluster/cluster_node.h"
#include "core/cluster/nodes_conf.h"
#include "core/slots/key_slot.h"
#include "tools/gossamer_server/server_clock.h"

namespace gossamer::bench {
namespace {

constexpr Duration kNodeTimeout = Seconds(3600);

NodeName NameOf(size_t node) {
  NodeName name;
  for (size_t i = 0; i < name.bytes.size(); ++i) {
    name.bytes[i] = "0123456789abcdef"[(node * 7 + (node >> (i % 12)) + i) % 16];
  }
  std::string digits = std::to_string(node + 100000);
  std::copy(digits.begin(), digits.end(), name.bytes.begin());
  return name;
}

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A listening socket on *port, or on a port that the kernel chooses if that is 0, or nothing.
std::optional<int> TryListen(uint16_t* port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(*port);
  socklen_t length = sizeof(address);
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      ::listen(listener, 4096) != 0 ||
      ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    ::close(listener);
    return std::nullopt;
  }
  *port = ntohs(address.sin_port);
  return listener;
}

int Listen(uint16_t* port) {
  const std::optional<int> listener = TryListen(port);
  if (!listener) Die("cannot listen on loopback");
  return *listener;
}

// A port that is free, as is the one below it.
uint16_t FreePort() {
  for (;;) {
    uint16_t port = 0;
    const int listener = Listen(&port);
    uint16_t below = port - 1;
    const std::optional<int> other = TryListen(&below);
    ::close(listener);
    if (!other) continue;
    ::close(*other);
    return port;
  }
}

int ConnectTo(uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    Die("cannot connect to the host");
  }
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return socket;
}

void SendAll(int socket, const std::string& bytes) {
  if (::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(bytes.size())) {
    Die("cannot send");
  }
}

// The first half are primaries with an equal share of the slots, the second half their replicas.
std::string ConfText(size_t nodes, size_t myself, uint16_t own_port, uint16_t other_port) {
  const size_t primaries = (nodes + 1) / 2;
  std::string text;
  for (size_t i = 0; i < nodes; ++i) {
    const uint16_t port = i == 0 ? own_port : other_port;
    const bool primary = i < primaries;
    text += NameOf(i).str() + " 127.0.0.1:" + std::to_string(port - 1) + "@" +
            std::to_string(port) + (i == myself ? " myself," : " ") +
            (primary ? "master - 0 0 " + std::to_string(i + 1)
                     : "slave " + NameOf(i - primaries).str() + " 0 0 " +
                           std::to_string(i - primaries + 1)) +
            " connected";
    if (primary) {
      text += " " + std::to_string(i * 16384 / primaries) + "-" +
              std::to_string((i + 1) * 16384 / primaries - 1);
    }
    text += "\n";
  }
  return text + "vars currentEpoch " + std::to_string(primaries) + " lastVoteEpoch 0\n";
}

// Another member, as far as it makes messages for the host.
class Sender {
 public:
  Sender(const std::string& conf_text, uint16_t host_port, uint16_t port) {
    auto conf = ParseNodesConf(conf_text);
    if (!conf.ok()) Die(std::string(conf.status().message()));
    ClusterOptions options;
    options.node_timeout = kNodeTimeout;
    options.cport = port;
    options.port = static_cast<uint16_t>(port - 1);
    const Now now = server::SampleClocks();
    Effects effects;
    node_ = std::make_unique<ClusterNode>(options, *FindRules("gossamer"), &tables_, *conf, 1, 1,
                                          now, &effects);
    effects.Clear();
    // Crons until it has opened its link to the host, whose coming up makes it send a PING.
    for (int cron = 0; cron < 10000 && !ping_; ++cron) {
      const Now then = {now.mono + Millis(100 * cron), now.wall + Millis(100 * cron)};
      node_->Tick(then, &effects);
      node_->EndBatch(then, &effects);
      for (const Effect& effect : effects.list()) {
        const auto* open = std::get_if<Open>(&effect);
        if (open == nullptr || open->address->get().address.endpoint.cport != host_port) continue;
        TakePing(then, open->link);
      }
      effects.Clear();
    }
    if (!ping_) Die("a sender made no ping");
  }
  ~Sender() { ping_.reset(); }

  Message* Make(MessageType type) {
    Message* message = tables_.pool.Make(type);
    message->header = (*ping_)->header;
    return message;
  }
  Frame Finish(Message* message) {
    const MessageRef sealed = tables_.pool.Seal(message);
    Frame frame;
    Encode(*sealed, tables_.pool.names(), &frame.bytes);
    return frame;
  }
  const gossamer::Heartbeat& heartbeat() const {
    return std::get<gossamer::Heartbeat>((*ping_)->body);
  }
  NodeKey KeyOf(size_t node) { return tables_.pool.names().Intern(NameOf(node)); }

 private:
  void TakePing(Now now, LinkId link) {
    Effects effects;
    node_->OnLinkUp(now, link, {IpText::From("127.0.0.1"), IpText::From("127.0.0.1")}, &effects);
    for (const Effect& effect : effects.list()) {
      const auto* send = std::get_if<Send>(&effect);
      if (send != nullptr && send->message->type == MessageType::kPing) ping_ = send->message;
    }
  }

  HostTables tables_;
  std::unique_ptr<ClusterNode> node_;
  std::optional<MessageRef> ping_;
};

// A link of a sender, on which a thread waits for answers: so the host wakes a sleeper with each
// that it sends, as it would another server.
class AnswerReader {
 public:
  explicit AnswerReader(int socket) : socket_(socket), thread_([this] { Run(); }) {}
  ~AnswerReader() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  AnswerReader(const AnswerReader&) = delete;
  AnswerReader& operator=(const AnswerReader&) = delete;

  void Send(const std::string& bytes) const { SendAll(socket_, bytes); }
  // Waits for the next answer, which stays until the one after it.
  const std::string& Take() {
    come_.acquire();
    if (answer_.empty()) Die("the host ended a sender's link");
    return answer_;
  }

 private:
  void Run() {
    do {
      answer_ = ReadMessage();
      come_.release();
    } while (!answer_.empty());
  }
  // Empty: the link has ended.
  std::string ReadMessage() const {
    std::string bytes;
    size_t until = kLightHeaderBytes;
    while (bytes.size() < until) {
      char buffer[65536];
      const size_t wanted = std::min(sizeof(buffer), until - bytes.size());
      const ssize_t got = ::recv(socket_, buffer, wanted, 0);
      if (got <= 0) return {};
      bytes.append(buffer, static_cast<size_t>(got));
      if (bytes.size() == kLightHeaderBytes) until = LengthIn(bytes);
    }
    return bytes;
  }
  static size_t LengthIn(const std::string& bytes) {
    const auto* b = reinterpret_cast<const uint8_t*>(bytes.data());
    return size_t{b[4]} << 24 | size_t{b[5]} << 16 | size_t{b[6]} << 8 | b[7];
  }

  const int socket_;
  std::counting_semaphore<> come_{0};
  std::string answer_;
  std::thread thread_;
};

}  // namespace

struct CostsRig::Impl {
  Impl(const ServerProgram& program, size_t node_count, size_t sender_count) : nodes(node_count) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    listener = Listen(&other_port);
    host_port = FreePort();
    char pattern[] = "/dev/shm/gossamer_costs_XXXXXX";
    if (::mkdtemp(pattern) == nullptr) Die("cannot make a directory in /dev/shm");
    directory = pattern;
    StartHost(program);
    for (size_t i = 1; i <= sender_count; ++i) {
      senders.push_back(std::make_unique<Sender>(ConfText(nodes, i, host_port, other_port),
                                                 host_port, other_port));
      links.push_back(std::make_unique<AnswerReader>(ConnectTo(host_port)));
    }
  }

  ~Impl() {
    host.reset();
    links.clear();
    for (const int socket : accepted) ::close(socket);
    ::close(listener);
    std::filesystem::remove_all(directory);
  }

  void StartHost(const ServerProgram& program) {
    std::ofstream(directory + "/nodes.conf") << ConfText(nodes, 0, host_port, other_port);
    const HostPlace place = {directory, host_port};
    extensions = program.path.empty();
    host = program.path.empty() ? StartOwnHost(place) : StartServer(program, place);
    while (accepted.size() < nodes - 1) accepted.push_back(::accept(listener, nullptr, nullptr));
    while (host->Links() < nodes - 1) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    start_nanos = host->CpuNanos();
  }

  const size_t nodes;
  uint16_t other_port = 0;
  uint16_t host_port = 0;
  int listener = -1;
  std::string directory;
  std::unique_ptr<MeasuredHost> host;
  bool extensions = true;  // of the senders' heartbeats
  int64_t start_nanos = 0;
  std::vector<std::unique_ptr<Sender>> senders;
  std::vector<std::unique_ptr<AnswerReader>> links;  // of the senders
  std::vector<int> accepted;                         // and others that stay open
  std::string answer;
};

CostsRig::CostsRig(const ServerProgram& program, size_t nodes, size_t senders)
    : impl_(std::make_unique<Impl>(program, nodes, senders)) {}
CostsRig::~CostsRig() = default;

size_t CostsRig::nodes() const { return impl_->nodes; }
int64_t CostsRig::CpuNanos() const { return impl_->host->CpuNanos(); }
int64_t CostsRig::start_nanos() const { return impl_->start_nanos; }

Frame CostsRig::Heartbeat(size_t sender, bool ping, size_t entries, bool suspected) const {
  Sender& from = *impl_->senders[sender];
  Message* message = from.Make(ping ? MessageType::kPing : MessageType::kPong);
  auto& body = std::get<gossamer::Heartbeat>(message->body);
  if (impl_->extensions) body.extensions = from.heartbeat().extensions;
  const size_t primaries = (impl_->nodes + 1) / 2;
  // Not about the host, nor about the sender.
  const size_t first = impl_->senders.size() + 1;
  for (size_t i = 0; i < entries; ++i) {
    const size_t about = first + i % (impl_->nodes - first);
    GossipEntry entry;
    entry.node = from.KeyOf(about);
    entry.flags = about < primaries ? flag::kPrimary : flag::kReplica;
    if (suspected) entry.flags |= flag::kPfail;
    entry.pong_received_s = static_cast<uint32_t>(server::SampleClocks().wall.us / 1'000'000);
    body.gossip.push_back(entry);
  }
  Frame frame = from.Finish(message);
  frame.entries = entries;
  frame.answered = ping;
  return frame;
}

Frame CostsRig::Publish(size_t sender, size_t bytes) const {
  Sender& from = *impl_->senders[sender];
  Message* message = from.Make(MessageType::kPublish);
  auto& body = std::get<gossamer::Publish>(message->body);
  body.channel = "c";
  body.message.assign(bytes, 'x');
  return from.Finish(message);
}

Frame CostsRig::Suspicions(size_t node, size_t suspects) const {
  const auto from =
      std::make_unique<Sender>(ConfText(impl_->nodes, node, impl_->host_port, impl_->other_port),
                               impl_->host_port, impl_->other_port);
  Message* message = from->Make(MessageType::kPong);
  auto& body = std::get<gossamer::Heartbeat>(message->body);
  for (size_t about = impl_->nodes - suspects; about < impl_->nodes; ++about) {
    body.gossip.push_back({.node = from->KeyOf(about), .flags = flag::kReplica | flag::kPfail});
  }
  return from->Finish(message);
}

void CostsRig::Exchange(const std::vector<Frame>& frames, bool together) {
  if (together) impl_->host->Hold();
  for (size_t i = 0; i < frames.size(); ++i) impl_->links[i]->Send(frames[i].bytes);
  if (together) impl_->host->Release();
  for (size_t i = 0; i < frames.size(); ++i) {
    if (frames[i].answered) impl_->answer = impl_->links[i]->Take();
  }
}

void CostsRig::Connect() { impl_->accepted.push_back(ConnectTo(impl_->host_port)); }
void CostsRig::SendOnNewest(const Frame& frame) { SendAll(impl_->accepted.back(), frame.bytes); }
void CostsRig::Nothing() { impl_->host->Nothing(); }
void CostsRig::Save() { impl_->host->Save(); }
void CostsRig::Script(const std::string& script, const std::vector<std::string>& arguments) {
  impl_->host->Script(script, arguments);
}

std::string CostsRig::HashTag() const {
  const size_t primaries = (impl_->nodes + 1) / 2;
  for (size_t i = 0;; ++i) {
    std::string tag = "{" + std::to_string(i) + "}";
    if (KeySlot(tag) < kSlots / primaries) return tag;
  }
}

Frame CostsRig::last_answer() const {
  Frame frame;
  frame.bytes = impl_->answer;
  // The header's count of gossip entries.
  const auto* bytes = reinterpret_cast<const uint8_t*>(frame.bytes.data());
  frame.entries = size_t{bytes[14]} << 8 | bytes[15];
  return frame;
}

}  // namespace gossamer::bench
