// SampleSeries: samples over virtual time in a bounded number of steps.
//
// A step is a second at first. Beyond kMaxSteps of them, every two neighbours become one, so all
// steps of a series are equally long; the last one may be incomplete. Thread safety: none.
#ifndef GOSSAMER_SIM_REPORT_SAMPLE_SERIES_H_
#define GOSSAMER_SIM_REPORT_SAMPLE_SERIES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gossamer::sim {

// `Sample` is empty by default and has Merge(const Sample&), which takes in a later one.
template <class Sample>
class SampleSeries {
 public:
  static constexpr size_t kMaxSteps = 600;

  // What belongs to the second that begins `second` seconds after the start.
  void Add(uint64_t second, const Sample& sample) {
    while (second / step_seconds_ >= kMaxSteps) Halve();
    const auto step = static_cast<size_t>(second / step_seconds_);
    if (steps_.size() <= step) steps_.resize(step + 1);
    steps_[step].Merge(sample);
  }

  uint32_t step_seconds() const { return step_seconds_; }
  const std::vector<Sample>& steps() const { return steps_; }
  bool empty() const { return steps_.empty(); }

 private:
  void Halve() {
    for (size_t i = 1; i < steps_.size(); ++i) {
      if (i % 2 == 0) steps_[i / 2] = {};
      steps_[i / 2].Merge(steps_[i]);
    }
    steps_.resize((steps_.size() + 1) / 2);
    step_seconds_ *= 2;
  }

  uint32_t step_seconds_ = 1;
  std::vector<Sample> steps_;
};

}  // namespace gossamer::sim

#endif  // GOSSAMER_SIM_REPORT_SAMPLE_SERIES_H_
