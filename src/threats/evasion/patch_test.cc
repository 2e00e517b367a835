#include "threats/evasion/patch.h"

#include <gtest/gtest.h>

#include "threats/evasion/toy_targets.h"

namespace duolex::threats::evasion {
namespace {

// Of a linear model the best patch at a place is known: each pixel at the end that its weight says.
TEST(Patch, FindsWhatThereIsAndNothingElse) {
  Random draw(31, 0, 0);
  std::size_t possible = 0, found = 0;
  for (std::uint64_t round = 0; round < 30; ++round) {
    std::vector<std::vector<float>> w(2, std::vector<float>(64));
    for (float& v : w[0]) v = static_cast<float>(draw.normal());
    std::vector<float> x(64);
    for (float& v : x) v = static_cast<float>(draw.uniform());
    double lead = 0;
    for (std::size_t i = 0; i < 64; ++i) lead += static_cast<double>(w[0][i]) * static_cast<double>(x[i]);
    // The model is shifted so that its lead is 3.5: some patches of two by two turn it, others do not.
    const toy::Linear t(w, {static_cast<float>(3.5 - lead), 0}, {1, 8, 8});
    const auto oracle = t.oracle();
    double most = 0;
    for (std::size_t top = 0; top < 7; ++top)
      for (std::size_t left = 0; left < 7; ++left) {
        double fall = 0;
        for (const std::size_t i : {top * 8 + left, top * 8 + left + 1, top * 8 + left + 8, top * 8 + left + 9})
          fall += static_cast<double>(w[0][i] > 0 ? w[0][i] * x[i] : w[0][i] * (x[i] - 1));
        most = std::max(most, fall);
      }
    const auto p = patch(t, *oracle, x, {Task::classes, 0, 0}, {.side = 2, .places = 49}, Random(1, round, 2));
    possible += most > 3.55;
    found += p.has_value();
    if (most < 3.5) {
      EXPECT_FALSE(p) << "no patch can";
    }
    if (most > 3.55) {
      EXPECT_TRUE(p) << "a patch lowers the lead by " << most;
    }
    if (!p) continue;
    EXPECT_LT(p->margin, 0);
    for (std::size_t i = 0; i < 64; ++i) {
      const bool inside = i / 8 >= p->top && i / 8 < p->top + 2 && i % 8 >= p->left && i % 8 < p->left + 2;
      EXPECT_TRUE(inside || p->picture[i] == x[i]);
      EXPECT_TRUE(p->picture[i] >= 0 && p->picture[i] <= 1);
    }
  }
  EXPECT_GT(possible, 5u);
  EXPECT_LT(found, 30u);
}

}  // namespace
}  // namespace duolex::threats::evasion
