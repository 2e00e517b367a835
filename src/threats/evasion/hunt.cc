#include "threats/evasion/hunt.h"

#include <algorithm>
#include <numeric>

namespace duolex::threats::evasion {

Hunt::Hunt(Oracle& oracle, Form form, std::size_t outputs, Ball ball, Goal goal, std::span<const float> x, std::uint64_t seed, std::uint64_t sample)
    : oracle_(oracle), form_(form), outputs_(outputs), ball_(ball), goal_(goal), x_(x), seed_(seed), sample_(sample) {}

void Hunt::offer(std::span<const float> candidate) {
  if (found_ || !ball_.holds(x_, candidate)) return;
  std::vector<double> exact(outputs_);
  oracle_.exact_scores(candidate, exact);
  if (goal_.wrong(std::span<const double>(exact)))
    found_.emplace(candidate.begin(), candidate.end());
  else
    ++refuted_;
}

double Hunt::try_scores(std::span<const float> candidate, std::span<float> scores) {
  ++forwards_;
  oracle_.scores(candidate, scores);
  const double margin = goal_.margin(std::span<const float>(scores));
  if (margin < 0) offer(candidate);
  return margin;
}

double Hunt::try_gradient(std::span<const float> candidate, const Loss& loss, std::span<float> scores, std::span<float> by_x,
                          bool only_while_right) {
  ++gradients_;
  double value = 0;
  const auto seed = [&](std::span<const float> z, std::span<float> derivative) {
    const bool wrong = goal_.wrong(z);
    if (wrong) offer(candidate);
    value = loss.at(goal_, z, derivative);
    return !found() && !(wrong && only_while_right);
  };
  oracle_.gradient(candidate, scores, seed, by_x);
  return value;
}

std::vector<std::size_t> Hunt::rivals() {
  std::vector<float> z(outputs_);
  ++forwards_;
  oracle_.scores(x_, z);
  std::vector<std::size_t> order(outputs_);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase(order, static_cast<std::size_t>(goal_.label));
  std::stable_sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return z[i] > z[j]; });
  return order;
}

}  // namespace duolex::threats::evasion
