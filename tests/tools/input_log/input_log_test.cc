// The ring of input logs: bounded, and what is left of it can be replayed.
#include "tools/input_log/input_log.h"

#include <gtest/gtest.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/bus/codec.h"
#include "tools/input_log/input_replay.h"

namespace gossamer {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kSalt = 77;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Two members of a cluster, one of them recorded. Saves are answered at once, but for those that
// the test holds back.
class InputLogTest : public testing::Test {
 protected:
  static constexpr int kRecorded = 0;

  struct Member {
    explicit Member(int i) : ip("10.0.0." + std::to_string(i + 1)) {}
    std::string ip;
    HostTables tables{kSalt};
    std::unique_ptr<RecordedNode> node;
    uint32_t inbound = 0;
    std::deque<std::pair<LinkId, LinkId>> links;  // mine, the other's
    std::deque<Send> held;
  };

  void SetUp() override {
    directory_ = testing::TempDir() + "/input_log_" +
                 testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(directory_);
    fs::create_directories(directory_);
    path_ = directory_ + "/inputs";
  }
  void TearDown() override {
    for (Member& m : members_) m.held.clear();
    fs::remove_all(directory_);
  }

  void Begin(uint64_t most_bytes) {
    log_ = std::make_unique<InputLog>(most_bytes);
    std::string error;
    ASSERT_TRUE(log_->Open(path_, &error)) << error;
    for (int i = 0; i < 2; ++i) {
      RecordedNode::Start start{
          {}, "gossamer", std::nullopt, 5u + static_cast<uint64_t>(i), "test"};
      start.options.node_timeout = Seconds(1);
      start.options.announce_ip = members_[i].ip;
      Effects effects;
      members_[i].node = std::make_unique<RecordedNode>(
          start, kSalt, &members_[i].tables, i == kRecorded ? log_.get() : nullptr, now_, &effects);
      Execute(i, &effects);
    }
    Command(0, {"ADDSLOTSRANGE", "0", "16383"});
    Command(0, {"MEET", members_[1].ip, "6379", "16379"});
  }

  using Told = std::function<void(RecordedNode&, Effects*)>;
  void Input(int i, const Told& input) {
    Effects effects;
    input(*members_[i].node, &effects);
    Execute(i, &effects);
    members_[i].node->EndBatch(now_, &effects);
    Execute(i, &effects);
  }
  void Command(int i, std::vector<std::string> words) {
    Input(i, [&](RecordedNode& n, Effects* out) { n.OnCommand(now_, {.words = words}, out); });
    Drain();
  }
  void Run(Duration length) {
    for (const Instant end = now_.mono + length; now_.mono < end;) {
      now_ = {now_.mono + Millis(100), now_.wall + Millis(100)};
      for (int i : {0, 1}) {
        Input(i, [this](RecordedNode& n, Effects* out) { n.Tick(now_, out); });
      }
      Drain();
    }
  }
  void Drain() {
    while (!later_.empty()) {
      const auto next = std::move(later_.front());
      later_.pop_front();
      next();
    }
  }

  void Execute(int i, Effects* effects) {
    Member& m = members_[i];
    Member& other = members_[1 - i];
    for (Effect& effect : effects->list()) {
      if (auto* send = std::get_if<Send>(&effect)) {
        if (hold_saves_ && send->after.value != 0) {
          m.held.push_back(std::move(*send));
          continue;
        }
        std::string bytes;
        Encode(*send->message, m.tables.pool.names(), &bytes);
        for (const auto& [mine, others] : m.links) {
          if (!(mine == send->link)) continue;
          later_.push_back([this, i, to = others, bytes] {
            Input(1 - i, [&](RecordedNode& n, Effects* out) {
              const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
              n.OnFrame(now_, to, PeerOf(1 - i), {data, bytes.size()}, out);
            });
          });
        }
      } else if (const auto* open = std::get_if<Open>(&effect)) {
        const LinkId inbound = LinkId::Make(true, other.inbound++, 0);
        m.links.emplace_back(open->link, inbound);
        other.links.emplace_back(inbound, open->link);
        later_.push_back([this, i, outbound = open->link, inbound] {
          Input(1 - i, [&](RecordedNode& n, Effects* out) {
            n.OnLinkUp(now_, inbound, PeerOf(1 - i), out);
          });
          Input(i,
                [&](RecordedNode& n, Effects* out) { n.OnLinkUp(now_, outbound, PeerOf(i), out); });
        });
      }
    }
    effects->Clear();
  }
  LinkPeer PeerOf(int i) const {
    return {IpText::From(members_[1 - i].ip), IpText::From(members_[i].ip)};
  }

  // Everything that is on the disk now.
  std::optional<ReplayedNode> Replay() {
    log_->Flush();
    std::string error;
    auto node = ReplayNode(ReadFile(PreviousSegment(path_)), ReadFile(path_), {}, &error);
    EXPECT_EQ(error, "");
    return node;
  }

