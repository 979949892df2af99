#include "core/cluster/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "core/cluster/command_table.h"
#include "core/cluster/failure_detector.h"
#include "core/cluster/ip_literal.h"
#include "core/cluster/membership.h"
#include "tests/core/cluster/cluster_fixture.h"
#include "tests/core/cluster/resp_text.h"

namespace gossamer {
namespace {

using Kind = CommandReply::Kind;
using Words = std::vector<std::string>;

std::string Id(std::string_view label) { return NameOf(label).str(); }

// The reply as one line of RESP2.
std::string Say(Cluster* c, const Words& words, const std::vector<SlotKeys>& keys = {}) {
  std::string text = ToResp(c->Command(words, keys), 2);
  text.resize(text.find("\r\n"));
  return text;
}

struct Case {
  Words words;
  std::string reply;
};

void ExpectAll(Cluster* c, const std::vector<Case>& cases) {
  for (const Case& one : cases) EXPECT_EQ(Say(c, one.words), one.reply) << one.words[0];
}

// ---- The table ----

TEST(CommandTableTest, UnknownSubcommandsAndArities) {
  Cluster c;
  EXPECT_EQ(Say(&c, {}), "-ERR wrong number of arguments for 'cluster' command");
  ExpectAll(
      &c,
      {{{"nonsense"}, "-ERR unknown subcommand 'nonsense'. Try CLUSTER HELP."},
       {{""}, "-ERR unknown subcommand ''. Try CLUSTER HELP."},
       {{std::string(200, 'x')},
        "-ERR unknown subcommand '" + std::string(128, 'x') + "'. Try CLUSTER HELP."},
       {{"a\r\n+OK"}, "-ERR unknown subcommand 'a  +OK'. Try CLUSTER HELP."},
       {{"MEET", "10.0.0.9"}, "-ERR wrong number of arguments for 'cluster|meet' command"},
       {{"Nodes", "x"}, "-ERR wrong number of arguments for 'cluster|nodes' command"},
       {{"MEET", "10.0.0.9", "1", "2", "3"},
        "-ERR unknown subcommand or wrong number of arguments for 'MEET'. Try CLUSTER HELP."},
       {{"failover", "force", "x"},
        "-ERR unknown subcommand or wrong number of arguments for 'failover'. Try CLUSTER HELP."},
       {{"RESET", "HARD", "x"},
        "-ERR unknown subcommand or wrong number of arguments for 'RESET'. Try CLUSTER HELP."}});
}

TEST(CommandTableTest, EveryEntryAnswersWhateverItsArguments) {
  for (const CommandEntry& entry : CommandTable()) {
    EXPECT_EQ(FindCommand(entry.name), &entry);
    for (size_t extra = 0; extra < 8; ++extra) {
      for (const std::string argument : {"", "0", "-1", "16384", "NODE", "zzz"}) {
        Cluster c;
        c.AddReplica("r", c.AddPrimary("b", {{0, 5}}));
        Words words(extra + 1, argument);
        words[0] = entry.name;
        c.Command(words);
        c.EndBatch();
        c.peers().CheckInvariants();
      }
    }
  }
}

TEST(CommandTableTest, HelpNamesWhatCanBeUsed) {
  Cluster c;
  const CommandReply help = c.Command({"help"});
  ASSERT_EQ(help.kind, Kind::kArray);
  std::set<std::string> named;
  for (const CommandReply& line : help.items) {
    EXPECT_EQ(line.kind, Kind::kSimple);
    named.insert(line.text.substr(0, line.text.find(' ')));
  }
  for (const std::string name :
       {"MEET", "SETSLOT", "FAILOVER", "SHARDS", "COUNT-FAILURE-REPORTS", "HELP"}) {
    EXPECT_EQ(named.count(name), 1u) << name;
  }
  EXPECT_EQ(named.count("MIGRATESLOTS"), 0u);
}

TEST(CommandTableTest, WhatNeedsADataPlane) {
  Cluster c;
  EXPECT_EQ(Say(&c, {"GETKEYSINSLOT", "1", "2"}, {{1, 3}}),
            "-ERR CLUSTER getkeysinslot needs a data plane, which this build does not have");
  ExpectAll(&c, {{{"slot-stats", "SLOTSRANGE", "0", "1"},
                  "-ERR CLUSTER slot-stats needs a data plane, which this build does not have"}});
  for (const std::string name :
       {"FLUSHSLOT", "MIGRATESLOTS", "CANCELSLOTMIGRATIONS", "SYNCSLOTS"}) {
    EXPECT_THAT(Say(&c, {name, "1", "2", "3"}), testing::HasSubstr("needs a data plane")) << name;
  }
  EXPECT_THAT(Say(&c, {"GETSLOTMIGRATIONS"}), testing::HasSubstr("needs a data plane"));
}

TEST(CommandTableTest, Integers) {
  const auto parse = [](std::string_view text) {
    int64_t value = 12345;
    return ParseInteger(text, &value) ? std::to_string(value) : "bad";
  };
  EXPECT_EQ(parse("0"), "0");
  EXPECT_EQ(parse("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(parse("9223372036854775807"), "9223372036854775807");
  for (const char* bad : {"", "-", "-0", "00", "01", "+1", " 1", "1 ", "1x", "9223372036854775808",
                          "-9223372036854775809", "99999999999999999999999"}) {
    EXPECT_EQ(parse(bad), "bad") << bad;
  }
}

// ---- Questions ----

TEST(CommandTest, Questions) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{0, 9}});
  c.AddReplica("r", b);
  ExpectAll(&c, {{{"MYID"}, "$40"},
                 {{"MyShardId"}, "$40"},
                 {{"KEYSLOT", "{user1000}.following"}, ":3443"},
                 {{"KEYSLOT", ""}, ":0"},
                 {{"REPLICAS", "x"}, "-ERR Unknown node x"},
                 {{"REPLICAS", Id("r")}, "-ERR The specified node is not a master"},
                 {{"REPLICAS", Id("b")}, "*1"},
                 {{"slaves", Id("b")}, "*1"},
                 {{"COUNTKEYSINSLOT", "x"}, "-ERR value is not an integer or out of range"},
                 {{"COUNTKEYSINSLOT", "16384"}, "-ERR Invalid slot"},
                 {{"COUNTKEYSINSLOT", "-1"}, "-ERR Invalid slot"},
                 {{"COUNTKEYSINSLOT", "7"}, ":0"},
                 {{"GETKEYSINSLOT", "7", "10"}, "*0"},
                 {{"GETKEYSINSLOT", "7", "x"}, "-ERR value is not an integer or out of range"},
                 {{"GETKEYSINSLOT", "16384", "1"}, "-ERR Invalid slot or number of keys"},
                 {{"GETKEYSINSLOT", "7", "-1"}, "-ERR Invalid slot or number of keys"},
                 {{"SLOTS"}, "*1"},
                 {{"SHARDS"}, "*2"},
                 {{"LINKS"}, "*4"}});
  EXPECT_EQ(Say(&c, {"COUNTKEYSINSLOT", "7"}, {{7, 3}}), ":3");
  EXPECT_EQ(c.Command({"MYID"}).text, Id("m"));
  EXPECT_EQ(c.Command({"MYSHARDID"}).text, ShardOf("m").str());
  EXPECT_EQ(c.Command({"NODES"}).kind, Kind::kVerbatim);
  EXPECT_EQ(c.Command({"INFO"}).kind, Kind::kVerbatim);
  // Nothing of this changes anything.
  EXPECT_TRUE(c.effects().empty());
  EXPECT_EQ(c.s().todo, 0u);
}

TEST(CommandTest, CountFailureReports) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{0, 9}});
  const NodeKey d = c.AddPrimary("d", {{10, 19}});
  c.AddPrimary("e", {{20, 29}});
  c.AddPrimary("f", {{30, 39}});
  EXPECT_EQ(Say(&c, {"COUNT-FAILURE-REPORTS", "x"}), "-ERR Unknown node x");
  EXPECT_EQ(Say(&c, {"COUNT-FAILURE-REPORTS", Id("b")}), ":0");
  Turn t = c.turn();
  ReportFailing(t, b, d);
  EXPECT_EQ(Say(&c, {"COUNT-FAILURE-REPORTS", Id("b")}), ":1");
}

