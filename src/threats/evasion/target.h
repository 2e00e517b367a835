// What is attacked: a function from an input in the box [0, 1] to scores. One sample at a time; samples are
// independent, so an attack needs nothing else, and a batch cannot change a result.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace duolex::threats::evasion {

// How the numbers of an input lie, for attacks that know of pictures. channels * height * width = inputs; a row of
// a table has height 1 and channels 1.
struct Form {
  std::size_t channels = 1, height = 1, width = 0;
  [[nodiscard]] std::size_t size() const { return channels * height * width; }
};

// Given the scores, fills the derivative of a scalar by each score; false when no gradient is wanted.
using Seed = std::function<bool(std::span<const float> scores, std::span<float> derivative)>;

// One thread's access to a target. Not to be shared between threads. The same input gives the same scores.
class Oracle {
 public:
  virtual ~Oracle() = default;
  virtual void scores(std::span<const float> x, std::span<float> out) = 0;
  // Scores at x and, when the seed wants it, the gradient of its scalar by x. Only for a target with gradients.
  virtual bool gradient(std::span<const float> x, std::span<float> out, const Seed& seed, std::span<float> by_x) = 0;
  // The scores in double precision throughout; what a counter-example is checked with.
  virtual void exact_scores(std::span<const float> x, std::span<double> out) = 0;
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
};

}  // namespace duolex::threats::evasion
