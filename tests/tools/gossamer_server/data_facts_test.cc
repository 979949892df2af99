#include "tools/gossamer_server/data_facts.h"

#include "gtest/gtest.h"

namespace gossamer::server {
namespace {

TEST(DataFactsTest, WhoPretendsIsFreshAndNotEmpty) {
  const Now now{.mono = Instant{123'000'000}, .wall = {}};
  const DataFacts nothing = Pretended({}, now);
  EXPECT_EQ(nothing.repl_offset, 1);
  EXPECT_EQ(nothing.data_fresh, now.mono);
  DataFacts counted;
  counted.repl_offset = 500;
  counted.link_up = true;
  EXPECT_EQ(Pretended(counted, now).repl_offset, 500);
  EXPECT_TRUE(Pretended(counted, now).link_up);
}

}  // namespace
}  // namespace gossamer::server
