#include "base/day.h"

#include <gtest/gtest.h>

namespace duolex {
namespace {

TEST(Day, ReadsOnlyDaysThatExist) {
  EXPECT_EQ(parse_day("1970-01-01")->number, 0);
  EXPECT_EQ(*parse_day("0001-01-01"), first_day);
  EXPECT_EQ(*parse_day("9999-12-31"), last_day);
  EXPECT_TRUE(parse_day("2028-02-29"));
  for (const char* bad : {"2027-02-29", "2027-13-01", "2027-00-10", "2027-1-01", "27-01-01", "2027-01-01 ",
                          "0000-01-01", "2027/01/01", "", "+027-01-01"})
    EXPECT_FALSE(parse_day(bad)) << bad;
}

TEST(Day, PrintsWhatItReads) {
  for (std::int32_t n = first_day.number; n <= last_day.number; n += 97)
    EXPECT_EQ(parse_day(to_string(Day{n}))->number, n);
}

TEST(Day, MonthsKeepTheDayOrTakeTheLast) {
  const auto moved = [](const char* from, int months) { return to_string(plus_months(*parse_day(from), months)); };
  EXPECT_EQ(moved("2027-01-31", 1), "2027-02-28");
  EXPECT_EQ(moved("2028-01-31", 1), "2028-02-29");
  EXPECT_EQ(moved("2028-02-29", 12), "2029-02-28");
  EXPECT_EQ(moved("2027-12-15", 1), "2028-01-15");
  EXPECT_EQ(moved("2027-12-11", 120), "2037-12-11");
  EXPECT_EQ(moved("9999-12-01", 1), "9999-12-31");
}

}  // namespace
}  // namespace duolex
