#include "trees/regions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "trees/test_forest.h"

namespace duolex::trees {
namespace {

TEST(Regions, ABoundHoldsEverywhereInItsBoxAndIsReachedWhereNothingIsDivided) {
  std::size_t decided = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    const Ensemble e = testing::drawn(seed, 5, 4, 3, 2);
    const Regions r(e);
    std::mt19937 g(seed + 1000);
    std::uniform_real_distribution<double> u(-0.1, 1.1);
    for (int trial = 0; trial < 20; ++trial) {
      Box box;
      for (std::size_t f = 0; f < e.features; ++f) {
        std::uint32_t a = r.cell_of(f, u(g)), b = trial % 3 == 0 ? a : r.cell_of(f, u(g));
        box.ranges.push_back({std::min(a, b), std::max(a, b)});
        box.missing.push_back(trial % 7 == 0 && f == 1);
      }
      for (const Regions::Aim& aim : {Regions::Aim{0, {}, 1}, Regions::Aim{1, {}, -1}, Regions::Aim{0, 1, 1}}) {
        const Regions::Bound b = r.bound(box, aim);
        decided += !b.division;
        double seen_least = 1e9;
        for (int k = 0; k < 40; ++k) {
          std::vector<double> x(e.features), s(e.outputs);
          for (std::size_t f = 0; f < e.features; ++f) {
            const std::uint32_t cell = box.ranges[f].low + g() % (box.ranges[f].high - box.ranges[f].low + 1);
            const double low = std::max(r.low_of(f, cell), -1.0), end = std::min(r.end_of(f, cell), 2.0);
            ASSERT_LT(low, end);
            x[f] = box.missing[f] ? std::nan("") : k % 2 == 0 ? low : low + (end - low) * 0.999 * std::abs(u(g)) / 1.1;
          }
          exact_scores(e, x, s);
          const double v = aim.sign * s[aim.one] - (aim.other ? aim.sign * s[*aim.other] : 0);
          EXPECT_GE(v, b.least - 1e-12);
          EXPECT_LE(v, b.most + 1e-12);
          seen_least = std::min(seen_least, v);
          if (!b.division) {
            EXPECT_NEAR(v, b.least, 1e-12);
          }
        }
        if (b.division) {
          EXPECT_GT(b.division->cell, box.ranges[b.division->feature].low);
          EXPECT_LE(b.division->cell, box.ranges[b.division->feature].high);
        }
      }
    }
  }
  EXPECT_GT(decided, 100u);
}

}  // namespace
}  // namespace duolex::trees
