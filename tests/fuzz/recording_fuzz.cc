// Any bytes as a recording: refused with a message, or a recording whose parts agree in number.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

#include "core/base/check.h"
#include "sim/record/comparer.h"
#include "sim/record/recording.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using gossamer::sim::Recording;
  std::istringstream stream(std::string(reinterpret_cast<const char*>(data), size));
  const absl::StatusOr<Recording> recording = gossamer::sim::ReadRecording(&stream);
  if (!recording.ok()) {
    GOSSAMER_CHECK(!recording.status().message().empty());
    return 0;
  }
  gossamer::sim::Comparer comparer(&*recording, nullptr);
  for (int64_t i = 0; i < 64; ++i) {
    comparer.OnRecord({gossamer::sim::TraceTag::kEvent, gossamer::Instant{i * 500}, 1, 2});
  }
  comparer.Finish();
  if (comparer.difference() && comparer.difference()->recorded) {
    GOSSAMER_CHECK(!DescribeRecord(*comparer.difference()->recorded).empty());
  }
  return 0;
}
