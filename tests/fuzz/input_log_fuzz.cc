// Logs of inputs: whatever the bytes, a replay or an error.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/check.h"
#include "tools/input_log/input_replay.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string error;
  const auto node = gossamer::ReplayNode(
      {}, std::string_view(reinterpret_cast<const char*>(data), size), {}, &error);
  GOSSAMER_CHECK(node.has_value() == error.empty());
  return 0;
}
