#include "core/bus/message.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "core/bus/message_pool.h"
#include "tests/core/bus/sample_messages.h"

namespace gossamer {
namespace {

using testing::SampleExtensions;
using testing::SampleHost;
using testing::Shared;

TEST(SharedExtensionsTest, CountsWhatGoesOnTheWire) {
  struct Row {
    const char* name;
    std::function<void(Extensions*)> fill;
    uint16_t count;
    uint32_t length;
  };
  const Row rows[] = {
      {"nothing", [](Extensions*) {}, 0, 0},
      {"seven characters and NUL", [](Extensions* e) { e->hostname = "1234567"; }, 1, 16},
      {"eight characters and NUL", [](Extensions* e) { e->hostname = "12345678"; }, 1, 24},
      {"human name", [](Extensions* e) { e->human_nodename = "x"; }, 1, 16},
      {"ipv4", [](Extensions* e) { e->client_ipv4 = "10.1.2.3"; }, 1, 24},
      {"ipv6", [](Extensions* e) { e->client_ipv6 = "fd00::5"; }, 1, 16},
      {"ports", [](Extensions* e) { e->client_port = e->client_tls_port = 1; }, 2, 32},
      {"zone", [](Extensions* e) { e->availability_zone = "z"; }, 1, 16},
      {"forgotten", [](Extensions* e) { e->forgotten.resize(3); }, 3, 168},
      {"shard", [](Extensions* e) { e->shard_id.emplace(); }, 1, 48},
      {"unknown",
       [](Extensions* e) {
         e->unknown = {{9, ""}, {9, "12345678"}};
       },
       2, 24},
      {"unknown is padded",
       [](Extensions* e) {
         e->unknown = {{9, "1"}};
       },
       1, 16},
  };
  for (const Row& row : rows) {
    Extensions extensions;
    row.fill(&extensions);
    const ExtensionsRef shared = Shared(extensions);
    EXPECT_EQ(shared->count(), row.count) << row.name;
    EXPECT_EQ(shared->encoded_length(), row.length) << row.name;
    EXPECT_EQ(shared->get(), extensions) << row.name;
    EXPECT_EQ(shared->hash() == 0, row.count == 0) << row.name;
  }
}

TEST(SharedExtensionsTest, HashDependsOnTheContentAlone) {
  EXPECT_EQ(Shared(SampleExtensions())->hash(), Shared(SampleExtensions())->hash());
  Extensions a;
  a.hostname = "x";
  Extensions b;
  b.human_nodename = "x";
  EXPECT_NE(Shared(a)->hash(), Shared(b)->hash());
}

TEST(HeartbeatTest, ComparesExtensionsByContent) {
  Heartbeat a;
  Heartbeat b;
  a.extensions = Shared(SampleExtensions());
  EXPECT_FALSE(a == b);
  b.extensions = Shared(SampleExtensions());
  EXPECT_EQ(a, b);
  b.extensions = Shared({});
  EXPECT_FALSE(a == b);
  a.extensions = nullptr;
  EXPECT_EQ(a, b) << "an empty block says nothing";
}

TEST(MessageTest, SameContentSeesEveryPart) {
  SampleHost host;
  const MessageRef base = host.pool().Seal(host.Make(MessageType::kPing));
  const MessageRef same = host.pool().Seal(host.Make(MessageType::kPing));
  EXPECT_TRUE(SameContent(*base, *same));
  EXPECT_FALSE(SameContent(*base, *host.pool().Seal(host.Make(MessageType::kPong))));
  Message* other_header = host.Make(MessageType::kPing);
  other_header->header.state = 0;
  EXPECT_FALSE(SameContent(*base, *host.pool().Seal(other_header)));
  Message* other_body = host.Make(MessageType::kPing);
  std::get<Heartbeat>(other_body->body).gossip[0].flags = 0;
  EXPECT_FALSE(SameContent(*base, *host.pool().Seal(other_body)));
}

TEST(MessageTest, LightAndNormalDiffer) {
  SampleHost host;
  Message* normal = host.pool().Make(MessageType::kPublish);
  const MessageRef a = host.pool().Seal(normal);
  const MessageRef b = host.pool().Seal(host.pool().MakeLight(MessageType::kPublish));
  EXPECT_FALSE(SameContent(*a, *b));
  EXPECT_NE(a->content_hash, b->content_hash);
}

}  // namespace
}  // namespace gossamer