TEST(CommandTest, SaveConfig) {
  Cluster c;
  EXPECT_EQ(Say(&c, {"SAVECONFIG"}), "+OK");
  c.EndBatch();
  ASSERT_EQ(c.All<Persist>().size(), 1u);
  EXPECT_TRUE(c.All<Persist>()[0].fsync);
}

// ---- MEET, FORGET ----

TEST(MeetTest, Errors) {
  Cluster c;
  ExpectAll(
      &c,
      {{{"MEET", "10.0.0.9", "x"}, "-ERR Invalid base port specified: x"},
       {{"MEET", "10.0.0.9", "0"}, "-ERR Port number is out of range"},
       {{"MEET", "10.0.0.9", "65536"}, "-ERR Port number is out of range"},
       {{"MEET", "10.0.0.9", "7000", "y"}, "-ERR Invalid bus port specified: y"},
       {{"MEET", "10.0.0.9", "7000", "-1"}, "-ERR Cluster bus port number is out of range"},
       {{"MEET", "10.0.0.9", "60000"}, "-ERR Cluster bus port number is out of range"},
       {{"MEET", "host.example", "7000"}, "-ERR Invalid node address specified: host.example:7000"},
       {{"MEET", "10.0.0.256", "7000"}, "-ERR Invalid node address specified: 10.0.0.256:7000"}});
  EXPECT_EQ(c.peers().size(), 1u);
}

