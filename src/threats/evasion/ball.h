// The perturbations that count: x' with ‖x' − x‖ ≤ epsilon, in the box [0, 1].
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace duolex::threats::evasion {

enum class Norm {
  linf,
  l2,
  l1,
  budgets,  // L∞ of changes each divided by its feature's budget: rows of tables only, see threats/tabular/space.h
};
[[nodiscard]] const char* name_of(Norm norm);
[[nodiscard]] std::optional<Norm> norm_named(const std::string& name);

[[nodiscard]] double length(Norm norm, std::span<const float> v);
[[nodiscard]] double distance(Norm norm, std::span<const float> a, std::span<const float> b);

struct Ball {
  Norm norm = Norm::linf;
  double epsilon = 0;

  // Moves x' to the nearest point of ball and box (L∞), or to one on the way to it that lies in both (L2, L1).
  // Afterwards holds(x, x') is true: rounding is inwards.
  void project(std::span<const float> x, std::span<float> x_prime) const;
  // In double precision and without tolerance.
  [[nodiscard]] bool holds(std::span<const float> x, std::span<const float> x_prime) const;
};

// For each input the lowest and highest f32 within epsilon of x and within [0, 1].
struct Bounds {
  std::vector<float> low, high;
};
[[nodiscard]] Bounds bounds_of(std::span<const float> x, double epsilon);

// The smallest step d (in the norm) with w · (t + d) = b and t + d in [0, 1]; when the hyperplane does not meet the
// box, the step to the corner nearest to it. Returns d and its length.
double step_to_plane(Norm norm, std::span<const float> t, std::span<const float> w, double b, std::span<float> d);

}  // namespace duolex::threats::evasion
