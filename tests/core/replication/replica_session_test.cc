#include "core/replication/replica_session.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace gossamer {
namespace {

const std::string kId(40, 'a');
const std::string kMark = "0123456789012345678901234567890123456789";

// Everything up to the answer to PSYNC.
constexpr char kGreeting[] = "+PONG\r\n+OK\r\n-ERR unknown\r\n\n\n";

struct Talk {
  explicit Talk(ReplicaSession::Options options = {}) : session(options) {}
  bool Say(std::string_view bytes, size_t piece = 1000) {
    for (size_t at = 0; at < bytes.size(); at += piece) {
      if (!session.Feed(bytes.substr(at, piece), &out, &error)) return false;
    }
    return true;
  }
  ReplicaSession session;
  std::string out;
  std::string error;
};

TEST(ReplicaSession, AFullSyncInPiecesOfAnySize) {
  for (const size_t piece : {1, 3, 17, 1000}) {
    Talk talk({.listening_port = 7000});
    EXPECT_EQ(talk.session.Hello(), "*1\r\n$4\r\nPING\r\n");
    ASSERT_TRUE(talk.Say(kGreeting, piece)) << talk.error;
    EXPECT_EQ(talk.out,
              "*3\r\n$8\r\nREPLCONF\r\n$14\r\nlistening-port\r\n$4\r\n7000\r\n"
              "*5\r\n$8\r\nREPLCONF\r\n$4\r\ncapa\r\n$3\r\neof\r\n$4\r\ncapa\r\n$6\r\npsync2\r\n"
              "*3\r\n$5\r\nPSYNC\r\n$1\r\n?\r\n$2\r\n-1\r\n");
    ASSERT_TRUE(talk.Say("+FULLRESYNC " + kId + " 100\r\n\n", piece));
    EXPECT_TRUE(talk.session.receiving_payload());
    talk.out.clear();
    ASSERT_TRUE(talk.Say("$5\r\nREDIS", piece));
    EXPECT_TRUE(talk.session.streaming());
    ASSERT_TRUE(
        talk.Say("*1\r\n$4\r\nPING\r\n*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n", piece));
    EXPECT_EQ(talk.session.position().id, kId);
    EXPECT_EQ(talk.session.position().offset, 100 + 14 + 37);
    EXPECT_EQ(talk.out,
              "*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$3\r\n100\r\n"
              "*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$3\r\n151\r\n");
  }
}

TEST(ReplicaSession, AMarkEndsAPayloadOfUnknownLength) {
  for (const size_t piece : {1, 7, 39, 40, 41, 1000}) {
    Talk talk;
    ASSERT_TRUE(talk.Say(std::string(kGreeting) + "+FULLRESYNC " + kId + " 0\r\n$EOF:" + kMark +
                             "\r\n" + kMark.substr(0, 39) + "REDIS0010" + kMark,
                         piece));
    EXPECT_TRUE(talk.session.streaming()) << piece;
  }
}

TEST(ReplicaSession, GoesOnWhereItWas) {
  Talk talk({.position = {kId, 41}});
  ASSERT_TRUE(talk.Say(kGreeting));
  EXPECT_NE(talk.out.find("PSYNC\r\n$40\r\n" + kId + "\r\n$2\r\n42\r\n"), std::string::npos);
  ASSERT_TRUE(talk.Say("+CONTINUE " + std::string(40, 'b') + "\r\n*1\r\n$4\r\nPING\r\n"));
  EXPECT_TRUE(talk.session.streaming());
  EXPECT_EQ(talk.session.position().id, std::string(40, 'b'));
  EXPECT_EQ(talk.session.position().offset, 41 + 14);
}

TEST(ReplicaSession, Authenticates) {
  Talk talk({.user = "", .password = "secret"});
  ASSERT_TRUE(talk.Say("-NOAUTH Authentication required.\r\n"));
  EXPECT_EQ(talk.out, "*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n");
  EXPECT_FALSE(talk.Say("-WRONGPASS no\r\n"));
  EXPECT_NE(talk.error.find("AUTH"), std::string::npos);
}

TEST(ReplicaSession, WhatMakesNoSenseEndsIt) {
  const std::string full = "+FULLRESYNC " + kId + " 1\r\n";
  for (const std::string& bytes :
       {std::string("-ERR go away\r\n"), std::string(5000, 'x'),
        kGreeting + std::string("+FULLRESYNC x 1\r\n"),
        kGreeting + std::string("+FULLRESYNC " + kId + "\r\n"),
        kGreeting + std::string("+FULLRESYNC " + kId + " -1\r\n"),
        kGreeting + std::string("+CONTINUE\r\n"), kGreeting + std::string("-NOMASTERLINK\r\n"),
        kGreeting + full + "$-1\r\n", kGreeting + full + "$EOF:short\r\n",
        kGreeting + full + "+OK\r\n", kGreeting + full + "$1\r\nR*1\r\n!"}) {
    Talk talk;
    EXPECT_FALSE(talk.Say(bytes)) << bytes.substr(0, 60);
    EXPECT_FALSE(talk.error.empty());
  }
}

}  // namespace
}  // namespace gossamer
