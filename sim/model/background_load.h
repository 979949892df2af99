// BackgroundLoad: what else runs on the cores of the nodes' machines, and how long a core is taken
// by it.
//
// Each core is taken in bursts with idle stretches between them, both exponentially distributed and
// independent of the nodes' own work. A burst is as long as a turn of another server's event loop,
// kBurst on average: a node that wakes preempts what runs longer, but waits for another one that
// has just woken. It is never preempted itself. SOURCE: crons of measured servers drift 0.6 ms each
// on a machine that is three quarters busy, 0.5 ms of them from whole milliseconds of epoll_wait.
// Thread safety: none.
#ifndef GOSSAMER_SIM_MODEL_BACKGROUND_LOAD_H_
#define GOSSAMER_SIM_MODEL_BACKGROUND_LOAD_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/time.h"
#include "sim/scenario/scenario.h"

namespace gossamer::sim {

class BackgroundLoad {
 public:
  static constexpr Duration kBurst = Micros(300);

  // No load.
  BackgroundLoad() = default;
  // `share`: of each core's time, below 1 000 000.
  BackgroundLoad(uint64_t seed, Ppm share, size_t cores);

  // When the burst that takes `core` at `now` ends; `now` if there is none. Times must not fall
  // from call to call.
  Instant FreeAt(size_t core, Instant now);

 private:
  struct Core {
    Instant begin;  // of the last burst that was drawn
    Instant end;
    uint64_t draws = 0;
  };

  int64_t Exponential(size_t core, int64_t mean_us);

  uint64_t seed_ = 0;
  int64_t idle_us_ = 0;  // mean
  std::vector<Core> cores_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_MODEL_BACKGROUND_LOAD_H_
