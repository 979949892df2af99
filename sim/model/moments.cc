#include "sim/model/moments.h"

#include <map>
#include <string>

#include "core/base/rng.h"

namespace gossamer::sim {

std::vector<Instant> DrawMoments(const std::vector<TimelineItem>& timeline, uint64_t seed) {
  std::vector<Instant> moments;
  moments.reserve(timeline.size());
  std::map<std::string, uint64_t> drawn;  // items so far, by stream
  for (const TimelineItem& item : timeline) {
    Instant moment = Instant{} + item.at;
    if (item.spread.us > 0) {
      const std::string stream =
          "moment " + std::to_string(item.at.us) + " " + std::to_string(item.spread.us);
      Rng rng(seed, stream, drawn[stream]++);
      moment = moment + Micros(rng.Between(0, item.spread.us));
    }
    moments.push_back(moment);
  }
  return moments;
}

}  // namespace gossamer::sim
