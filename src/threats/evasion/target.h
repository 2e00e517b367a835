// What is attacked: a function from an input in the box [0, 1] to scores. Samples are independent: neither their
// number in a call nor their place in it changes a result.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/diagnostic.h"

namespace duolex::threats::evasion {

// How the numbers of an input lie, for attacks that know of pictures: channel, row, column. A row of a table has one
// channel of height 1.
struct Form {
  std::size_t channels = 1, height = 1, width = 0;
  [[nodiscard]] std::size_t size() const { return channels * height * width; }
};

// Given the scores of sample i of a call, adds to `derivative`, which is zero, the derivative of a scalar by each score.
using Cotangent = std::function<void(std::size_t i, std::span<const float> scores, std::span<float> derivative)>;

// One thread's access to a target; not to be shared. x: n rows of inputs, out: n rows of scores.
class Oracle {
 public:
  virtual ~Oracle() = default;
  virtual void scores(const float* x, std::size_t n, float* out) = 0;
  // The same and the gradients of the scalars by x. Only for a target with gradients.
  virtual void gradients(const float* x, std::size_t n, float* out, const Cotangent& cotangent, float* by_x) = 0;
  // The scores in double precision throughout; what a counter-example is checked with.
  virtual void exact_scores(const float* x, std::size_t n, double* out) = 0;
};

class Target {
 public:
  virtual ~Target() = default;
  [[nodiscard]] virtual Form form() const = 0;
  [[nodiscard]] virtual std::size_t outputs() const = 0;
  [[nodiscard]] virtual bool has_gradient() const = 0;
  // Operators whose derivative is zero or undefined almost everywhere: Round, Sign, ArgMax, …
  [[nodiscard]] virtual std::vector<std::string> flat_operators() const = 0;
  [[nodiscard]] virtual std::unique_ptr<Oracle> oracle() const = 0;
  // Samples that cost no more together than one by itself.
  [[nodiscard]] virtual std::size_t lanes() const { return 1; }
  // What went wrong when it was asked, the first time; its scores are NaN from then on. Most cannot fail.
  [[nodiscard]] virtual Diagnostics failure() const { return {}; }
};

}  // namespace duolex::threats::evasion
