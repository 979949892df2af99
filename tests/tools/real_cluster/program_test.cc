#include "tools/real_cluster/program.h"

#include "gtest/gtest.h"

namespace gossamer::real {
namespace {

TEST(Program, IsKnownByWhatItSaysOfItself) {
  const auto redis =
      ProgramOf("/usr/bin/redis-server", "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc\n");
  ASSERT_TRUE(redis.has_value());
  EXPECT_EQ(redis->Text(), "redis-server 7.0.15");
  EXPECT_EQ(redis->NearestRules(), "valkey-8.0");
  EXPECT_EQ(redis->LogLevel(), "debug");
  EXPECT_FALSE(redis->Format().aux_fields);

  const auto valkey = ProgramOf("v", "Valkey server v=9.1.0 sha=00000000:0\n");
  ASSERT_TRUE(valkey.has_value());
  EXPECT_EQ(valkey->Text(), "valkey-server 9.1.0");
  EXPECT_EQ(valkey->NearestRules(), "valkey-9.1");
  EXPECT_TRUE(valkey->Format().availability_zone);

  const auto older = ProgramOf("v", "Valkey server v=9.0.4 sha=00000000:0\n");
  ASSERT_TRUE(older.has_value());
  EXPECT_EQ(older->NearestRules(), "valkey-9.0");
  EXPECT_TRUE(older->Format().client_ports);
  EXPECT_FALSE(older->Format().availability_zone);

  const auto ours = ProgramOf("g", "gossamer-server 0.1.0\n");
  ASSERT_TRUE(ours.has_value());
  EXPECT_TRUE(ours->ours());
  EXPECT_EQ(ours->Text(), "gossamer-server 0.1.0");

  EXPECT_FALSE(ProgramOf("ls", "ls (GNU coreutils) 9.1\n").has_value());
}

TEST(Program, OneThatIsNotThereIsNamed) {
  std::string error;
  EXPECT_FALSE(FindPrograms("no-such-server", &error).has_value());
  EXPECT_EQ(error, "no program 'no-such-server', neither beside this one nor in PATH");
  EXPECT_FALSE(FindPrograms("/bin/true", &error).has_value());
  EXPECT_NE(error.find("expected redis-server, valkey-server or gossamer-server"),
            std::string::npos)
      << error;
  EXPECT_FALSE(FindPrograms(",", &error).has_value());
}

}  // namespace
}  // namespace gossamer::real
