// Rerun: carries out a recorded run again, with a look at what happens around one record.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SIM_RERUN_H_
#define GOSSAMER_TOOLS_GOSSAMER_SIM_RERUN_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <ostream>
#include <streambuf>
#include <string>
#include <vector>

#include "sim/engine/trace.h"
#include "sim/model/world.h"
#include "sim/record/recording.h"
#include "sim/report/event_writer.h"
#include "sim/scenario/scenario.h"

namespace gossamer::tool {

// The core's events of a run as JSON lines, the last few before a moment and the first few after
// it.
class Witness {
 public:
  static constexpr size_t kBefore = 4;
  static constexpr size_t kAfter = 10;

  // `enough` is called when all lines after the moment are there.
  explicit Witness(std::function<void()> enough);

  sim::Observer* observer() { return &writer_; }
  // This is the moment.
  void Mark() { marked_ = true; }
  const std::deque<std::string>& before() const { return before_; }
  const std::vector<std::string>& after() const { return after_; }

 private:
  // A stream that hands over what is written to it line by line.
  class Lines : public std::streambuf {
   public:
    explicit Lines(Witness* owner) : owner_(owner) {}

   protected:
    std::streamsize xsputn(const char* text, std::streamsize size) override;
    int_type overflow(int_type c) override { return c; }

   private:
    Witness* owner_;
  };
  void Take(std::string line);

  std::function<void()> enough_;
  bool marked_ = false;
  std::deque<std::string> before_;
  std::vector<std::string> after_;
  Lines lines_{this};
  std::ostream stream_{&lines_};
  sim::EventWriter writer_{&stream_};
};

// The scenario of a recorded run; nothing, and diagnostics on stderr, when this program does not
// take it.
std::optional<sim::Scenario> ScenarioOf(const sim::RecordedRun& run);

// The run's options, completed from its scenario.
sim::RunOptions OptionsOf(const sim::RecordedRun& run, const sim::Scenario& scenario);

// What a recording says of its run, for a header line: "seed 42, rules gossamer, build a1b2c3d".
std::string DescribeRun(const sim::RecordedRun& run);

// Opens and reads a recording; nothing, and a line on stderr, when it is none. `quiet`: no line.
std::optional<sim::Recording> ReadRecordingFile(const std::string& path, bool quiet);

// Prints the lines of a witness, indented.
void PrintWitness(const Witness& witness);

}  // namespace gossamer::tool

#endif  // GOSSAMER_TOOLS_GOSSAMER_SIM_RERUN_H_
