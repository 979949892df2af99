#include "sim/model/cpu_costs.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace gossamer::sim {
namespace {

// A file in which the n-th cost is n.
std::string Counting() {
  std::string csv = "# a comment\ncost,value,unit,low,high,how\n";
  int value = 0;
  for (const CpuCostRow& row : CpuCostRows()) {
    csv += std::string(row.name) + "," + std::to_string(++value) + "," + std::string(row.unit) +
           ",1,2,measured, somehow\n";
  }
  return csv;
}

std::string Replaced(std::string text, std::string_view what, std::string_view with) {
  return text.replace(text.find(what), what.size(), with);
}

TEST(CpuCosts, EachRowIsAFieldOfItsOwn) {
  const std::optional<CpuCosts> costs = ParseCpuCosts(Counting());
  ASSERT_TRUE(costs.has_value());
  int64_t value = 0;
  for (const CpuCostRow& row : CpuCostRows()) EXPECT_EQ((*costs).*row.field, ++value) << row.name;
  EXPECT_EQ(costs->byte_pico, 4);
  EXPECT_EQ(sizeof(CpuCosts), CpuCostRows().size() * sizeof(int64_t)) << "a cost without a row";
}

TEST(CpuCosts, RefusesWhatIsNotAsDescribed) {
  const std::string good = Counting();
  EXPECT_FALSE(ParseCpuCosts("").has_value());
  EXPECT_FALSE(ParseCpuCosts(Replaced(good, "value", "worth")).has_value());
  EXPECT_FALSE(ParseCpuCosts(Replaced(good, "turn,1,ns", "turn,1,us")).has_value());
  EXPECT_FALSE(ParseCpuCosts(Replaced(good, "turn,1,", "turn,,")).has_value());
  EXPECT_FALSE(ParseCpuCosts(Replaced(good, "turn,1,", "turn,-1,")).has_value());
  EXPECT_FALSE(ParseCpuCosts(Replaced(good, "turn,1,", "turn,1x,")).has_value());
  EXPECT_FALSE(ParseCpuCosts(Replaced(good, "receive", "send")).has_value());
  EXPECT_FALSE(ParseCpuCosts(good + "turn,1,ns,,,again\n").has_value());
}

TEST(CpuCosts, EveryPresetIsFoundByName) {
  for (const std::string_view name : CpuPresetNames()) {
    const std::optional<CpuCosts> costs = FindCpuCosts(name);
    ASSERT_TRUE(costs.has_value()) << name;
    EXPECT_EQ(costs->send > 0, name != "none") << name;
  }
  EXPECT_FALSE(FindCpuCosts("z80").has_value());
}

}  // namespace
}  // namespace gossamer::sim
