// A replica whose primary fails: what the tests of elections share.
#ifndef GOSSAMER_TESTS_CORE_CLUSTER_ELECTION_FIXTURE_H_
#define GOSSAMER_TESTS_CORE_CLUSTER_ELECTION_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/cluster/consistency.h"
#include "core/cluster/election.h"
#include "tests/core/cluster/cluster_fixture.h"

namespace gossamer {

// "gossamer" with the best-ranked fast path off, so that delays can be seen.
inline ClusterSetup Slow(std::string_view rules = "gossamer") {
  ClusterSetup setup;
  setup.rules = RulesNamed(rules);
  setup.rules.best_ranked_starts_at_once = false;
  return setup;
}

inline ClusterSetup WithTimeout(ClusterSetup setup, Duration timeout) {
  setup.options.node_timeout = timeout;
  return setup;
}

// I am "m", a replica of "a"; "b" and "d" vote as well.
struct Replica {
  explicit Replica(const ClusterSetup& setup = Slow()) : c(setup) {
    a = c.AddPrimary("a", {{0, 5460}}, 1);
    b = c.AddPrimary("b", {{5461, 10922}}, 2);
    d = c.AddPrimary("d", {{10923, 16383}}, 3);
    c.MakeMeReplicaOf(a);
    c.ClearEffects();
  }
  ~Replica() { EXPECT_EQ(CheckConsistency(c.s()), ""); }

  void Fail(NodeKey node) {
    c.peers().SetFlags(node, flag::kFail);
    c.peers().SetMoment(node, Moment::kFail, c.ms());
    if (node == c.s().my_primary() && c.s().rules.my_primary_fail_flag) {
      c.peers().SetFlags(c.me(), flag::kMyPrimaryFail);
    }
  }
  void Step() {
    Turn t = c.turn();
    ElectionStep(t);
  }
  void StepAt(Duration after) {
    c.Advance(after);
    Step();
  }
  // The delay of the last scheduled election, or -1.
  int64_t Delay() {
    const std::vector<Event> scheduled = c.Events(EventType::kElectionScheduled);
    return scheduled.empty() ? -1 : scheduled.back().value;
  }
  int Requests() { return static_cast<int>(c.Events(EventType::kElectionStarted).size()); }
  Election& election() { return c.s().election; }
  // Fails my primary and goes on until votes are asked for.
  void Start() {
    Fail(a);
    Step();
    c.Advance(Millis(election().auth_time - c.ms()));
    Step();
    EXPECT_EQ(Requests(), 1);
  }

  Cluster c;
  NodeKey a, b, d;
};

}  // namespace gossamer

#endif  // GOSSAMER_TESTS_CORE_CLUSTER_ELECTION_FIXTURE_H_
