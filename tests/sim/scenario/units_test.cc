#include "sim/scenario/units.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace gossamer::sim {
namespace {

struct GoodDuration {
  std::string_view text;
  int64_t us;
};

TEST(UnitsTest, DurationsTakeEveryUnitAndTheirSums) {
  constexpr GoodDuration kRows[] = {{"300us", 300},
                                    {"200ms", 200'000},
                                    {"15s", 15'000'000},
                                    {"1m30s", 90'000'000},
                                    {"2h", 7'200'000'000},
                                    {"1d", 86'400'000'000},
                                    {"0s", 0},
                                    {"1.5s", 1'500'000},
                                    {"0.25ms", 250},
                                    {"15 s", 15'000'000},
                                    {"1.000000s", 1'000'000},
                                    {"1h1m1s1ms1us", 3'661'001'001},
                                    {"1000d", 86'400'000'000'000}};
  for (const GoodDuration& row : kRows) {
    const Parsed<Duration> parsed = ParseDuration(row.text);
    ASSERT_TRUE(parsed.ok()) << row.text << ": " << parsed.error().message;
    EXPECT_EQ(parsed.value().us, row.us) << row.text;
  }
}

struct BadText {
  std::string_view text;
  std::string_view message;
  std::string_view help;
};

TEST(UnitsTest, DurationsSayWhatIsWrong) {
  constexpr BadText kRows[] = {{"15", "has no unit", "15s"},
                               {"0", "has no unit", "0s"},
                               {"15sec", "unknown unit 'sec'", "write 15s"},
                               {"2min", "unknown unit 'min'", "write 2m"},
                               {"5x", "unknown unit 'x'", "us, ms, s, m, h or d"},
                               {"-5s", "negative", ""},
                               {"+5s", "not a duration", "such as 15s"},
                               {"", "not a duration", "such as 15s"},
                               {"s", "not a duration", ""},
                               {".5s", "not a duration", ""},
                               {"5.s", "unknown unit '.s'", ""},
                               {"015s", "leading zero", "without the zero"},
                               {"00s", "leading zero", ""},
                               {"30s1m", "out of order", "largest comes first"},
                               {"1s1s", "out of order", ""},
                               {"0.5us", "whole number of microseconds", ""},
                               {"1.0000001s", "whole number of microseconds", ""},
                               {"1001d", "1000 days", ""},
                               {"99999999999999999999s", "1000 days", ""},
                               {"9223372036854775807us", "1000 days", ""},
                               {"1:30", "unknown unit", ""},
                               {"1e3s", "unknown unit 'e'", ""},
                               {"15s ", "unknown unit 's '", ""}};
  for (const BadText& row : kRows) {
    const Parsed<Duration> parsed = ParseDuration(row.text);
    ASSERT_FALSE(parsed.ok()) << row.text;
    EXPECT_NE(parsed.error().message.find(row.message), std::string::npos)
        << row.text << ": " << parsed.error().message;
    EXPECT_NE(parsed.error().help.find(row.help), std::string::npos)
        << row.text << ": " << parsed.error().help;
  }
}

TEST(UnitsTest, OffsetsHaveASign) {
  EXPECT_EQ(ParseOffset("-2s").value(), Seconds(-2));
  EXPECT_EQ(ParseOffset("+500ms").value(), Millis(500));
  EXPECT_EQ(ParseOffset("1s").value(), Seconds(1));
  EXPECT_FALSE(ParseOffset("--1s").ok());
  EXPECT_FALSE(ParseOffset("-2").ok());
}

TEST(UnitsTest, SharesArePercentagesOrRatios) {
  EXPECT_EQ(ParseShare("5%").value().value, 50'000u);
  EXPECT_EQ(ParseShare("10 %").value().value, 100'000u);
  EXPECT_EQ(ParseShare("0.05").value().value, 50'000u);
  EXPECT_EQ(ParseShare("0.5%").value().value, 5'000u);
  EXPECT_EQ(ParseShare("0.0001%").value().value, 1u);
  EXPECT_EQ(ParseShare("100%").value().value, 1'000'000u);
  EXPECT_EQ(ParseShare("1.0").value().value, 1'000'000u);
  EXPECT_EQ(ParseShare("0").value().value, 0u);
  for (const std::string_view bad : {"5", "1", "100", "101%", "1.1", "-1%", "0.00001%", "05%", "%",
                                     "five", "5%%", "5 percent", "", "18446744073709551615%"}) {
    EXPECT_FALSE(ParseShare(bad).ok()) << bad;
  }
  EXPECT_NE(ParseShare("5").error().help.find("5%"), std::string::npos);
}

TEST(UnitsTest, SizesAreDecimalOrBinary) {
  EXPECT_EQ(ParseSize("512B").value(), 512u);
  EXPECT_EQ(ParseSize("64KiB").value(), 65'536u);
  EXPECT_EQ(ParseSize("10MB").value(), 10'000'000u);
  EXPECT_EQ(ParseSize("1kB").value(), 1'000u);
  EXPECT_EQ(ParseSize("2 GiB").value(), uint64_t{2} << 30);
  EXPECT_EQ(ParseSize("1.5MB").value(), 1'500'000u);
  for (const std::string_view bad :
       {"64", "64K", "64kib", "-1B", "010B", "1.5KiB", "9999999GiB", "MB", ""}) {
    EXPECT_FALSE(ParseSize(bad).ok()) << bad;
  }
}

TEST(UnitsTest, RatesAreBitsOrBytesButNeverBoth) {
  EXPECT_EQ(ParseRate("100Mbit").value(), 12'500'000u);
  EXPECT_EQ(ParseRate("1Gbit").value(), 125'000'000u);
  EXPECT_EQ(ParseRate("8bit/s").value(), 1u);
  EXPECT_EQ(ParseRate("10MB/s").value(), 10'000'000u);
  EXPECT_EQ(ParseRate("64KiB/s").value(), 65'536u);
  for (const std::string_view bad : {"100mbps", "100Mbps", "5MBps", "100Mb/s", "1gbps"}) {
    ASSERT_FALSE(ParseRate(bad).ok()) << bad;
    EXPECT_NE(ParseRate(bad).error().message.find("ambiguous"), std::string::npos) << bad;
    EXPECT_NE(ParseRate(bad).error().help.find("100Mbit"), std::string::npos) << bad;
  }
  for (const std::string_view bad :
       {"100", "10MB", "7bit", "010MB/s", "-1MB/s", "fast", "", "10parsec"}) {
    EXPECT_FALSE(ParseRate(bad).ok()) << bad;
  }
  EXPECT_EQ(ParseRate("10MB").error().help, "write 10MB/s");
}

TEST(UnitsTest, NumbersAreDecimalAndStrict) {
  EXPECT_EQ(ParseInteger("0").value(), 0);
  EXPECT_EQ(ParseInteger("-12").value(), -12);
  EXPECT_EQ(ParseInteger("9223372036854775807").value(), INT64_MAX);
  EXPECT_EQ(ParseUnsigned("18446744073709551615").value(), UINT64_MAX);
  for (const std::string_view bad :
       {"012", "0x10", "0o7", "1_000", "+1", "1e3", "1.0", "", "-", "--1", " 1", "1 ",
        "9223372036854775808", "99999999999999999999999"}) {
    EXPECT_FALSE(ParseInteger(bad).ok()) << bad;
  }
  EXPECT_FALSE(ParseUnsigned("-1").ok());
  EXPECT_FALSE(ParseUnsigned("18446744073709551616").ok());
}

TEST(UnitsTest, BooleansAreTwoWords) {
  EXPECT_TRUE(ParseBoolean("true").value());
  EXPECT_FALSE(ParseBoolean("false").value());
  for (const std::string_view bad :
       {"yes", "no", "on", "off", "y", "n", "True", "FALSE", "1", "0", "", "maybe"}) {
    EXPECT_FALSE(ParseBoolean(bad).ok()) << bad;
  }
  EXPECT_EQ(ParseBoolean("on").error().help, "write true");
  EXPECT_EQ(ParseBoolean("No").error().help, "write false");
}

TEST(UnitsTest, FactorsHaveTwoDecimals) {
  EXPECT_EQ(ParseFactor("2").value(), 200u);
  EXPECT_EQ(ParseFactor("1.5").value(), 150u);
  EXPECT_EQ(ParseFactor("0.01").value(), 1u);
  for (const std::string_view bad : {"0", "0.001", "-1", "10001", "2x", "02", ""}) {
    EXPECT_FALSE(ParseFactor(bad).ok()) << bad;
  }
}

TEST(UnitsTest, FormattedValuesReadBack) {
  constexpr int64_t kLengths[] = {
      1,          999,        1'000,         2'500,          999'999,       1'000'000,
      25'500'000, 90'000'000, 5'400'000'000, 86'400'000'000, 90'061'000'001};
  for (const int64_t us : kLengths) {
    const std::string text = FormatDuration(Micros(us));
    ASSERT_TRUE(ParseDuration(text).ok()) << text;
    EXPECT_EQ(ParseDuration(text).value().us, us) << text;
  }
  EXPECT_EQ(FormatDuration(Seconds(90)), "90s");
  EXPECT_EQ(FormatDuration(Micros(2'500)), "2.5ms");
  EXPECT_EQ(FormatDuration(Seconds(5'400)), "1h30m");
  EXPECT_EQ(FormatDuration(Seconds(-2)), "-2s");
  EXPECT_EQ(FormatDuration(Duration{}), "0s");
  EXPECT_EQ(FormatDuration(Micros(INT64_MIN)).front(), '-');
  for (const uint32_t ppm : {0u, 1u, 5'000u, 50'000u, 123'456u, 1'000'000u}) {
    EXPECT_EQ(ParseShare(FormatShare({ppm})).value().value, ppm);
  }
  for (const uint64_t rate : {1u, 1'000u, 1'500u, 10'000'000u}) {
    EXPECT_EQ(ParseRate(FormatRate(rate)).value(), rate);
  }
}

}  // namespace
}  // namespace gossamer::sim
