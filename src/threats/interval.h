// Exact intervals for counts.
#pragma once

#include <cstddef>

namespace duolex::threats {

// Both ends lie in [0, 1].
struct Interval {
  double low = 0;
  double high = 1;
};

// Clopper and Pearson's interval for a share of which `hits` of `trials` were seen; holds the true share with at
// least `confidence`, whatever it is. No trials: [0, 1]. Ends are accurate to 1e-12 and rounded outwards by that.
// Needs hits <= trials and confidence within (0, 1).
[[nodiscard]] Interval clopper_pearson(std::size_t hits, std::size_t trials, double confidence = 0.95);

// The probability that a beta(a, b) variable is at most x: the regularised incomplete beta function. a, b > 0.
[[nodiscard]] double beta_below(double a, double b, double x);

}  // namespace duolex::threats