TEST(MeetTest, StartsOneHandshake) {
  Cluster c;
  EXPECT_EQ(Say(&c, {"MEET", "2001:DB8:0:0::9", "7000"}), "+OK");
  ASSERT_EQ(c.peers().size(), 2u);
  EXPECT_EQ(Say(&c, {"meet", "2001:db8::9", "7000", "17000"}), "+OK");  // in progress
  EXPECT_EQ(c.peers().size(), 2u);
  EXPECT_EQ(c.Events(EventType::kHandshakeStarted).size(), 1u);
  const NodeKey node = c.Events(EventType::kHandshakeStarted)[0].subject;
  EXPECT_TRUE(c.peers().Has(node, flag::kHandshake));
  EXPECT_TRUE(c.peers().Has(node, flag::kMeet));
  const Endpoint& endpoint = c.facts(node).address.endpoint;
  EXPECT_EQ(endpoint.ip.view(), "2001:db8::9");
  EXPECT_EQ(endpoint.port, 7000);
  EXPECT_EQ(endpoint.cport, 17000);
  EXPECT_EQ(Say(&c, {"MEET", "2001:db8::9", "7001", "18000"}), "+OK");
  EXPECT_EQ(c.peers().size(), 3u);
}

TEST(MeetTest, FullTable) {
  ClusterSetup setup;
  setup.options.max_nodes = 1;
  Cluster c(setup);
  EXPECT_EQ(Say(&c, {"MEET", "10.0.0.9", "7000"}), "-ERR Too many nodes known: 1");
}

TEST(IpLiteralTest, CanonicalForms) {
  const auto ip = [](std::string_view text) { return CanonicalIp(text).value_or("bad"); };
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"127.0.0.1", "127.0.0.1"},
      {"255.255.255.255", "255.255.255.255"},
      {"::", "::"},
      {"::1", "::1"},
      {"1::", "1::"},
      {"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"0:0:0:0:0:0:0:0", "::"},
      {"fe80:0000::00ab", "fe80::ab"},
      {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
      {"::ffff:10.1.2.3", "::ffff:10.1.2.3"},
      {"::FFFF:0a01:0203", "::ffff:10.1.2.3"},
      {"::10.1.2.3", "::10.1.2.3"},
      {"64:ff9b::10.1.2.3", "64:ff9b::a01:203"},
      {"1:2:3:4:5:6:10.1.2.3", "1:2:3:4:5:6:a01:203"},
      {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"}};
  for (const auto& [text, canonical] : cases) {
    EXPECT_EQ(ip(text), canonical) << text;
    EXPECT_EQ(ip(canonical), canonical);
  }
  for (const char* bad : {"",
                          "1",
                          "1.2.3",
                          "1.2.3.4.5",
                          "1.2.3.256",
                          "01.2.3.4",
                          "1.2.3.4 ",
                          "1.2..4",
                          "a.b.c.d",
                          ":",
                          ":::",
                          "1:2",
                          "1::2::3",
                          "1:2:3:4:5:6:7:8:9",
                          "1:2:3:4:5:6:7:8::",
                          "12345::",
                          "g::",
                          "::1.2.3",
                          "1.2.3.4::",
                          ":1::",
                          "::1:",
                          "fe80::1%lo",
                          "[::1]",
                          "1:2:3:4:5:6:7:1.2.3.4",
                          "localhost"}) {
    EXPECT_EQ(ip(bad), "bad") << bad;
  }
}

TEST(ForgetTest, Errors) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{0, 9}});
  ExpectAll(&c, {{{"FORGET", "x"}, "-ERR Unknown node x"},
                 {{"FORGET", Id("z")}, "-ERR Unknown node " + Id("z")},
                 {{"FORGET", Id("m")}, "-ERR I tried hard but I can't forget myself..."}});
  c.MakeMeReplicaOf(b);
  EXPECT_EQ(Say(&c, {"FORGET", Id("b")}), "-ERR Can't forget my master!");
}

