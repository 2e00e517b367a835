#include "law/coverage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace duolex::law {
namespace {

const Law& built_in() {
  static const auto law = *load();
  return *law;
}

TEST(Coverage, NoProvisionOfTheRangesIsLeftOut) {
  const auto c = coverage(built_in());
  ASSERT_TRUE(c) << render(c.error());
  std::size_t open = 0;
  for (const CoveredProvision& p : c->provisions)
    if (p.open()) ++open, ADD_FAILURE() << p.provision << " is answered by nothing and no line says why";
  EXPECT_EQ(open, 0u);
  EXPECT_GT(c->provisions.size(), 560u);
}

// The ranges themselves: nothing of what is promised is left out of the file.
TEST(Coverage, TheRangesAreThosePromised) {
  const auto c = coverage(built_in());
  ASSERT_TRUE(c);
  std::set<std::string> wanted;
  for (const char* annex : {"I", "II", "V", "VI", "VII", "VIII"}) wanted.insert(std::string("CRA/anx/") + annex);
  for (const int a : {13, 14, 18, 19, 20, 21, 22, 23, 24, 28, 29, 30, 31}) wanted.insert("CRA/art/" + std::to_string(a));
  for (int a = 8; a <= 27; ++a) wanted.insert("AIA/art/" + std::to_string(a));
  for (const int a : {43, 47, 48, 49, 50, 72, 73}) wanted.insert("AIA/art/" + std::to_string(a));
  for (const char* annex : {"IV", "V", "VI", "VII", "VIII"}) wanted.insert(std::string("AIA/anx/") + annex);
  for (const int a : {25, 32, 33, 35}) wanted.insert("GDPR/art/" + std::to_string(a));
  EXPECT_EQ(std::set<std::string>(c->ranges.begin(), c->ranges.end()), wanted);
}

Law with_lines(const std::string& text) {
  Law law = built_in();
  for (rules::SourceFile& f : law.files)
    if (f.path == "coverage.txt") f.text = text;
  return law;
}

TEST(Coverage, AMissingLineIsSeen) {
  const auto c = coverage(with_lines("range CRA/art/28\n"));
  ASSERT_TRUE(c) << render(c.error());
  const auto open = std::find_if(c->provisions.begin(), c->provisions.end(), [](const CoveredProvision& p) { return p.provision == "CRA/art/28/5"; });
  ASSERT_NE(open, c->provisions.end());
  EXPECT_TRUE(open->open());
}

TEST(Coverage, LinesOfNothingAreRefused) {
  EXPECT_FALSE(coverage(with_lines("range CRA/art/280\n")));
  EXPECT_FALSE(coverage(with_lines("range CRA/art/28\nCRA/art/28/5 by cra.no_such_duty\n")));
  EXPECT_FALSE(coverage(with_lines("range CRA/art/28\nCRA/art/28/5 perhaps\n")));
  EXPECT_FALSE(coverage(with_lines("range CRA/art/28\nCRA/art/13/2 none It is cited\n")));
}

}  // namespace
}  // namespace duolex::law
