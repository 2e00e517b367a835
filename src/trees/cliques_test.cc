#include "trees/cliques.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "trees/test_forest.h"

namespace duolex::trees {
namespace {

// The least value over all cells of a box, by looking at each.
double by_looking(const Ensemble& e, const Regions& r, const Box& box, const Regions::Aim& aim) {
  double best = 1e9;
  std::vector<double> x(e.features), s(e.outputs);
  const std::function<void(std::size_t)> go = [&](std::size_t f) {
    if (f == e.features) {
      exact_scores(e, x, s);
      best = std::min(best, aim.sign * s[aim.one] - (aim.other ? aim.sign * s[*aim.other] : 0));
      return;
    }
    for (std::uint32_t c = box.ranges[f].low; c <= box.ranges[f].high; ++c) {
      x[f] = box.missing[f] ? std::nan("") : std::max(r.low_of(f, c), -1.0);
      go(f + 1);
      if (box.missing[f]) return;
    }
  };
  go(0);
  return best;
}

TEST(Cliques, AreExactWithRoomAndBetweenTheTruthAndTheSumWithout) {
  std::size_t tighter = 0, exact = 0, limited = 0;
  for (unsigned seed = 0; seed < 80; ++seed) {
    const Ensemble e = testing::drawn(seed, 7, 4, 3, 2);
    const Regions r(e);
    std::mt19937 g(seed + 5);
    std::uniform_real_distribution<double> u(-0.1, 1.1);
    for (int trial = 0; trial < 6; ++trial) {
      Box box;
      for (std::size_t f = 0; f < e.features; ++f) {
        const std::uint32_t a = r.cell_of(f, u(g)), b = r.cell_of(f, u(g));
        box.ranges.push_back({std::min(a, b), std::max(a, b)});
        box.missing.push_back(trial == 5 && f == 1);
      }
      for (const Regions::Aim& aim : {Regions::Aim{0, {}, 1}, Regions::Aim{1, {}, -1}, Regions::Aim{0, 1, 1}}) {
        const double truth = by_looking(e, r, box, aim), sum = r.bound(box, aim).least;
        const CliqueBound room = clique_bound(r, box, aim, {100'000, 100'000});
        EXPECT_LE(room.least, truth + 1e-9);
        EXPECT_GE(room.least, sum - 1e-9);
        if (room.lists <= 1) {
          ++exact;
          EXPECT_NEAR(room.least, truth, 1e-9) << seed;
        }
        const CliqueBound tight = clique_bound(r, box, aim, {12, 100'000});
        EXPECT_LE(tight.least, truth + 1e-9);
        EXPECT_GE(tight.least, sum - 1e-9);
        tighter += tight.least > sum + 1e-9;
        limited += tight.lists > 1;
      }
    }
  }
  EXPECT_GT(exact, 500u);
  EXPECT_GT(tighter, 200u);
  EXPECT_GT(limited, 200u);
}

TEST(Cliques, GiveUpBeyondTheirLimit) {
  const Ensemble e = testing::drawn(3, 9, 5, 4, 1);
  const Regions r(e);
  Box box;
  for (std::size_t f = 0; f < e.features; ++f) {
    box.ranges.push_back({0, r.cells(f) - 1});
    box.missing.push_back(false);
  }
  EXPECT_TRUE(std::isinf(clique_bound(r, box, {}, {4096, 10}).least));
}

}  // namespace
}  // namespace duolex::trees
