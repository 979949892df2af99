#include "core/cluster/failure_reports.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "core/base/rng.h"

namespace gossamer {
namespace {

constexpr int64_t kValidity = 30'000;  // 2 T at the default T
constexpr NodeKey kSuspect{5};
constexpr NodeKey kOther{6};

NodeKey Reporter(int i) { return NodeKey{static_cast<uint16_t>(100 + i)}; }

FailureReports Seconds9(int64_t validity = kValidity) { return FailureReports(true, validity); }
FailureReports Millis8(int64_t validity = kValidity) { return FailureReports(false, validity); }

// How long a report made at `made` counts.
int64_t LifeOf(FailureReports reports, int64_t made) {
  reports.Add(kSuspect, Reporter(0), made);
  int64_t age = 0;
  while (reports.Count(kSuspect, made + age) > 0) ++age;
  return age;
}

TEST(FailureReportsTest, CountsReportersNotReports) {
  FailureReports reports = Seconds9();
  EXPECT_EQ(reports.Count(kSuspect, 1000), 0u);
  reports.Add(kSuspect, Reporter(0), 1000);
  reports.Add(kSuspect, Reporter(1), 1500);
  reports.Add(kSuspect, Reporter(0), 4000);
  EXPECT_EQ(reports.Count(kSuspect, 4000), 2u);
  EXPECT_EQ(reports.Count(kOther, 4000), 0u);
  reports.CheckInvariants();
}

TEST(FailureReportsTest, WithdrawnReportsDoNotCount) {
  FailureReports reports = Seconds9();
  reports.Add(kSuspect, Reporter(0), 1000);
  EXPECT_TRUE(reports.Remove(kSuspect, Reporter(0)));
  EXPECT_FALSE(reports.Remove(kSuspect, Reporter(0)));
  EXPECT_FALSE(reports.Remove(kSuspect, Reporter(9)));
  EXPECT_FALSE(reports.Remove(kOther, Reporter(0)));
  EXPECT_EQ(reports.Count(kSuspect, 1000), 0u);
  EXPECT_FALSE(reports.MayHave(kSuspect));
  reports.CheckInvariants();
}

TEST(FailureReportsTest, SecondBucketsRoundUp) {
  // Made just before and just at a full second: both count until 2 T after the next full one.
  EXPECT_EQ(LifeOf(Seconds9(), 100'999), kValidity + 1);
  EXPECT_EQ(LifeOf(Seconds9(), 101'000), kValidity + 1000);
  EXPECT_EQ(LifeOf(Seconds9(), 101'400), kValidity + 600);
}

TEST(FailureReportsTest, RefreshInTheSameSecondChangesNothing) {
  FailureReports reports = Seconds9();
  reports.Add(kSuspect, Reporter(0), 100'000);
  reports.Add(kSuspect, Reporter(0), 100'999);
  EXPECT_EQ(reports.Count(kSuspect, 130'999), 1u);
  EXPECT_EQ(reports.Count(kSuspect, 131'000), 0u);
}

TEST(FailureReportsTest, RefreshInALaterSecondProlongs) {
  FailureReports reports = Seconds9();
  reports.Add(kSuspect, Reporter(0), 100'000);
  reports.Add(kSuspect, Reporter(0), 101'000);
  EXPECT_EQ(reports.Count(kSuspect, 131'999), 1u);
  EXPECT_EQ(reports.Count(kSuspect, 132'000), 0u);
}

TEST(FailureReportsTest, MillisLiveAtLeastTheValidityAndAtMostAHalfPercentMore) {
  for (const int64_t validity : {200, 2000, 10'000, 30'000}) {
    for (int64_t made = 5'000'000; made < 5'004'000; made += 777) {
      const int64_t life = LifeOf(Millis8(validity), made);
      EXPECT_GT(life, validity) << validity << " at " << made;
      EXPECT_LE(life, validity + std::max<int64_t>(1, validity / 250))
          << validity << " at " << made;
    }
  }
}

TEST(FailureReportsTest, LongValiditiesHaveLongerUnits) {
  // 255 stamps of one second do not cover 2 T = 20 minutes: the unit is then 4.8 s.
  const int64_t life = LifeOf(Seconds9(1'200'000), 7'000'000);
  EXPECT_GT(life, 1'200'000);
  EXPECT_LE(life, 1'200'000 + 4'800);
}

TEST(FailureReportsTest, DropSuspectForgetsAllReportsAboutIt) {
  FailureReports reports = Seconds9();
  for (int i = 0; i < 5; ++i) {
    reports.Add(kSuspect, Reporter(i), 1000);
    reports.Add(kOther, Reporter(i), 1000);
  }
  reports.DropSuspect(kSuspect);
  reports.DropSuspect(kSuspect);
  EXPECT_EQ(reports.Count(kSuspect, 1000), 0u);
  EXPECT_EQ(reports.Count(kOther, 1000), 5u);
  reports.CheckInvariants();
}

TEST(FailureReportsTest, DropReporterForgetsAllReportsByIt) {
  FailureReports reports = Seconds9();
  reports.Add(kSuspect, Reporter(0), 1000);
  reports.Add(kOther, Reporter(0), 1000);
  reports.Add(kOther, Reporter(1), 1000);
  reports.DropReporter(Reporter(0));
  reports.DropReporter(Reporter(7));
  EXPECT_FALSE(reports.MayHave(kSuspect));
  EXPECT_EQ(reports.Count(kOther, 1000), 1u);
  reports.CheckInvariants();
}

TEST(FailureReportsTest, ReporterAndSuspectPlacesAreUsedAgainClean) {
  FailureReports reports = Seconds9();
  reports.Add(kOther, Reporter(200), 1000);
  for (int i = 0; i < 100; ++i) {
    reports.Add(kSuspect, Reporter(i), 1000);
    reports.DropReporter(Reporter(i));
    EXPECT_EQ(reports.Count(kSuspect, 1000), 0u);
    reports.Add(kSuspect, Reporter(i), 1000);
    reports.DropSuspect(kSuspect);
    EXPECT_EQ(reports.Count(kSuspect, 1000), 0u);
  }
  EXPECT_EQ(reports.Count(kOther, 1000), 1u);
  reports.CheckInvariants();
}

TEST(FailureReportsTest, ReportersAreVisitedByRisingKey) {
  FailureReports reports = Seconds9();
  for (const int i : {4, 1, 3}) reports.Add(kSuspect, Reporter(i), 1000);
  std::vector<uint16_t> seen;
  reports.ForEachReporter(kSuspect, 1000,
                          [&seen](NodeKey reporter) { seen.push_back(reporter.value); });
  EXPECT_EQ(seen, (std::vector<uint16_t>{101, 103, 104}));
  seen.clear();
  reports.ForEachReporter(kSuspect, 100'000,
                          [&seen](NodeKey reporter) { seen.push_back(reporter.value); });
  EXPECT_TRUE(seen.empty());
}

TEST(FailureReportsTest, ANewValidityDropsWhatThereIs) {
  FailureReports reports = Seconds9();
  reports.Add(kSuspect, Reporter(0), 1000);
  reports.SetValidity(kValidity);
  EXPECT_EQ(reports.Count(kSuspect, 1000), 1u) << "the same validity changes nothing";
  reports.SetValidity(10'000);
  EXPECT_FALSE(reports.MayHave(kSuspect));
  reports.CheckInvariants();
}

// The unit changes with the validity, and with it the number of the last unit that expired.
TEST(FailureReportsTest, ReportsExpireAfterTheValidityWasRaised) {
  FailureReports reports = Millis8(2000);
  reports.Add(kSuspect, Reporter(0), 1'000'000);
  EXPECT_EQ(reports.Count(kSuspect, 1'010'000), 0u);
  reports.SetValidity(kValidity);
  reports.Add(kSuspect, Reporter(0), 1'010'000);
  EXPECT_EQ(reports.Count(kSuspect, 1'040'000), 1u);
  EXPECT_EQ(reports.Count(kSuspect, 1'040'200), 0u);
  reports.CheckInvariants();
}

TEST(FailureReportsTest, LongSilencesExpireEverything) {
  for (const int64_t gap : {31'000ll, 255'000ll, 256'000ll, 3'600'000ll, 86'400'000ll}) {
    const int64_t made = 10'000'000 + gap;
    FailureReports fresh = Seconds9();
    fresh.Add(kSuspect, Reporter(0), made);
    EXPECT_EQ(fresh.Count(kSuspect, made + gap), 0u) << gap;
    fresh.CheckInvariants();
  }
}

// A storm holds a byte a report, and gives the memory back when it is over.
TEST(FailureReportsTest, AReportIsOneByte) {
  FailureReports reports = Seconds9();
  constexpr int kNodes = 500;
  const size_t before = reports.memory_bytes();
  for (int s = 0; s < kNodes; ++s) {
    for (int r = 0; r < kNodes; ++r) {
      reports.Add(NodeKey{static_cast<uint16_t>(s)}, NodeKey{static_cast<uint16_t>(r)}, 1000);
    }
  }
  const size_t table = size_t{kNodes} * kNodes;
  EXPECT_GE(reports.memory_bytes() - before, table);
  EXPECT_LE(reports.memory_bytes() - before, 2 * table + 64 * kNodes);
  EXPECT_EQ(reports.Count(NodeKey{7}, 1000), 500u);
  EXPECT_EQ(reports.Count(NodeKey{7}, 100'000), 0u);
  EXPECT_LE(reports.memory_bytes() - before, size_t{16} * kNodes);
  reports.CheckInvariants();
}

// Random operations against a plain map.
class FailureReportsModel {
 public:
  FailureReportsModel(int64_t unit, int64_t validity) : unit_(unit), validity_(validity) {}
  void Add(NodeKey s, NodeKey r, int64_t now) { reports_[{s.value, r.value}] = now / unit_ + 1; }
  bool Remove(NodeKey s, NodeKey r, int64_t now) {
    const bool live = Live(s, r, now);
    reports_.erase({s.value, r.value});
    return live;
  }
  bool Live(NodeKey s, NodeKey r, int64_t now) const {
    const auto at = reports_.find({s.value, r.value});
    return at != reports_.end() && at->second > (now - validity_) / unit_;
  }
  uint32_t Count(NodeKey s, int64_t now) const {
    uint32_t count = 0;
    for (const auto& [pair, unit] : reports_) {
      if (pair.first == s.value && Live(s, NodeKey{pair.second}, now)) ++count;
    }
    return count;
  }
  void DropSuspect(NodeKey s) {
    std::erase_if(reports_, [s](const auto& entry) { return entry.first.first == s.value; });
  }
  void DropReporter(NodeKey r) {
    std::erase_if(reports_, [r](const auto& entry) { return entry.first.second == r.value; });
  }

 private:
  int64_t unit_;
  int64_t validity_;
  std::map<std::pair<uint16_t, uint16_t>, int64_t> reports_;
};

void CompareWithModel(FailureReports reports, FailureReportsModel model, uint64_t seed) {
  Rng rng(seed);
  int64_t now = 1'000'000;
  for (int step = 0; step < 4'000; ++step) {
    now += static_cast<int64_t>(rng.Below(rng.Chance(1, 200) ? 400'000 : 400));
    const NodeKey suspect{static_cast<uint16_t>(rng.Below(6))};
    const NodeKey reporter{static_cast<uint16_t>(rng.Below(20))};
    switch (rng.Below(40)) {
      case 0:
        reports.DropSuspect(suspect);
        model.DropSuspect(suspect);
        break;
      case 1:
        reports.DropReporter(reporter);
        model.DropReporter(reporter);
        break;
      case 2:
      case 3:
      case 4:
        // A report that has expired may still be there to withdraw.
        if (!model.Live(suspect, reporter, now)) {
          reports.Remove(suspect, reporter);
          model.Remove(suspect, reporter, now);
        } else {
          ASSERT_TRUE(reports.Remove(suspect, reporter));
          ASSERT_TRUE(model.Remove(suspect, reporter, now));
        }
        break;
      default:
        reports.Add(suspect, reporter, now);
        model.Add(suspect, reporter, now);
    }
    ASSERT_EQ(reports.Count(suspect, now), model.Count(suspect, now)) << "step " << step;
    if (step % 500 == 0) reports.CheckInvariants();
  }
}

TEST(FailureReportsTest, AgreesWithAPlainMapOfSeconds) {
  CompareWithModel(Seconds9(), FailureReportsModel(1000, kValidity), 1);
  CompareWithModel(Seconds9(2000), FailureReportsModel(1000, 2000), 2);
}

TEST(FailureReportsTest, AgreesWithAPlainMapOfShortUnits) {
  CompareWithModel(Millis8(), FailureReportsModel(120, kValidity), 3);
  CompareWithModel(Millis8(1000), FailureReportsModel(4, 1000), 4);
}

TEST(FailureReportsTest, WorksForSixtyDays) {
  FailureReports reports = Seconds9();
  for (int64_t now = 0; now < 60ll * 86'400'000; now += 3'600'000) {
    EXPECT_EQ(reports.Count(kSuspect, now), 0u);
    reports.Add(kSuspect, Reporter(0), now);
    reports.Add(kSuspect, Reporter(1), now + 5000);
    EXPECT_EQ(reports.Count(kSuspect, now + 29'999), 2u);
    EXPECT_EQ(reports.Count(kSuspect, now + 32'000), 1u);
  }
  reports.CheckInvariants();
}

}  // namespace
}  // namespace gossamer
