#include "incidents/moment.h"

#include <gtest/gtest.h>

namespace duolex::incidents {
namespace {

Zone zone(const char* name) { return *Zone::named(name); }
std::string through(const char* text, const char* name) {
  const ParsedPoint p = parse_point(text, zone(name));
  return p.error == PointError::none ? zone(name).text(p.point.moment) : "error " + std::to_string(static_cast<int>(p.error));
}

TEST(Moment, ReadsAndWrites) {
  EXPECT_EQ(through("2026-11-02T10:20+01:00", "Europe/Berlin"), "2026-11-02T10:20:00+01:00");
  EXPECT_EQ(through("2026-11-02T10:20:05Z", "Europe/Berlin"), "2026-11-02T11:20:05+01:00");
  EXPECT_EQ(through("2026-07-02T10:20", "Europe/Berlin"), "2026-07-02T10:20:00+02:00");
  EXPECT_EQ(through("1970-01-01", "America/New_York"), "1970-01-01T00:00:00-05:00");
  EXPECT_EQ(utc_text(Moment{0}), "1970-01-01T00:00:00Z");
}

TEST(Moment, RefusesWhatIsNone) {
  for (const char* text : {"", "2026-11-02T", "2026-11-02T10", "2026-11-02T24:00", "2026-11-02T10:60", "2026-02-29", "2026-11-02 10:20",
                           "2026-11-02T10:20+0100", "2026-11-02T10:20+01:00x", "2026-11-02T10:20:", "1969-12-31", "2026-11-02T10:20+16:00"}) {
    EXPECT_EQ(parse_point(text, zone("Europe/Berlin")).error, PointError::malformed) << text;
  }
}

TEST(Moment, AHourThatTheClocksSkipOrShowTwice) {
  EXPECT_EQ(parse_point("2027-03-28T02:30", zone("Europe/Berlin")).error, PointError::no_such_time);
  EXPECT_EQ(parse_point("2026-10-25T02:30", zone("Europe/Berlin")).error, PointError::ambiguous);
  EXPECT_EQ(through("2026-10-25T02:30+02:00", "Europe/Berlin"), "2026-10-25T02:30:00+02:00");
  EXPECT_EQ(parse_point("2011-12-30", zone("Pacific/Apia")).error, PointError::no_such_time);  // a day it skipped
}

TEST(Moment, DaysHaveTwentyThreeToTwentyFiveHours) {
  const Zone berlin = zone("Europe/Berlin");
  const auto length = [&](const char* text) {
    const Day day = *parse_day(text);
    return berlin.start_of(plus_days(day, 1)).seconds - berlin.start_of(day).seconds;
  };
  EXPECT_EQ(length("2026-10-25"), 25 * 3600);
  EXPECT_EQ(length("2027-03-28"), 23 * 3600);
  EXPECT_EQ(length("2026-11-02"), 24 * 3600);
}

TEST(Moment, MidnightMayBeMissing) {
  const Zone cairo = zone("Africa/Cairo");
  EXPECT_EQ(cairo.text(cairo.start_of(*parse_day("2024-04-26"))), "2024-04-26T01:00:00+03:00");
  EXPECT_EQ(cairo.text(cairo.end_of(*parse_day("2024-04-25"))), "2024-04-25T23:59:59+02:00");
}

TEST(Moment, NoSuchZone) {
  EXPECT_FALSE(Zone::named("Europe/Atlantis"));
  EXPECT_FALSE(Zone::named(""));
  EXPECT_FALSE(Zone::named("../../etc/passwd"));
}

}  // namespace
}  // namespace duolex::incidents