TEST(ForgetTest, RemovesAndBlocks) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{0, 9}});
  c.AddReplica("r", b);
  EXPECT_EQ(Say(&c, {"FORGET", Id("b")}), "+OK");
  EXPECT_FALSE(c.peers().Contains(b));
  EXPECT_FALSE(c.s().slots.owner(3).valid());
  EXPECT_TRUE(c.HasEvent(EventType::kNodeRemoved));
  EXPECT_EQ(c.s().blacklist.at(NameOf("b")), c.ms() + 60000);
  EXPECT_EQ(Say(&c, {"FORGET", Id("b")}), "+OK");  // forgotten already
  c.Advance(Seconds(61));
  EXPECT_EQ(Say(&c, {"FORGET", Id("b")}), "-ERR Unknown node " + Id("b"));
  c.EndBatch();
  ASSERT_EQ(c.All<Persist>().size(), 1u);
  EXPECT_FALSE(c.All<Persist>()[0].fsync);
}

// ---- REPLICATE, FAILOVER, RESET ----

TEST(ReplicateTest, Errors) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{0, 9}});
  c.AddReplica("r", b);
  c.peers().ReplaceFlags(c.AddPrimary("h"), flag::kHandshake);
  ExpectAll(&c, {{{"REPLICATE", "x"}, "-ERR Unknown node x"},
                 {{"REPLICATE", Id("h")}, "-ERR Unknown node " + Id("h")},
                 {{"REPLICATE", Id("m")}, "-ERR Can't replicate myself"},
                 {{"REPLICATE", Id("r")}, "-ERR I can only replicate a master, not a replica."},
                 {{"REPLICATE", "NO", "TWO"},
                  "-ERR unknown subcommand or wrong number of arguments for 'REPLICATE'. Try "
                  "CLUSTER HELP."}});
  const std::string not_empty =
      "-ERR To set a master the node must be empty and without assigned slots.";
  c.s().data.has_keys = true;
  EXPECT_EQ(Say(&c, {"REPLICATE", Id("b")}), not_empty);
  c.s().data.has_keys = false;
  c.GiveSlots(c.me(), {{100, 100}});
  EXPECT_EQ(Say(&c, {"REPLICATE", Id("b")}), not_empty);
  EXPECT_TRUE(c.s().i_am_primary());
}

TEST(ReplicateTest, BecomesAReplica) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{0, 9}});
  c.s().slots.importing()[3] = b;
  EXPECT_EQ(Say(&c, {"REPLICATE", Id("b")}), "+OK");
  EXPECT_TRUE(c.s().i_am_replica());
  EXPECT_EQ(c.s().my_primary(), b);
  EXPECT_EQ(c.facts(c.me()).shard_id, ShardOf("b"));
  EXPECT_TRUE(c.s().slots.importing().empty());
  ASSERT_EQ(c.All<Replicate>().size(), 1u);
  EXPECT_EQ(c.All<Replicate>()[0].primary, b);
  EXPECT_TRUE(c.All<Replicate>()[0].full_sync);
  EXPECT_EQ(c.s().todo & (todo::kSave | todo::kUpdateState), todo::kSave | todo::kUpdateState);
  // Once more is no change; another primary is, even with data.
  c.ClearEffects();
  EXPECT_EQ(Say(&c, {"REPLICATE", Id("b")}), "+OK");
  EXPECT_TRUE(c.effects().empty());
  const NodeKey d = c.AddPrimary("d", {{10, 19}});
  c.s().data.has_keys = true;
  EXPECT_EQ(Say(&c, {"REPLICATE", Id("d")}), "+OK");
  EXPECT_EQ(c.s().my_primary(), d);
}

