// Properties in VNN-LIB: a question about the inputs and outputs of a network. "Is there an input within these bounds
// whose outputs satisfy this?"
//
// Read are declarations of X_0 … and Y_0 …, and assertions made of and, or, <=, >=, <, > over linear terms; each
// comparison is about one input or about outputs. The reader bounds size, depth and the number of cases, and names
// line and column of what it refuses.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace duolex::tensor::bounds {

// sum of factor * Y[index] <= most (or < where strict)
struct Halfspace {
  std::vector<std::pair<std::size_t, double>> terms;  // by index, none twice
  double most = 0;
  bool strict = false;
  bool operator==(const Halfspace&) const = default;
};

// One way to satisfy the property: every input within its bounds and every half-space met.
struct Case {
  std::vector<double> lower, upper;
  std::vector<Halfspace> outputs;
};

struct Property {
  std::size_t inputs = 0, outputs = 0;
  std::vector<Case> cases;  // any of them
};

struct PropertyLimits {
  std::size_t bytes = std::size_t{32} << 20;
  std::size_t depth = 64;
  std::size_t variables = 1'000'000;
  std::size_t numbers = 4'000'000;  // bounds and half-spaces of all cases
};

// Decimals are read to the nearest double.
[[nodiscard]] Result<Property> read_vnnlib(const std::string& file, const std::string& text, const PropertyLimits& limits = {});

// Whether the half-spaces of a case hold for outputs anywhere within [low, high]: a proof, rounding included.
[[nodiscard]] bool holds_throughout(const Case& c, const std::vector<double>& low, const std::vector<double>& high);

}  // namespace duolex::tensor::bounds
