#include "tools/gossamer_sim/run_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <thread>
#include <utility>

#include "sim/report/run_recorder.h"
#include "tools/gossamer_sim/build_info.h"

namespace gossamer::tool {
namespace {

using Clock = std::chrono::steady_clock;

volatile std::sig_atomic_t interrupted = 0;

void OnSignal(int /*signal*/) { interrupted = 1; }

// The highest resident set of the process so far; 0 where /proc does not tell.
uint64_t PeakResidentBytes() {
  std::FILE* file = std::fopen("/proc/self/status", "r");
  if (file == nullptr) return 0;
  char line[256];
  unsigned long kib = 0;  // NOLINT(google-runtime-int): what scanf reads
  while (std::fgets(line, sizeof(line), file) != nullptr) {
    if (std::sscanf(line, "VmHWM: %lu kB", &kib) == 1) break;
  }
  std::fclose(file);
  return static_cast<uint64_t>(kib) * 1024;
}

class ProgressObserver : public sim::Observer {
 public:
  explicit ProgressObserver(Progress* progress) : progress_(progress) {}
  void OnSecond(Instant at) override {
    if (progress_ != nullptr) progress_->Advance((at - last_).us);
    last_ = at;
  }
  Instant last() const { return last_; }

 private:
  Progress* progress_;
  Instant last_;
};

class Pool {
 public:
  Pool(const std::vector<RunRequest>& requests, Progress* progress, RunListener* listener)
      : requests_(requests), progress_(progress), listener_(listener), outcomes_(requests.size()) {}

  std::vector<RunOutcome> Run(size_t jobs) {
    jobs = std::min(jobs, requests_.size());
    running_ = jobs;
    std::vector<std::thread> workers;
    for (size_t i = 0; i < jobs; ++i) workers.emplace_back([this] { Work(); });
    Watch();
    for (std::thread& worker : workers) worker.join();
    if (progress_ != nullptr) progress_->Clear();
    return std::move(outcomes_);
  }

 private:
  void Watch() {
    std::unique_lock<std::mutex> lock(mutex_);
    bool told = false;
    while (running_ > 0) {
      ended_.wait_for(lock, std::chrono::milliseconds(200));
      if (interrupted != 0 && !told) {
        told = true;
        for (sim::World* world : worlds_) world->Interrupt();
      }
      if (progress_ != nullptr) progress_->Show();
    }
  }

  void Work() {
    for (;;) {
      const size_t index = next_++;
      if (index >= requests_.size() || interrupted != 0) break;
      RunOutcome& outcome = outcomes_[index];
      if (!Wanted(index)) continue;
      try {
        outcome = RunOne(requests_[index]);
      } catch (const std::bad_alloc&) {
        outcome.code = ExitCode::kEnvironment;
        outcome.error = "out of memory; fewer --jobs need less";
      } catch (const std::exception& error) {
        outcome.code = ExitCode::kInternal;
        outcome.error = error.what();
      }
      if (listener_ == nullptr) continue;
      const std::lock_guard<std::mutex> lock(listener_mutex_);
      listener_->OnDone(index, &outcome);
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    --running_;
    ended_.notify_one();
  }

  bool Wanted(size_t index) {
    if (listener_ == nullptr) return true;
    const std::lock_guard<std::mutex> lock(listener_mutex_);
    if (listener_->Wanted(index)) return true;
    outcomes_[index].code = ExitCode::kPass;
    if (progress_ != nullptr) progress_->Finish(requests_[index].scenario->duration.us);
    return false;
  }

  RunOutcome RunOne(const RunRequest& request) {
    const auto start = Clock::now();
    sim::RunRecorder recorder;
    ProgressObserver progress(progress_);
    std::vector<sim::Observer*> observers = recorder.observers();
    observers.push_back(&progress);
    observers.insert(observers.end(), request.extras.begin(), request.extras.end());
    sim::RunResult result;
    {
      sim::World world(*request.scenario, request.options, std::move(observers));
      Enter(&world);
      result = world.Run();
      Leave(&world);
    }
    sim::RunEnvironment environment;
    environment.version = Version();
    environment.build = BuildId();
    environment.scenario_hash = request.scenario_hash;
    environment.wall_us = static_cast<uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count());
    environment.peak_rss_bytes = PeakResidentBytes();
    if (progress_ != nullptr) {
      progress_->Finish((request.scenario->duration - (progress.last() - Instant{})).us);
    }
    RunOutcome outcome;
    outcome.report = std::make_unique<sim::RunReport>(
        recorder.Finish(*request.scenario, request.options, result, environment));
    outcome.code = CodeOf(*outcome.report);
    return outcome;
  }

  void Enter(sim::World* world) {
    const std::lock_guard<std::mutex> lock(mutex_);
    worlds_.push_back(world);
    if (interrupted != 0) world->Interrupt();
  }
  void Leave(sim::World* world) {
    const std::lock_guard<std::mutex> lock(mutex_);
    worlds_.erase(std::find(worlds_.begin(), worlds_.end(), world));
  }

  const std::vector<RunRequest>& requests_;
  Progress* progress_;
  RunListener* listener_;
  std::mutex listener_mutex_;
  std::vector<RunOutcome> outcomes_;  // each written by one worker
  std::atomic<size_t> next_{0};
  std::mutex mutex_;
  std::condition_variable ended_;
  size_t running_ = 0;               // guarded by mutex_
  std::vector<sim::World*> worlds_;  // guarded by mutex_
};

}  // namespace

void CatchInterrupts() {
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  // The second signal finds the default action: whoever insists is obeyed.
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool Interrupted() { return interrupted != 0; }

ExitCode CodeOf(const sim::RunReport& report) {
  if (report.result.end == sim::RunEnd::kInterrupted) return ExitCode::kInterrupted;
  switch (report.verdict) {
    case sim::Verdict::kPass:
      return ExitCode::kPass;
    case sim::Verdict::kFail:
      return ExitCode::kFinding;
    case sim::Verdict::kInconclusive:
      break;
  }
  return ExitCode::kInconclusive;
}

std::vector<RunOutcome> RunAll(const std::vector<RunRequest>& requests, size_t jobs,
                               Progress* progress, RunListener* listener) {
  return Pool(requests, progress, listener).Run(jobs);
}

}  // namespace gossamer::tool