TEST(ReplicateTest, NoOne) {
  Cluster c;
  EXPECT_EQ(Say(&c, {"REPLICATE", "NO", "ONE"}), "+OK");
  EXPECT_TRUE(c.effects().empty());
  const NodeKey b = c.AddPrimary("b", {{0, 9}});
  c.MakeMeReplicaOf(b);
  EXPECT_EQ(Say(&c, {"replicate", "no", "one"}), "+OK");
  EXPECT_TRUE(c.s().i_am_primary());
  EXPECT_FALSE(c.s().my_primary().valid());
  EXPECT_FALSE(c.facts(c.me()).shard_id == ShardOf("b"));
  EXPECT_EQ(c.All<FlushData>().size(), 1u);
  ASSERT_EQ(c.All<Replicate>().size(), 1u);
  EXPECT_FALSE(c.All<Replicate>()[0].primary.valid());
  c.EndBatch();
  EXPECT_EQ(c.SentTo(b, MessageType::kPong).size(), 1u);
}

TEST(FailoverTest, Errors) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{0, 9}});
  EXPECT_EQ(Say(&c, {"FAILOVER"}), "-ERR You should send CLUSTER FAILOVER to a replica");
  EXPECT_EQ(Say(&c, {"FAILOVER", "nicely"}), "-ERR syntax error");
  c.MakeMeReplicaOf(b);
  const std::string down = "-ERR Master is down or failed, please use CLUSTER FAILOVER FORCE";
  c.Unlink(b);
  EXPECT_EQ(Say(&c, {"FAILOVER"}), down);
  c.Link(b);
  c.peers().SetFlags(b, flag::kFail);
  EXPECT_EQ(Say(&c, {"FAILOVER"}), down);
  c.peers().ClearFlags(b, flag::kFail);
  EXPECT_FALSE(c.HasEvent(EventType::kManualFailoverStarted));
  c.peers().EditFacts(c.me(), [](PeerFacts* facts) { facts->replicaof = kNoKey; });
  EXPECT_EQ(Say(&c, {"FAILOVER"}), "-ERR I'm a replica but my master is unknown to me");
}

TEST(FailoverTest, Modes) {
  for (const auto& [words, mode] : std::vector<std::pair<Words, ManualFailoverMode>>{
           {{"FAILOVER"}, ManualFailoverMode::kDefault},
           {{"FAILOVER", "force"}, ManualFailoverMode::kForce},
           {{"failover", "TAKEOVER"}, ManualFailoverMode::kTakeover}}) {
    Cluster c;
    const NodeKey b = c.AddPrimary("b", {{0, 9}}, 3);
    c.MakeMeReplicaOf(b);
    EXPECT_EQ(Say(&c, words), "+OK");
    const std::vector<Event> started = c.Events(EventType::kManualFailoverStarted);
    ASSERT_EQ(started.size(), 1u);
    EXPECT_EQ(started[0].value, static_cast<int64_t>(mode));
    EXPECT_EQ(c.SentTo(b, MessageType::kMfStart).size(),
              mode == ManualFailoverMode::kDefault ? 1u : 0u);
    EXPECT_EQ(c.s().i_am_primary(), mode == ManualFailoverMode::kTakeover);
  }
}

