#include "tools/gossamer_server/server_config.h"

#include <string>

#include "gtest/gtest.h"

namespace gossamer::server {
namespace {

TEST(ServerConfig, ReadsAFileOfRealDirectives) {
  ServerConfig config;
  std::string error;
  ASSERT_TRUE(
      ApplyConfigText("# a comment\n\nport 7000\n  bind 127.0.0.1 -::1\nCluster-Enabled yes\n"
                      "cluster-node-timeout 5000\ndir \"/tmp/a b\"\nsave 60 1000\n"
                      "loglevel verbose\ncluster-announce-hostname 'n0.example'\n",
                      "x.conf", &config, &error))
      << error;
  ASSERT_TRUE(FinishConfig(&config, &error));
  EXPECT_EQ(config.port, 7000);
  EXPECT_EQ(config.actual_bus_port(), 17000);
  EXPECT_EQ(config.cluster.cport, 17000);
  EXPECT_EQ(config.bind, (std::vector<std::string>{"127.0.0.1", "::1"}));
  EXPECT_EQ(config.cluster.node_timeout, Seconds(5));
  EXPECT_EQ(config.directory, "/tmp/a b");
  EXPECT_EQ(config.log_level, LogLevel::kVerbose);
  EXPECT_EQ(config.cluster.announce_hostname, "n0.example");
  EXPECT_EQ(config.ignored, std::vector<std::string>{"save"});
}

TEST(ServerConfig, ErrorsNameTheLineAndTheNearestWord) {
  const auto error_of = [](std::string_view text) {
    ServerConfig config;
    std::string error;
    EXPECT_FALSE(ApplyConfigText(text, "x.conf", &config, &error));
    return error;
  };
  EXPECT_EQ(error_of("port 7000\ncluster-node-timeot 5\n"),
            "x.conf:2: unknown directive 'cluster-node-timeot', nearest is 'cluster-node-timeout'");
  EXPECT_EQ(error_of("port 70000\n"), "x.conf:1: argument must be between 0 and 65535 inclusive");
  EXPECT_EQ(error_of("\n\ndir \"a\n"), "x.conf:3: unbalanced quotes");
  EXPECT_EQ(error_of("port\n"), "x.conf:1: 'port' has a wrong number of arguments");
  EXPECT_NE(error_of("cluster-enabled no\n").find("must be yes"), std::string::npos);
  EXPECT_NE(error_of("gossamer-rules valkey-7\n").find("valkey-9.1"), std::string::npos);
}

TEST(ServerConfig, AHighPortNeedsABusPort) {
  ServerConfig config;
  config.port = 60000;
  std::string error;
  EXPECT_FALSE(FinishConfig(&config, &error));
  EXPECT_NE(error.find("cluster-port"), std::string::npos);
  config.bus_port = 61000;
  EXPECT_TRUE(FinishConfig(&config, &error));
  EXPECT_EQ(config.cluster.cport, 61000);
}

TEST(ServerConfig, EveryDirectiveCanBeShown) {
  const ServerConfig config;
  for (const std::string& name : DirectiveNames()) {
    std::string text;
    EXPECT_TRUE(DirectiveText(name, config, &text)) << name;
  }
}

}  // namespace
}  // namespace gossamer::server
