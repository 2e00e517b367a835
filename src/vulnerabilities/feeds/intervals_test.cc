#include "vulnerabilities/feeds/intervals.h"

#include <gtest/gtest.h>

namespace duolex::vulnerabilities {
namespace {

using Kind = Event::Kind;

std::string shown(const std::vector<Event>& events, Scheme scheme = Scheme::semver) {
  const Intervals intervals = intervals_of(scheme, events);
  if (!intervals.unreadable.empty()) return "unreadable " + intervals.unreadable.front();
  std::string out;
  for (const Interval& i : intervals.list)
    out += "[" + i.from_text + "," + (i.open_ended ? "" : i.to_text) + (i.to_included ? "]" : ")");
  return out;
}

TEST(Intervals, FollowTheEventsWhateverTheirOrder) {
  EXPECT_EQ(shown({{Kind::introduced, "0"}, {Kind::fixed, "1.0.0"}}), "[0,1.0.0)");
  EXPECT_EQ(shown({{Kind::fixed, "1.0.0"}, {Kind::introduced, "0"}}), "[0,1.0.0)");
  EXPECT_EQ(shown({{Kind::fixed, "2.0.0"}, {Kind::introduced, "1.5.0"}, {Kind::fixed, "1.0.0"}, {Kind::introduced, "0"}}), "[0,1.0.0)[1.5.0,2.0.0)");
  EXPECT_EQ(shown({{Kind::introduced, "1.0.0"}}), "[1.0.0,)");
}

TEST(Intervals, LastAffectedBelongsToThem) {
  EXPECT_EQ(shown({{Kind::introduced, "1.0.0"}, {Kind::last_affected, "1.2.0"}}), "[1.0.0,1.2.0]");
  EXPECT_EQ(shown({{Kind::introduced, "1.0.0"}, {Kind::last_affected, "1.0.0"}}), "[1.0.0,1.0.0]");
}

TEST(Intervals, EndAtTheLimit) {
  EXPECT_EQ(shown({{Kind::introduced, "1.0.0"}, {Kind::limit, "2.0.0"}}), "[1.0.0,2.0.0)");
  EXPECT_EQ(shown({{Kind::introduced, "1.0.0"}, {Kind::limit, "*"}}), "[1.0.0,)");
  EXPECT_EQ(shown({{Kind::introduced, "1.0.0"}, {Kind::limit, "1.5.0"}, {Kind::limit, "2.0.0"}}), "[1.0.0,2.0.0)");
  EXPECT_EQ(shown({{Kind::introduced, "1.0.0"}, {Kind::fixed, "1.2.0"}, {Kind::introduced, "3.0.0"}, {Kind::limit, "2.0.0"}}), "[1.0.0,1.2.0)");
}

TEST(Intervals, MeetingEventsKeepTheOrderOfTheRecord) {
  EXPECT_EQ(shown({{Kind::introduced, "0"}, {Kind::fixed, "0"}}, Scheme::dpkg), "[0,0)");  // "0" is a version of Debian above the start
  EXPECT_EQ(shown({{Kind::introduced, "1.0.0"}, {Kind::fixed, "1.0.0"}}), "");
  EXPECT_EQ(shown({{Kind::introduced, "0"}, {Kind::fixed, "1.0.0"}, {Kind::introduced, "1.0.0"}, {Kind::fixed, "2.0.0"}}), "[0,2.0.0)");
}

TEST(Intervals, OneUnreadableEventLeavesTheRangeUndecided) {
  EXPECT_EQ(shown({{Kind::introduced, "0"}, {Kind::fixed, "someday"}}), "unreadable someday");
}

}  // namespace
}  // namespace duolex::vulnerabilities
