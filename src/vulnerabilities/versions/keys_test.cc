// The promise of keys, over random versions, whole and damaged: their bytes are in the order of the comparator.
#include <gtest/gtest.h>

#include <algorithm>

#include "vulnerabilities/versions/samples.h"

namespace duolex::vulnerabilities {
namespace {

class Keys : public testing::TestWithParam<int> {
 protected:
  [[nodiscard]] Scheme scheme() const { return static_cast<Scheme>(GetParam()); }
};

int sign(std::strong_ordering o) { return o < 0 ? -1 : o > 0 ? 1 : 0; }
int sign(int n) { return n < 0 ? -1 : n > 0 ? 1 : 0; }

TEST_P(Keys, AreInTheOrderOfTheComparator) {
  Random random(2024);
  int compared = 0, equal = 0;
  for (int i = 0; i < 40'000; ++i) {
    const bool whole = i % 2 == 0;
    const std::string a = whole ? sample_version(scheme(), random) : damaged_version(scheme(), random);
    const std::string b = whole ? sample_version(scheme(), random) : damaged_version(scheme(), random);
    std::string x, y;
    const Reading p = append_key(scheme(), a, x), q = append_key(scheme(), b, y);
    const auto order = compare(scheme(), a, b), back = compare(scheme(), b, a);
    ASSERT_EQ(order.has_value(), back.has_value()) << a << " and " << b;
    if (order) {
      ASSERT_EQ(sign(*order), -sign(*back)) << a << " and " << b;
    }
    if (whole) {
      ASSERT_TRUE(p == Reading::exact && q == Reading::exact) << a << " and " << b;
    }
    if (p == Reading::unreadable || q == Reading::unreadable) continue;
    ASSERT_TRUE(order) << a << " and " << b;
    ASSERT_EQ(sign(*order), sign(x.compare(y))) << a << " and " << b;
    ASSERT_TRUE(x == y || (!x.starts_with(y) && !y.starts_with(x))) << a << " and " << b;
    ++compared;
    equal += *order == 0 ? 1 : 0;
  }
  EXPECT_GT(compared, 20'000);
  EXPECT_GT(equal, 10) << "the versions are too far apart to try anything";
}

TEST_P(Keys, AreAppendedAndTakenBack) {
  std::string key = "before";
  EXPECT_EQ(append_key(scheme(), std::string(longest_version + 1, '1'), key), Reading::unreadable);
  EXPECT_EQ(append_key(scheme(), "1 0", key), Reading::unreadable);
  EXPECT_EQ(append_key(scheme(), "", key), Reading::unreadable);
  EXPECT_EQ(key, "before");
  EXPECT_NE(append_key(scheme(), "1.2.3", key), Reading::unreadable);
  EXPECT_TRUE(key.starts_with("before"));
  EXPECT_GT(key.size(), 6U);
}

INSTANTIATE_TEST_SUITE_P(EveryScheme, Keys, testing::Range(1, scheme_count), [](const auto& scheme) {
  std::string name(name_of(static_cast<Scheme>(scheme.param)));
  name.erase(std::remove(name.begin(), name.end(), ' '), name.end());
  return name;
});

}  // namespace
}  // namespace duolex::vulnerabilities
