#include "threats/interval.h"

#include <gtest/gtest.h>

#include <cmath>

namespace duolex::threats {
namespace {

// The chance of at least k hits in n trials, summed term by term.
double at_least(std::size_t k, std::size_t n, double p) {
  double sum = 0, term = std::pow(1 - p, static_cast<double>(n));
  for (std::size_t i = 0; i <= n; ++i) {
    if (i >= k) sum += term;
    term *= static_cast<double>(n - i) / static_cast<double>(i + 1) * p / (1 - p);
  }
  return sum;
}

TEST(Interval, ClosedForms) {
  // No hit: 1 - (alpha/2)^(1/n); all hits is its mirror image.
  EXPECT_NEAR(clopper_pearson(0, 10).high, 1 - std::pow(0.025, 0.1), 1e-10);
  EXPECT_EQ(clopper_pearson(0, 10).low, 0);
  EXPECT_NEAR(clopper_pearson(10, 10).low, std::pow(0.025, 0.1), 1e-10);
  EXPECT_EQ(clopper_pearson(10, 10).high, 1);
  EXPECT_EQ(clopper_pearson(0, 0).low, 0);
  EXPECT_EQ(clopper_pearson(0, 0).high, 1);
}

TEST(Interval, TailsAreExact) {
  for (const std::size_t n : {1u, 2u, 7u, 20u, 200u})
    for (std::size_t k = 1; k < n; k += n / 7 + 1)
      for (const double confidence : {0.9, 0.95, 0.99}) {
        const Interval i = clopper_pearson(k, n, confidence);
        EXPECT_NEAR(at_least(k, n, i.low), (1 - confidence) / 2, 1e-8) << k << " of " << n;
        EXPECT_NEAR(1 - at_least(k + 1, n, i.high), (1 - confidence) / 2, 1e-8) << k << " of " << n;
      }
}

TEST(Interval, LargeCountsStayOrdered) {
  const Interval i = clopper_pearson(400'000, 1'000'000);
  EXPECT_LT(i.low, 0.4);
  EXPECT_GT(i.high, 0.4);
  EXPECT_LT(i.high - i.low, 0.002);
}

TEST(Interval, BetaIsSymmetric) {
  for (const double x : {0.01, 0.3, 0.5, 0.9}) EXPECT_NEAR(beta_below(2.5, 7, x), 1 - beta_below(7, 2.5, 1 - x), 1e-12);
  EXPECT_NEAR(beta_below(1, 1, 0.37), 0.37, 1e-12);
}

}  // namespace
}  // namespace duolex::threats
