// The replica's end of a replication connection: any bytes, in pieces, end in an error or a state
// that is the same for every way of cutting them.
//
// A payload that ends with a mark is the exception: the protocol lets nothing follow the mark
// before the replica has answered, so cuts there are part of what is said.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/check.h"
#include "core/replication/replica_session.h"

namespace gossamer {
namespace {

struct Outcome {
  bool ok = true;
  bool streaming = false;
  int64_t offset = 0;
  std::string out;
};

Outcome Run(std::string_view bytes, size_t piece) {
  ReplicaSession session({.listening_port = 7000, .position = {std::string(40, 'a'), 10}});
  Outcome outcome;
  std::string error;
  while (!bytes.empty() && outcome.ok) {
    outcome.ok = session.Feed(bytes.substr(0, piece), &outcome.out, &error);
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  GOSSAMER_CHECK(outcome.ok == error.empty());
  outcome.streaming = session.streaming();
  outcome.offset = session.position().offset;
  return outcome;
}

}  // namespace
}  // namespace gossamer

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const gossamer::Outcome whole = gossamer::Run(bytes, bytes.size() + 1);
  const gossamer::Outcome pieces = gossamer::Run(bytes, size_t{data[0]} + 1);
  if (bytes.find("$EOF:") != std::string_view::npos || !whole.ok) return 0;
  GOSSAMER_CHECK(pieces.ok && whole.streaming == pieces.streaming);
  GOSSAMER_CHECK(whole.offset == pieces.offset);
  return 0;
}
