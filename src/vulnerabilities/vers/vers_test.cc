#include "vulnerabilities/vers/vers.h"

#include <gtest/gtest.h>

#include <random>

namespace duolex::vulnerabilities::vers {
namespace {

char in(const std::string& text, const std::string& version, const std::string& purl_type = "") {
  const auto range = read_range(text);
  if (!range) return 'x';
  return "yn?"[static_cast<int>(contains(*range, version, purl_type).answer)];
}
std::string row(const std::string& text, const std::vector<std::string>& versions) {
  std::string out;
  for (const std::string& v : versions) out += in(text, v);
  return out;
}

TEST(Vers, EndsPointsAndHoles) {
  const std::vector<std::string> versions = {"1.2.2", "1.2.3", "1.2.4", "2.0.0", "3.1.0", "5.0.0", "6.0.0"};
  EXPECT_EQ(row("vers:npm/1.2.3|>=2.0.0|<5.0.0", versions), "nynyynn");
  EXPECT_EQ(row("vers:npm/<1.2.3|>=2.0.0|!=3.1.0", versions), "ynnynyy");
  EXPECT_EQ(row("vers:npm/<=1.2.3|>5.0.0", versions), "yynnnny");
  EXPECT_EQ(row("vers:npm/>1.2.3|!=2.0.0|<=5.0.0", versions), "nnynyyn");
  EXPECT_EQ(row("vers:npm/!=2.0.0", versions), "yyynyyy");
  EXPECT_EQ(row("vers:npm/1.2.2|2.0.0", versions), "ynnynnn");
  EXPECT_EQ(row("vers:npm/>=2.0.0", versions), "nnnyyyy");
  EXPECT_EQ(row("vers:npm/<2.0.0", versions), "yyynnnn");
  EXPECT_EQ(row("vers:npm/<2.0.0|3.1.0", versions), "yyynynn");
  EXPECT_EQ(row("vers:npm/*", versions), "yyyyyyy");
  EXPECT_EQ(row("vers:all/*", versions), "yyyyyyy");
  EXPECT_EQ(row("vers:none/*", versions), "nnnnnnn");
}

TEST(Vers, InTheOrderOfTheirKind) {
  EXPECT_EQ(in("vers:npm/<2.0.0", "2.0.0-rc.1"), 'y');
  EXPECT_EQ(in("vers:deb/>=1:2.0|<1:3.0", "2.5"), 'n');
  EXPECT_EQ(in("vers:deb/>=1:2.0|<1:3.0", "1:2.5-1+deb12u1"), 'y');
  EXPECT_EQ(in("vers:deb/<1.0", "1.0~rc1"), 'y');
  EXPECT_EQ(in("vers:pypi/<=1.0", "1.0.0"), 'y');
  EXPECT_EQ(in("vers:pypi/2!1.0", "2!1.0"), 'x');  // '!' has to be encoded
  EXPECT_EQ(in("vers:pypi/2%211.0", "2!1.0"), 'y');
  EXPECT_EQ(in("vers:maven/>=1.0.0-beta1|<=1.7.5|>=7.0.0-M1|<=7.0.7", "7.0.0-M2"), 'y');
  EXPECT_EQ(in("vers:maven/>=1.0.0-beta1|<=1.7.5|>=7.0.0-M1|<=7.0.7", "2.0"), 'n');
  EXPECT_EQ(in("vers:gem/>=2.2.0|!=2.2.1|<2.3.0", "2.2.1"), 'n');
  EXPECT_EQ(in("vers:gem/>=2.2.0|!=2.2.1|<2.3.0", "2.3.0.rc1"), 'y');
  EXPECT_EQ(in("vers:rpm/<1.0-2", "1.0-1.el9"), 'y');
  EXPECT_EQ(in("vers:golang/>=v1.2.0|<v1.3.0", "v1.2.9"), 'y');
  EXPECT_EQ(in("vers:alpine/<1.2.3-r1", "1.2.3-r0"), 'y');
  EXPECT_EQ(in("vers:nuget/<1.0.1", "1.0.0.5"), 'y');
  EXPECT_EQ(in("vers:composer/<2.0", "2.0-beta1"), 'y');
  EXPECT_EQ(in("vers:intdot/>=10.234.5", "10.1000.2-x"), 'y');
  EXPECT_EQ(in("vers:lexicographic/<b", "abc"), 'y');
}

TEST(Vers, WhatCannotBeToldIsUnknownWithItsReason) {
  for (const char* text : {"vers:openssl/<1.1.1k", "vers:conan/>=1|<2", "vers:generic/1.0", "vers:alpm/<1"}) {
    const auto range = read_range(text);
    ASSERT_TRUE(range) << text;
    const Contained c = contains(*range, "1.0", "");
    EXPECT_EQ(c.answer, Answer::unknown) << text;
    EXPECT_NE(c.why.find("is not known here"), std::string::npos);
  }
  EXPECT_EQ(in("vers:npm/<2.0.0", "latest"), '?');
  EXPECT_EQ(in("vers:npm/<2.0.0", ""), '?');
  EXPECT_EQ(in("vers:npm/<2.0.0", "1.0.0", "deb"), '?');   // of another kind
  EXPECT_EQ(in("vers:semver/<2.0.0", "1.0.0", "npm"), 'y');  // the same order
  EXPECT_EQ(in("vers:semver/<2.0.0", "1.0.0", "generic"), 'y');
}

TEST(Vers, WhatIsNoCanonicalRangeIsRefused) {
  for (const char* text : {"", "vers:", "vers:npm", "vers:npm/", "npm/1", "VERS:npm/1.0.0", "vers:NPM/1.0.0", "vers:npm/1.0.0|", "vers:npm/|1.0.0", "vers:npm/1.0.0||2.0.0", "vers:npm/>=1.0.0| <2.0.0",
                           "vers:npm/1.0.0|*", "vers:npm/*|1.0.0", "vers:npm/>*", "vers:npm/>", "vers:npm/>=1.0.0|1.0.0", "vers:npm/1.0.0|1.0.0+b", "vers:npm/>1.0.0|>2.0.0", "vers:npm/<1.0.0|<2.0.0",
                           "vers:npm/1.0.0|<2.0.0", "vers:npm/>1.0.0|2.0.0", "vers:npm/%1", "vers:npm/%zz", "vers:npm/1.0%3d", "vers:npm/x", "vers:all/1", "vers:1npm/1.0.0", "vers:npm/>=1.0.0|<=caf\xc3\xa9", "vers:npm/=1.0.0"}) {
    const auto range = read_range(text);
    EXPECT_FALSE(range) << text;
    if (!range) {
      EXPECT_FALSE(range.error().front().message.empty());
    }
  }
  EXPECT_EQ(in("vers:npm/<2.0.0|>=1.0.0", "1.5.0"), 'y');  // out of order, and only that
}

TEST(Vers, WhetherItGoesOnForEver) {
  const auto bounded = [](const char* text) { return read_range(text)->bounded(); };
  for (const char* text : {"vers:npm/1.0.0", "vers:npm/<2.0.0", "vers:npm/>=1.0.0|<2.0.0", "vers:npm/>=1.0.0|<=2.0.0|3.0.0", "vers:none/*", "vers:npm/!=1.0.0|<2.0.0"}) EXPECT_TRUE(bounded(text)) << text;
  for (const char* text : {"vers:npm/>=1.0.0", "vers:npm/*", "vers:all/*", "vers:npm/!=1.0.0", "vers:npm/<1.0.0|>2.0.0", "vers:npm/<1.0.0|>2.0.0|!=3.0.0"}) EXPECT_FALSE(bounded(text)) << text;
}

// Against a second way: each constraint as a sign on a line of whole numbers.
TEST(Vers, LikeSignpostsOnALine) {
  std::mt19937 random(7);
  std::size_t ranges = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = "vers:semver/";
    std::vector<std::pair<int, int>> signs;  // place, comparator
    for (int at = 1; at < 8; ++at)
      if (random() % 2 != 0) signs.emplace_back(at, static_cast<int>(random() % 6));
    if (signs.empty()) continue;
    static constexpr const char* written[] = {"", "!=", "<", "<=", ">", ">="};
    for (std::size_t i = 0; i < signs.size(); ++i) text += (i == 0 ? "" : "|") + std::string(written[signs[i].second]) + std::to_string(signs[i].first) + ".0.0";
    const auto range = read_range(text);
    if (!range) continue;
    ++ranges;
    // Walk the half steps 0, ½, 1, … 8: `on` between signs, and the signs themselves.
    bool includes = false;
    for (const auto& [at, c] : signs) includes = includes || c != 1;
    const auto first = std::find_if(signs.begin(), signs.end(), [](const auto& s) { return s.second >= 2; });
    bool on = !includes || (first != signs.end() && first->second <= 3);
    for (int at = 0; at < 9; ++at) {
      const auto sign = std::find_if(signs.begin(), signs.end(), [&, at](const auto& s) { return s.first == at; });
      bool here = on;
      if (sign != signs.end()) {
        here = sign->second == 0 || sign->second == 3 || sign->second == 5;
        if (sign->second >= 2) on = sign->second >= 4;
      }
      EXPECT_EQ(in(text, std::to_string(at) + ".0.0"), here ? 'y' : 'n') << text << " at " << at;
      EXPECT_EQ(in(text, std::to_string(at) + ".5.0"), on ? 'y' : 'n') << text << " after " << at;
    }
  }
  EXPECT_GT(ranges, 1000U);
}

}  // namespace
}  // namespace duolex::vulnerabilities::vers