  std::string directory_;
  std::string path_;
  std::unique_ptr<InputLog> log_;
  Member members_[2] = {Member(0), Member(1)};
  std::deque<std::function<void()>> later_;
  Now now_{Instant{Seconds(500).us}, WallTime{1767225600LL * 1000000}};
  bool hold_saves_ = false;
};

TEST_F(InputLogTest, AShortLifeIsReplayedFromItsStart) {
  Begin(uint64_t{64} << 20);
  Run(Seconds(10));
  const auto node = Replay();
  ASSERT_TRUE(node);
  EXPECT_FALSE(node->difference);
  EXPECT_TRUE(node->from_start);
  EXPECT_GT(node->messages, 20u);
  EXPECT_FALSE(fs::exists(PreviousSegment(path_)));
}

TEST_F(InputLogTest, ALongLifeKeepsItsLastPartWithinTheLimit) {
  constexpr uint64_t kMost = 200'000;
  Begin(kMost);
  for (int i = 0; i < 40; ++i) {
    Run(Seconds(5));
    log_->Flush();
    const uint64_t held =
        fs::file_size(path_) +
        (fs::exists(PreviousSegment(path_)) ? fs::file_size(PreviousSegment(path_)) : 0);
    ASSERT_LT(held, kMost + 20'000) << i;
    if (i < 12 || i % 4 != 3) continue;
    const auto node = Replay();
    ASSERT_TRUE(node);
    EXPECT_FALSE(node->difference) << i << " at " << node->difference_input;
    EXPECT_FALSE(node->from_start);
    EXPECT_EQ(node->unused_segment, "");
    EXPECT_TRUE(node->complete);
    EXPECT_EQ(
        node->name,
        members_[0].node->node().state().peers.name(members_[0].node->node().state().myself).str());
    EXPECT_GT((node->end - node->begin).us, Seconds(8).us);
  }
}

// FILE first, then FILE.1, whatever happens between the two copies.
TEST_F(InputLogTest, CopiesOfARunningLogCanBeReplayed) {
  Begin(40'000);
  Run(Seconds(60));
  bool turned = false;
  for (int i = 0; i < 200 && !turned; ++i) {
    log_->Flush();
    const std::string copy = ReadFile(path_);
    Run(Millis(500));
    const std::string before = ReadFile(PreviousSegment(path_));
    turned = copy == before.substr(0, copy.size());
    std::string error;
    const auto node = ReplayNode(before, copy, {}, &error);
    ASSERT_TRUE(node) << error;
    EXPECT_FALSE(node->difference);
    EXPECT_EQ(node->unused_segment, "");
  }
  EXPECT_TRUE(turned);
}

TEST_F(InputLogTest, ASegmentThatCannotEndIsCutAndTheNextOneSaysSo) {
  Begin(20'000);
  Run(Seconds(5));
  hold_saves_ = true;
  Command(0, {"BUMPEPOCH"});
  // A claim waits for its save: no snapshot can be taken.
  Command(0, {"SET-CONFIG-EPOCH", "9"});
  members_[0].held.push_back({});
  members_[0].held.back().message =
      members_[0].tables.pool.Seal(members_[0].tables.pool.Make(MessageType::kMfStart));
  Run(Seconds(200));
  EXPECT_TRUE(log_->full());
  EXPECT_LE(fs::file_size(path_), 30'000u);
  hold_saves_ = false;
  members_[0].held.clear();
  Run(Millis(300));
  EXPECT_FALSE(log_->full());
  const auto node = Replay();
  ASSERT_TRUE(node);
  EXPECT_FALSE(node->difference);
  EXPECT_FALSE(node->from_start);
  EXPECT_EQ(node->unused_segment, "inputs are missing between the two");
}

TEST_F(InputLogTest, AForeignSegmentIsLeftOut) {
  Begin(40'000);
  Run(Seconds(60));
  log_->Flush();
  std::string error;
  const auto node = ReplayNode("junk", ReadFile(path_), {}, &error);
  ASSERT_TRUE(node);
  EXPECT_EQ(node->unused_segment, "this is no log of inputs");
  EXPECT_FALSE(node->difference);
}

TEST_F(InputLogTest, ALostInputIsNoticedAtTheLatestWhereTheSegmentEnds) {
  Begin(40'000);
  Run(Seconds(60));
  log_->Flush();
  std::string before = ReadFile(PreviousSegment(path_));
  // The last bytes of a segment are those of its last input.
  std::string error;
  const auto node = ReplayNode(before.substr(0, before.size() - 2000), ReadFile(path_), {}, &error);
  ASSERT_TRUE(node) << error;
  ASSERT_TRUE(node->difference);
  EXPECT_EQ(node->difference_input, "the snapshot after it");
}

TEST_F(InputLogTest, OpeningForgetsWhatAnEarlierProcessLeft) {
  std::ofstream(PreviousSegment(path_)) << "old";
  Begin(40'000);
  EXPECT_FALSE(fs::exists(PreviousSegment(path_)));
}

}  // namespace
}  // namespace gossamer
