#include "threats/tabular/search.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "threats/tabular/attack.h"
#include "trees/test_forest.h"

namespace duolex::threats::tabular {
namespace {

using evasion::Goal;
using evasion::Norm;
using evasion::Task;

struct Case {
  trees::Ensemble ensemble;
  Applied applied;
  Metric metric;
  std::vector<double> x;
};

// Five features: 0 and 1 are numbers, 2 whole ones, 3 and 4 one of which is 1.
Case drawn(unsigned seed, Norm norm) {
  Case c;
  c.ensemble = trees::testing::drawn(seed, 6, 3, 5, seed % 3 == 0 ? 3 : 1);
  c.ensemble.classifier = true;
  c.ensemble.single = seed % 2 == 0;
  for (double& cut : c.ensemble.cuts)
    if (c.ensemble.single) cut = static_cast<double>(static_cast<float>(cut));
  std::mt19937 g(seed + 77);
  std::uniform_real_distribution<double> u(0, 1);
  c.applied.features.resize(5);
  c.applied.features[2].integer = true;
  if (seed % 4 == 1) c.applied.features[0].direction = Direction::up;
  if (seed % 5 == 1) c.applied.features[1].fixed = true;
  if (seed % 5 == 2) c.applied.features[1].high = 0.6;
  c.applied.groups = {{{3, 4}, seed % 7 == 3}};
  c.metric.norm = norm;
  if (norm == Norm::budgets) c.metric.budgets = {0.5, 0.1, 1, 2, 2};
  c.x = {u(g), std::round(u(g) * 20) / 20, std::floor(u(g) * 2), seed % 2 == 0 ? 1.0 : 0.0, seed % 2 == 0 ? 0.0 : 1.0};
  trees::as_taken(c.ensemble, c.x);
  if (seed % 11 == 5) c.x[0] = std::numeric_limits<double>::quiet_NaN();
  return c;
}

// The nearest wrong row by looking at every cell of every feature.
double by_looking(const Case& c, const trees::Regions& regions, const Judge& judge, const Space& space) {
  double best = std::numeric_limits<double>::infinity();
  std::vector<std::vector<double>> values(5);
  for (std::size_t f = 0; f < 5; ++f)
    if (f >= 3) values[f] = {0, 1};
    else
      for (std::uint32_t cell = 0; cell < regions.cells(f); ++cell)
        if (const auto v = space.nearest(f, regions.low_of(f, cell), regions.end_of(f, cell))) values[f].push_back(*v);
  std::vector<double> row(5);
  const std::function<void(std::size_t)> go = [&](std::size_t f) {
    if (f == 5) {
      if (space.holds(row) && judge.margins(row).wrong()) best = std::min(best, c.metric.distance(c.x, row));
      return;
    }
    for (const double v : values[f]) {
      row[f] = v;
      go(f + 1);
    }
  };
  go(0);
  return best;
}

class EachNorm : public ::testing::TestWithParam<Norm> {};

TEST_P(EachNorm, TheNearestRowIsTheOneThatLookingEverywhereFinds) {
  std::size_t broken = 0, robust = 0, attacked = 0, at_once = 0;
  for (unsigned seed = 0; seed < 150; ++seed) {
    const Case c = drawn(seed, GetParam());
    const trees::Regions regions(c.ensemble);
    for (std::size_t label = 0; label < c.ensemble.classes(); ++label) {
      const Judge judge(regions, Goal{Task::classes, static_cast<double>(label), 0});
      if (!judge.margins(c.x).right()) continue;
      for (const double radius : {0.12, 0.7, 1.5}) {
        const Space space(c.applied, c.metric, radius, c.ensemble.single, c.x);
        ASSERT_TRUE(space.holds(c.x));
        const double truth = by_looking(c, regions, judge, space);
        const SearchResult found = nearest_example(judge, space, {}, {});
        ASSERT_TRUE(found.ended);
        EXPECT_EQ(found.nearest.has_value(), std::isfinite(truth)) << seed << " " << label << " " << radius;
        if (found.nearest) {
          EXPECT_EQ(found.nearest->distance, truth) << seed << " " << label << " " << radius;
          EXPECT_TRUE(space.holds(found.nearest->row));
          ++broken;
        } else {
          ++robust;
        }
        if (holds_at_once(judge, space)) {
          ++at_once;
          EXPECT_FALSE(found.nearest);
        }
        // An attack finds nothing that is not there; what it finds is no nearer than the nearest.
        const Attacked a = attack_row(judge, space, 300, evasion::Random(1, seed, 1));
        if (a.example) {
          ++attacked;
          EXPECT_TRUE(space.holds(a.example->row));
          EXPECT_TRUE(judge.margins(a.example->row).wrong());
          EXPECT_GE(a.example->distance, truth);
          const SearchResult again = nearest_example(judge, space, a.example, {});
          EXPECT_EQ(again.nearest->distance, truth);
          EXPECT_LE(again.parts, found.parts);
        }
        // Stopped early, what it says is still true.
        const SearchResult early = nearest_example(judge, space, {}, {.parts = 5});
        EXPECT_LE(early.none_below, truth);
      }
    }
  }
  EXPECT_GT(broken, 50u);
  EXPECT_GT(robust, 50u);
  EXPECT_GT(at_once, 10u);
  EXPECT_GT(static_cast<double>(attacked), 0.9 * static_cast<double>(broken));
}

INSTANTIATE_TEST_SUITE_P(Norms, EachNorm, ::testing::Values(Norm::linf, Norm::l2, Norm::l1, Norm::budgets), [](const auto& i) { return evasion::name_of(i.param); });

TEST(Space, HoldsOnlyWhatTheConstraintsAllow) {
  Applied applied;
  applied.features.resize(4);
  applied.features[0] = {"age", true, false, Direction::both, {}, {}, {}};
  applied.features[1] = {"income", false, true, Direction::up, 0.0, 100.0, {}};
  applied.groups = {{{2, 3}, false}};
  const Metric metric{Norm::linf, {}};
  const std::vector<double> x{40, 10, 1, 0};
  const Space space(applied, metric, 5, false, x);
  EXPECT_TRUE(space.holds(std::vector<double>{40, 15, 0, 1}));
  EXPECT_FALSE(space.holds(std::vector<double>{41, 10, 1, 0})) << "a fixed feature";
  EXPECT_FALSE(space.holds(std::vector<double>{40, 12.5, 1, 0})) << "no whole number";
  EXPECT_FALSE(space.holds(std::vector<double>{40, 9, 1, 0})) << "the wrong way";
  EXPECT_FALSE(space.holds(std::vector<double>{40, 16, 1, 0})) << "too far";
  EXPECT_FALSE(space.holds(std::vector<double>{40, 10, 1, 1})) << "two of a group";
  EXPECT_FALSE(space.holds(std::vector<double>{40, 10, 0.5, 0.5})) << "halves of a group";
  EXPECT_FALSE(space.holds(std::vector<double>{std::nan(""), 10, 1, 0})) << "a value taken away";
}

TEST(Search, ARowWithinRoundingIsNeitherProvenNorBroken) {
  // Two leaves whose f32 sum with the base differs in sign from the exact one.
  trees::Ensemble e;
  e.features = 1;
  e.classifier = true;
  e.base = {static_cast<double>(-1e-9f)};
  e.weights = {{0, 1}, {0, -1}, {0, 1}, {0, -1}};
  e.leaves = {{0, 1}, {1, 1}, {2, 1}};
  e.cuts = {0.5};
  e.nodes = {{0, 0, 1, true, false, ~0, ~2}};
  e.roots = {0, ~1};
  // −1e−9 + 1 − 1 is 0 in f32, a tie that is not wrong, and below 0 exactly.
  const trees::Regions regions(e);
  const Judge judge(regions, Goal{Task::classes, 1, 0});
  Applied applied;
  applied.features.resize(1);
  const Metric metric{Norm::linf, {}};
  const std::vector<double> x{0.25};
  const Space space(applied, metric, 1, true, x);
  EXPECT_FALSE(holds_at_once(judge, space));
  const SearchResult r = nearest_example(judge, space, {}, {});
  EXPECT_FALSE(r.nearest);
  EXPECT_FALSE(r.ended);
  EXPECT_EQ(r.none_below, 0);
}

}  // namespace
}  // namespace duolex::threats::tabular