TEST(ResetTest, ErrorsAndForms) {
  Cluster c;
  c.AddPrimary("b", {{0, 9}}, 5);
  c.GiveSlots(c.me(), {{10, 19}});
  EXPECT_EQ(Say(&c, {"RESET", "medium"}), "-ERR syntax error");
  c.s().data.has_keys = true;
  EXPECT_EQ(Say(&c, {"RESET"}),
            "-ERR CLUSTER RESET can't be called with master nodes containing keys");
  EXPECT_EQ(c.peers().size(), 2u);
  c.s().data.has_keys = false;
  EXPECT_EQ(Say(&c, {"reset", "soft"}), "+OK");
  EXPECT_EQ(c.peers().size(), 1u);
  EXPECT_EQ(c.s().slots.assigned(), 0u);
  EXPECT_EQ(c.peers().name(c.me()), NameOf("m"));
  EXPECT_EQ(c.s().current_epoch.value, 5u);
  EXPECT_EQ(Say(&c, {"RESET", "HARD"}), "+OK");
  EXPECT_FALSE(c.peers().name(c.me()) == NameOf("m"));
  EXPECT_EQ(c.s().current_epoch.value, 0u);
  c.EndBatch();
  ASSERT_EQ(c.All<Persist>().size(), 1u);
  EXPECT_TRUE(c.All<Persist>()[0].fsync);
}

TEST(ResetTest, AReplicaDropsItsData) {
  Cluster c;
  c.MakeMeReplicaOf(c.AddPrimary("b", {{0, 9}}));
  c.s().data.has_keys = true;
  EXPECT_EQ(Say(&c, {"RESET"}), "+OK");
  EXPECT_TRUE(c.s().i_am_primary());
  EXPECT_EQ(c.All<FlushData>().size(), 1u);
}

// ---- Epochs ----

TEST(EpochCommandTest, Bump) {
  Cluster c;
  c.AddPrimary("b", {}, 7);
  EXPECT_EQ(Say(&c, {"BUMPEPOCH"}), "+BUMPED 8");
  EXPECT_EQ(Say(&c, {"BUMPEPOCH"}), "+STILL 8");
  EXPECT_EQ(c.s().todo & todo::kSaveFsync, todo::kSaveFsync);
}

TEST(EpochCommandTest, SetConfigEpoch) {
  Cluster c;
  ExpectAll(&c, {{{"SET-CONFIG-EPOCH", "x"}, "-ERR value is not an integer or out of range"},
                 {{"SET-CONFIG-EPOCH", "-1"}, "-ERR Invalid config epoch specified: -1"},
                 {{"SET-CONFIG-EPOCH", "4"}, "+OK"},
                 {{"SET-CONFIG-EPOCH", "5"}, "-ERR Node config epoch is already non-zero"}});
  EXPECT_EQ(c.facts(c.me()).config_epoch.value, 4u);
  EXPECT_EQ(c.s().current_epoch.value, 4u);
  c.AddPrimary("b");
  EXPECT_EQ(
      Say(&c, {"SET-CONFIG-EPOCH", "5"}),
      "-ERR The user can assign a config epoch only when the node does not know any other node.");
}

// ---- Slots ----

TEST(SlotCommandTest, AddAndDelete) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{5, 5}});
  c.s().slots.importing()[7] = b;
  const std::string bad = "-ERR Invalid or out of range slot";
  ExpectAll(&c, {{{"ADDSLOTS", "x"}, bad},
                 {{"ADDSLOTS", "16384"}, bad},
                 {{"ADDSLOTS", "5", "-1"}, bad},  // words are read before owners are asked
                 {{"ADDSLOTS", "1", "5"}, "-ERR Slot 5 is already busy"},
                 {{"ADDSLOTS", "1", "1"}, "-ERR Slot 1 specified multiple times"},
                 {{"DELSLOTS", "5", "1"}, "-ERR Slot 1 is already unassigned"},
                 {{"DELSLOTS", "5", "5"}, "-ERR Slot 5 specified multiple times"}});
  EXPECT_EQ(c.s().slots.assigned(), 1u);  // all or nothing
  EXPECT_TRUE(c.effects().empty());
  EXPECT_EQ(Say(&c, {"ADDSLOTS", "1", "7"}), "+OK");
  EXPECT_EQ(c.s().slots.owner(7), c.me());
  EXPECT_EQ(c.peers().slot_count(c.me()), 2u);
  EXPECT_TRUE(c.s().slots.importing().empty());
  const std::vector<Event> changed = c.Events(EventType::kSlotsChanged);
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0].subject, c.me());
  EXPECT_EQ(changed[0].value, 2);
  EXPECT_EQ(Say(&c, {"DELSLOTS", "1", "5"}), "+OK");  // 5 is another's in my table
  EXPECT_EQ(c.s().slots.assigned(), 1u);
  EXPECT_EQ(c.peers().slot_count(b), 0u);
  c.EndBatch();
  ASSERT_EQ(c.All<Persist>().size(), 1u);
  EXPECT_FALSE(c.All<Persist>()[0].fsync);
}

