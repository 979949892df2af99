#include "core/bus/message.h"

#include <string_view>
#include <utility>

#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/bus/layout.h"
#include "core/bus/message_pool.h"

namespace gossamer {
namespace {

// Adds up what the extensions of one block come to on the wire.
class ExtensionTotals {
 public:
  void Text(uint16_t type, const std::string& text) {
    if (text.empty()) return;
    One(text.size() + 1);
    Hash(type, HashText(text));
  }
  void Port(uint16_t type, uint16_t port) {
    if (port == 0) return;
    One(layout::extension::kPortPayload);
    Hash(type, port);
  }
  void Id(uint16_t type, std::string_view id, uint64_t more, size_t payload) {
    One(payload);
    Hash(type, CombineHash(HashText(id), more));
  }
  void Unknown(const UnknownExtension& extension) {
    One(extension.payload.size());
    Hash(extension.type, HashText(extension.payload, 1));
  }

  size_t count() const { return count_; }
  uint64_t length() const { return length_; }
  uint64_t hash() const { return hash_; }

 private:
  void One(size_t payload) {
    ++count_;
    length_ += layout::extension::kPayload + layout::extension::Padded(payload);
  }
  void Hash(uint16_t type, uint64_t content) {
    hash_ = CombineHash(hash_, content + (uint64_t{type} << 48));
  }

  size_t count_ = 0;
  uint64_t length_ = 0;
  uint64_t hash_ = 0;
};

// An absent block says the same as one without extensions.
bool SameExtensions(const ExtensionsRef& a, const ExtensionsRef& b) {
  if (a == b) return true;
  if (!a || !b) return (a ? a : b)->count() == 0;
  return a->get() == b->get();
}

}  // namespace

SharedExtensions::SharedExtensions(Extensions value) : value_(std::move(value)) {
  using namespace layout::extension;  // NOLINT(google-build-using-namespace): names of one table
  ExtensionTotals totals;
  totals.Text(kHostname, value_.hostname);
  totals.Text(kHumanNodename, value_.human_nodename);
  totals.Text(kClientIpv4, value_.client_ipv4);
  totals.Text(kClientIpv6, value_.client_ipv6);
  totals.Port(kClientPort, value_.client_port);
  totals.Port(kClientTlsPort, value_.client_tls_port);
  totals.Text(kAvailabilityZone, value_.availability_zone);
  for (const UnknownExtension& extension : value_.unknown) totals.Unknown(extension);
  for (const ForgottenNode& forgotten : value_.forgotten) {
    totals.Id(kForgottenNode, forgotten.node.view(), forgotten.ttl_s, kForgottenNodePayload);
  }
  if (value_.shard_id) totals.Id(kShardId, value_.shard_id->view(), 0, kShardIdPayload);
  GOSSAMER_CHECK(totals.count() <= UINT16_MAX && totals.length() <= UINT32_MAX);
  count_ = static_cast<uint16_t>(totals.count());
  encoded_length_ = static_cast<uint32_t>(totals.length());
  hash_ = totals.hash();
}

bool operator==(const Heartbeat& a, const Heartbeat& b) {
  return a.gossip == b.gossip && a.pings == b.pings && a.endpoints == b.endpoints &&
         a.gossip_valid == b.gossip_valid && SameExtensions(a.extensions, b.extensions);
}

void Message::Unref() const {
  if (--refs_ == 0) pool_->Free(const_cast<Message*>(this));
}

bool SameContent(const Message& a, const Message& b) {
  return a.type == b.type && a.light == b.light && (a.light || a.header == b.header) &&
         a.body == b.body;
}

}  // namespace gossamer
