// A network made ready for bounds: for each step what is needed to bound it and to account for rounding.
#pragma once

#include <limits>
#include <memory>
#include <vector>

#include "base/result.h"
#include "tensor/bounds/simplify.h"
#include "tensor/network.h"

namespace duolex::tensor::bounds {

// Half an ulp of 1, the largest relative error of one rounding.
inline constexpr double unit = std::numeric_limits<double>::epsilon() / 2;
// Bounds the relative error of a sum of n products and some more roundings.
[[nodiscard]] inline double gamma(std::size_t n) { return 1.01 * unit * static_cast<double>(n + 8); }

struct StepBounds {
  bool nonlinear = false;
  std::size_t spread = static_cast<std::size_t>(-1);  // of a product: the step that spreads its second factor over a map, or no_step
  bool adds_up = false;  // a weighted sum whose weights and biases are at least 0
  bool mixes = false;  // a product of matrices whose first has rows that add up to 1, each number at least 0
  // Linear only:
  Linear absolute;                        // the same with |weights| and |bias|; only f64.product is packed
  std::vector<std::int32_t> unplace;      // padded feature -> input feature or -1
  std::size_t same_in_groups = 0;         // features of the input between groups, where each group has the first one's places
  std::vector<std::int32_t> pixel, row;   // of each output feature within its group
  std::vector<double> bias, bias_size;    // of each output feature; the second at least its absolute value
  double gamma_forward = 0, gamma_backward = 0;
};

struct Prepared {
  Network network;
  Program rewritten;                     // its program in steps that are bounded more closely (simplify.h)
  std::vector<StepBounds> steps;
  std::vector<std::size_t> maker;        // value -> step, or no_step for the input
  std::vector<std::size_t> activations;  // the nonlinear steps in order
  std::vector<bool> interval_is_best;    // of a value: no bound of this kind is tighter than its interval
  std::size_t terms = 0;                 // at most so many summands in one bound
  // Of a network that is too large for bounding every neuron from the input: see Crown::refine().
  bool large = false;
  double window = 1.5e8;                 // multiply-adds that bounding one value may take then
  std::size_t few = 1024;                // of a value with no more numbers, bounds go back past gates
  std::vector<bool> station;             // of a value: all that follows depends on what precedes through it alone
  std::vector<bool> narrow;              // of a value: few numbers that many more depend on, such as a gate

  [[nodiscard]] const Program& program() const { return rewritten; }
};

inline constexpr std::size_t no_step = static_cast<std::size_t>(-1);

// Fails with "not tested: operator X has no bounds" for a network with a step that cannot be bounded here.
[[nodiscard]] Result<std::shared_ptr<const Prepared>> prepare(const Network& network, Outputs outputs = Outputs::as_they_are);

}  // namespace duolex::tensor::bounds
