#include "law/declarations.h"

#include <gtest/gtest.h>

namespace duolex::law {
namespace {

Law of(std::vector<rules::SourceFile> files) {
  Law law;
  law.files = std::move(files);
  return law;
}

TEST(Declarations, AreFoundByWordAndName) {
  const auto all = declarations(of({{"a.law", "# about\nday x\n  2027-01-01  cite A/1  # why\n\ninvariant \"never # both\"\n  never a and b\n"}}));
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all.at("day x"), "day x\n2027-01-01 cite A/1\n");
  EXPECT_EQ(all.count("invariant \"never # both\""), 1u);
}

TEST(Declarations, SpacesCommentsFilesAndOrderDoNotCount) {
  const Law a = of({{"a.law", "day x\n  2027-01-01\nday y\n  2028-01-01\n"}});
  const Law b = of({{"b.law", "# now first\nday y\n      2028-01-01   # same\n"}, {"c.law", "day x\n  2027-01-01\n"}});
  EXPECT_TRUE(differences(a, b).empty());
}

TEST(Declarations, SayWhatChangedCameAndWent) {
  const Law a = of({{"a.law", "day x\n  2027-01-01\nday y\n  2028-01-01\n"}});
  const Law b = of({{"a.law", "day x\n  2027-01-02\nday z\n  2028-01-01\n"}});
  const auto list = differences(a, b);
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0].what, "day x");
  EXPECT_EQ(list[0].change, Declared::Change::changed);
  EXPECT_EQ(list[1].what, "day y");
  EXPECT_EQ(list[1].change, Declared::Change::removed);
  EXPECT_EQ(list[2].what, "day z");
  EXPECT_EQ(list[2].change, Declared::Change::added);
}

TEST(Declarations, OfTheBuiltInLawAreAllOfItsRules) {
  const auto law = *load();
  const auto all = declarations(*law);
  for (const rules::Rule& r : law->base.rules) EXPECT_TRUE(all.contains("conclude " + r.id) || all.contains("define " + r.id)) << r.id;
  for (const rules::Control& c : law->base.controls) EXPECT_TRUE(all.contains("control " + c.id)) << c.id;
  EXPECT_TRUE(differences(*law, *law).empty());
}

}  // namespace
}  // namespace duolex::law
