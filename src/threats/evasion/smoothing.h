// Randomised smoothing (Cohen and others, 2019): what a majority of noisy answers says, and how far from x, in L2, it
// provably goes on saying it. The statement is about the vote, not about the model alone, and holds with a stated
// probability.
#pragma once

#include "threats/evasion/random.h"
#include "threats/evasion/target.h"

namespace duolex::threats::evasion {

struct Smoothing {
  double sigma = 0.25;         // of the normal noise, in the units of the input
  std::size_t draws = 1000;    // counted
  std::size_t first = 100;     // drawn before, to choose the class that is then counted
  double alpha = 0.001;        // the probability that a radius is too large
};

struct Smoothed {
  bool abstained = true;       // no class is shown to have more than half
  std::size_t choice = 0;      // the class
  std::size_t hits = 0;        // of the draws
  double share = 0;            // its share at least, with probability 1 − alpha
  double radius = 0;           // in L2
};

// A function of its arguments: the k-th noise of a sample is the k-th of its stream.
[[nodiscard]] Smoothed smooth(const Target& target, Oracle& oracle, std::span<const float> x, const Smoothing& smoothing, Random random);

// The point below which a standard normal number lies with probability p, rounded down; 0 < p < 1.
[[nodiscard]] double normal_quantile(double p);

}  // namespace duolex::threats::evasion