TEST(SlotCommandTest, Ranges) {
  Cluster c;
  c.AddPrimary("b", {{50, 50}});
  ExpectAll(&c, {{{"ADDSLOTSRANGE", "0"},
                  "-ERR wrong number of arguments for 'cluster|addslotsrange' command"},
                 {{"addslotsrange", "0", "1", "2"},
                  "-ERR wrong number of arguments for 'cluster|addslotsrange' command"},
                 {{"ADDSLOTSRANGE", "9", "8"},
                  "-ERR start slot number 9 is greater than end slot number 8"},
                 {{"ADDSLOTSRANGE", "0", "99999"}, "-ERR Invalid or out of range slot"},
                 {{"ADDSLOTSRANGE", "0", "99"}, "-ERR Slot 50 is already busy"},
                 {{"ADDSLOTSRANGE", "0", "9", "9", "12"}, "-ERR Slot 9 specified multiple times"},
                 {{"ADDSLOTSRANGE", "0", "9", "16383", "16383"}, "+OK"},
                 {{"DELSLOTSRANGE", "8", "11"}, "-ERR Slot 10 is already unassigned"},
                 {{"DELSLOTSRANGE", "8", "9", "50", "50"}, "+OK"}});
  EXPECT_EQ(c.facts(c.me()).slots->set(), SlotsOf({{0, 7}, {16383, 16383}}));
  EXPECT_EQ(c.s().slots.assigned(), 9u);
}

TEST(SlotCommandTest, FlushSlots) {
  Cluster c;
  c.AddPrimary("b", {{5, 5}});
  c.GiveSlots(c.me(), {{10, 19}});
  c.s().data.has_keys = true;
  EXPECT_EQ(Say(&c, {"FLUSHSLOTS"}), "-ERR DB must be empty to perform CLUSTER FLUSHSLOTS.");
  c.s().data.has_keys = false;
  EXPECT_EQ(Say(&c, {"FLUSHSLOTS"}), "+OK");
  EXPECT_EQ(c.s().slots.assigned(), 1u);
  EXPECT_EQ(c.peers().slot_count(c.me()), 0u);
}

// ---- SETSLOT ----

TEST(SetSlotTest, Errors) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{0, 9}});
  c.AddReplica("r", b);
  c.GiveSlots(c.me(), {{10, 19}});
  const std::string form =
      "-ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP";
  ExpectAll(
      &c, {{{"SETSLOT", "x", "STABLE"}, "-ERR Invalid or out of range slot"},
           {{"SETSLOT", "0", "OPEN"}, form},
           {{"SETSLOT", "0", "MIGRATING"}, form},
           {{"SETSLOT", "0", "NODE"}, form},
           {{"SETSLOT", "0", "MIGRATING", Id("b")}, "-ERR I'm not the owner of hash slot 0"},
           {{"SETSLOT", "10", "MIGRATING", "zz"}, "-ERR I don't know about node zz"},
           {{"SETSLOT", "10", "MIGRATING", Id("m")}, "-ERR Target node is myself"},
           {{"SETSLOT", "10", "MIGRATING", Id("r")}, "-ERR Target node is not a master"},
           {{"SETSLOT", "10", "IMPORTING", Id("b")}, "-ERR I'm already the owner of hash slot 10"},
           {{"SETSLOT", "0", "IMPORTING", "zz"}, "-ERR I don't know about node zz"},
           {{"SETSLOT", "0", "IMPORTING", Id("m")}, "-ERR Target node is myself"},
           {{"SETSLOT", "0", "NODE", "zz"}, "-ERR Unknown node zz"},
           {{"SETSLOT", "0", "NODE", Id("r")}, "-ERR Target node is not a master"},
           {{"SETSLOT", "0", "STABLE", "TIMEOUT"}, "-ERR Missing timeout value"},
           {{"SETSLOT", "0", "STABLE", "TIMEOUT", "x"},
            "-ERR timeout is not an integer or out of range"},
           {{"SETSLOT", "0", "STABLE", "TIMEOUT", "-1"}, "-ERR timeout is negative"},
           {{"SETSLOT", "0", "STABLE", "SOON"}, "-ERR syntax error"}});
  EXPECT_EQ(Say(&c, {"SETSLOT", "10", "NODE", Id("b")}, {{10, 1}}),
            "-ERR Can't assign hashslot 10 to a different node while I still hold keys for this "
            "hash slot.");
  EXPECT_EQ(c.s().todo, 0u);
  EXPECT_TRUE(c.s().slots.migrating().empty());
  c.MakeMeReplicaOf(b);
  EXPECT_EQ(Say(&c, {"SETSLOT", "0", "STABLE"}), "-ERR Please use SETSLOT only with masters.");
}

