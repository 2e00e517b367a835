#include "threats/evasion/smoothing.h"

#include <gtest/gtest.h>

#include <cmath>

#include "threats/evasion/toy_targets.h"

namespace duolex::threats::evasion {
namespace {

TEST(Smoothing, TheQuantileIsTheNormalOne) {
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-9);
  EXPECT_NEAR(normal_quantile(0.5), 0, 1e-9);
  EXPECT_NEAR(normal_quantile(0.001), -3.090232306167813, 1e-9);
}

// Of a linear model the smoothed one is the same, so that the true radius is the distance to the plane.
TEST(Smoothing, ALinearModelsRadiusIsReachedFromBelow) {
  const toy::Linear model({{3, -4, 0, 1}, {0, 0, 0, 0}}, {0.2f, 0}, {1, 1, 4});
  const auto oracle = model.oracle();
  const double norm = std::sqrt(26.0);
  Random place(3, 0, 9);
  std::size_t certified = 0, above = 0;
  for (std::uint64_t i = 0; i < 60; ++i) {
    std::vector<float> x(4);
    for (float& v : x) v = static_cast<float>(place.uniform());
    const double lead = 3.0 * static_cast<double>(x[0]) - 4.0 * static_cast<double>(x[1]) + static_cast<double>(x[3]) + 0.2;
    const Smoothed s = smooth(model, *oracle, x, {.sigma = 0.5, .draws = 2000}, Random(1, i, 4));
    if (s.abstained) {
      EXPECT_LT(std::abs(lead) / norm, 0.12) << "only near the plane";
      continue;
    }
    ++certified;
    EXPECT_EQ(s.choice, lead > 0 ? 0u : 1u);
    above += s.radius > std::abs(lead) / norm;
    EXPECT_GT(s.radius, 0.6 * std::abs(lead) / norm - 0.1);
    const Smoothed again = smooth(model, *oracle, x, {.sigma = 0.5, .draws = 2000}, Random(1, i, 4));
    EXPECT_EQ(again.radius, s.radius);
  }
  EXPECT_GT(certified, 35u);
  EXPECT_EQ(above, 0u) << "each is too large with a probability of 0.001";
}

}  // namespace
}  // namespace duolex::threats::evasion
