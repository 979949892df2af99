// Lives beside the loader's tests, as the loader is the first user of the table.
#include "core/cluster/config_options.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace gossamer {
namespace {

TEST(ConfigOptionsTest, NamesAreSortedAndFound) {
  const auto infos = OptionInfos();
  EXPECT_TRUE(std::is_sorted(infos.begin(), infos.end(),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));
  for (const OptionInfo& info : infos) EXPECT_EQ(FindOption(info.name), &info) << info.name;
  EXPECT_EQ(FindOption("cluster-nodes-timeout"), nullptr);
}

TEST(ConfigOptionsTest, EveryDefaultReadsBackToItself) {
  const ClusterOptions defaults;
  for (const OptionInfo& info : OptionInfos()) {
    ClusterOptions options;
    std::string error;
    const std::string text = OptionText(info.name, defaults);
    EXPECT_TRUE(ApplyOption(info.name, text, &options, &error)) << error;
    EXPECT_EQ(OptionText(info.name, options), text) << info.name;
  }
}

struct Good {
  std::string_view name;
  std::string_view text;
  std::string_view back;
};

TEST(ConfigOptionsTest, TakesValkeysNotation) {
  constexpr Good kRows[] = {
      {"cluster-node-timeout", "5000", "5000"},
      {"cluster-ping-interval", "0", "0"},
      {"cluster-election-delay", "100", "100"},
      {"cluster-message-gossip-perc", "100", "100"},
      {"cluster-replica-validity-factor", "0", "0"},
      {"cluster-migration-barrier", "2", "2"},
      {"cluster-allow-replica-migration", "NO", "no"},
      {"cluster-require-full-coverage", "no", "no"},
      {"cluster-replica-no-failover", "yes", "yes"},
      {"cluster-allow-reads-when-down", "yes", "yes"},
      {"cluster-allow-pubsubshard-when-down", "no", "no"},
      {"cluster-link-sendbuf-limit", "64mb", "67108864"},
      {"cluster-link-sendbuf-limit", "2k", "2000"},
      {"cluster-blacklist-ttl", "10", "10"},
      {"cluster-manual-failover-timeout", "1", "1"},
      {"cluster-announce-ip", "10.0.0.1", "10.0.0.1"},
      {"cluster-announce-client-ipv6", "fe80::1%eth0", "fe80::1%eth0"},
      {"cluster-announce-hostname", "node-1.example.com", "node-1.example.com"},
      {"cluster-announce-human-nodename", "rack_3", "rack_3"},
      {"cluster-announce-port", "7000", "7000"},
      {"cluster-announce-bus-port", "17000", "17000"},
      {"cluster-preferred-endpoint-type", "Unknown-Endpoint", "unknown-endpoint"},
      {"availability-zone", "eu-1a", "eu-1a"},
      {"repl-ping-replica-period", "3", "3"},
      {"max-nodes", "100", "100"},
      {"tls-cluster", "yes", "yes"}};
  for (const Good& row : kRows) {
    ClusterOptions options;
    std::string error;
    ASSERT_TRUE(ApplyOption(row.name, row.text, &options, &error)) << error;
    EXPECT_EQ(OptionText(row.name, options), row.back) << row.name;
  }
}

TEST(ConfigOptionsTest, ReachesTheField) {
  ClusterOptions options;
  std::string error;
  ASSERT_TRUE(ApplyOption("cluster-node-timeout", "5000", &options, &error));
  ASSERT_TRUE(ApplyOption("cluster-blacklist-ttl", "7", &options, &error));
  ASSERT_TRUE(ApplyOption("cluster-preferred-endpoint-type", "hostname", &options, &error));
  EXPECT_EQ(options.node_timeout, Seconds(5));
  EXPECT_EQ(options.blacklist_ttl, Seconds(7));
  EXPECT_EQ(options.preferred_endpoint_type, EndpointType::kHostname);
}

TEST(ConfigOptionsTest, PortZeroKeepsTheHostsPort) {
  ClusterOptions options;
  options.port = 7001;
  std::string error;
  ASSERT_TRUE(ApplyOption("cluster-announce-port", "0", &options, &error));
  EXPECT_EQ(options.port, 7001);
}

struct Bad {
  std::string_view name;
  std::string_view text;
  std::string_view error;
};

TEST(ConfigOptionsTest, RefusesAndLeavesTheOptionsAlone) {
  constexpr Bad kRows[] = {
      {"cluster-node-timeout", "0", "out of range, expected 1 to 2147483647 milliseconds"},
      {"cluster-node-timeout", "2147483648", "out of range"},
      {"cluster-node-timeout", "15s", "not a whole number"},
      {"cluster-node-timeout", "-1", "not a whole number"},
      {"cluster-node-timeout", "", "not a whole number"},
      {"cluster-node-timeot", "1", "nearest is 'cluster-node-timeout'"},
      {"zzz", "1", "unknown option 'zzz'"},
      {"cluster-message-gossip-perc", "0", "expected 1 to 100"},
      {"cluster-message-gossip-perc", "101", "expected 1 to 100"},
      {"cluster-manual-failover-timeout", "0", "out of range"},
      {"cluster-announce-port", "65536", "out of range"},
      {"cluster-require-full-coverage", "true", "expected yes or no"},
      {"cluster-link-sendbuf-limit", "64mib", "expected bytes"},
      {"cluster-link-sendbuf-limit", "9223372036854775807gb", "expected bytes"},
      {"cluster-preferred-endpoint-type", "name", "expected one of: ip hostname"},
      {"cluster-announce-hostname", "a b", "not allowed"},
      {"cluster-announce-hostname", "a_b", "not allowed"},
      {"cluster-announce-ip", "10.0.0.1,x", "not allowed"},
      {"max-nodes", "65535", "out of range"}};
  for (const Bad& row : kRows) {
    ClusterOptions options;
    std::string error;
    EXPECT_FALSE(ApplyOption(row.name, row.text, &options, &error)) << row.name;
    EXPECT_NE(error.find(row.error), std::string::npos) << error;
    EXPECT_EQ(options.node_timeout, Seconds(15));
  }
}

TEST(ConfigOptionsTest, LongTextsAreRefused) {
  ClusterOptions options;
  std::string error;
  EXPECT_TRUE(ApplyOption("cluster-announce-hostname", std::string(255, 'a'), &options, &error));
  EXPECT_FALSE(ApplyOption("cluster-announce-hostname", std::string(256, 'a'), &options, &error));
  EXPECT_FALSE(ApplyOption("cluster-announce-ip", std::string(46, '1'), &options, &error));
}

}  // namespace
}  // namespace gossamer