TEST(SetSlotTest, OpensAndCloses) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{0, 9}});
  c.GiveSlots(c.me(), {{10, 19}});
  EXPECT_EQ(Say(&c, {"SETSLOT", "10", "migrating", Id("b"), "TIMEOUT", "0"}), "+OK");
  EXPECT_EQ(Say(&c, {"SETSLOT", "0", "IMPORTING", Id("b")}), "+OK");
  EXPECT_EQ(c.s().slots.migrating().at(10), b);
  EXPECT_EQ(c.s().slots.importing().at(0), b);
  EXPECT_EQ(c.s().todo, todo::kSave | todo::kUpdateState);
  EXPECT_EQ(Say(&c, {"SETSLOT", "10", "STABLE"}), "+OK");
  EXPECT_EQ(Say(&c, {"SETSLOT", "0", "STABLE"}), "+OK");
  EXPECT_TRUE(c.s().slots.migrating().empty());
  EXPECT_TRUE(c.s().slots.importing().empty());
}

TEST(SetSlotTest, TargetTakesTheSlotWithANewEpoch) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{0, 9}}, 7);
  c.s().slots.importing()[3] = b;
  EXPECT_EQ(Say(&c, {"SETSLOT", "3", "NODE", Id("m")}, {{3, 12}}), "+OK");
  EXPECT_EQ(c.s().slots.owner(3), c.me());
  EXPECT_EQ(c.peers().slot_count(b), 9u);
  EXPECT_TRUE(c.s().slots.importing().empty());
  EXPECT_EQ(c.facts(c.me()).config_epoch.value, 8u);
  c.EndBatch();
  EXPECT_EQ(c.SentTo(b, MessageType::kPong).size(), 1u);
  // Without an import it is only a change of my table.
  EXPECT_EQ(Say(&c, {"SETSLOT", "4", "NODE", Id("m")}), "+OK");
  EXPECT_EQ(c.facts(c.me()).config_epoch.value, 8u);
}

TEST(SetSlotTest, SourceGivesTheSlotAway) {
  Cluster c;
  const NodeKey b = c.AddPrimary("b", {{0, 9}}, 7);
  c.GiveSlots(c.me(), {{10, 11}});
  c.s().slots.migrating()[10] = b;
  EXPECT_EQ(Say(&c, {"SETSLOT", "10", "NODE", Id("b")}), "+OK");
  EXPECT_EQ(c.s().slots.owner(10), b);
  EXPECT_TRUE(c.s().slots.migrating().empty());
  EXPECT_TRUE(c.s().i_am_primary());
  ASSERT_EQ(c.Events(EventType::kSlotsChanged).size(), 1u);
  EXPECT_EQ(c.Events(EventType::kSlotsChanged)[0].subject, b);
}

TEST(SetSlotTest, TheLastSlotMakesAReplica) {
  for (const bool allowed : {true, false}) {
    Cluster c;
    const NodeKey b = c.AddPrimary("b", {{0, 9}}, 7);
    c.GiveSlots(c.me(), {{10, 10}});
    c.s().options.allow_replica_migration = allowed;
    EXPECT_EQ(Say(&c, {"SETSLOT", "10", "NODE", Id("b")}), "+OK");
    EXPECT_EQ(c.s().i_am_replica(), allowed);
    EXPECT_EQ(c.s().my_primary(), allowed ? b : kNoKey);
  }
}

}  // namespace
}  // namespace gossamer
