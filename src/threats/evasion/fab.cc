#include "threats/evasion/fab.h"

#include <algorithm>
#include <cmath>

namespace duolex::threats::evasion {

Search<FabResult> fab(Hunt& hunt, std::size_t target, int iterations) {
  constexpr float overshoot = 1.05f, back = 0.9f;
  constexpr double most_bias = 0.1, shortest = 1e-8;
  const std::span<const float> x = hunt.x();
  const Norm norm = hunt.ball().norm;
  const std::size_t n = x.size();
  const Loss loss{hunt.goal().task == Task::classes ? Loss::Kind::towards : Loss::Kind::margin, target};
  std::vector<float> point(x.begin(), x.end()), w(n), from_point(n), from_x(n), scores(hunt.outputs());
  FabResult result;
  double value = co_await hunt.try_gradient(point, loss, scores, w);
  bool have_gradient = true;
  for (int i = 0; i < iterations && !hunt.found(); ++i) {
    if (!have_gradient) value = co_await hunt.try_gradient(point, loss, scores, w);
    if (hunt.found()) break;
    double b = -value;
    for (std::size_t j = 0; j < n; ++j) b += static_cast<double>(w[j]) * static_cast<double>(point[j]);
    const double a1 = std::max(step_to_plane(norm, point, w, b, from_point), shortest);
    const double a2 = std::max(step_to_plane(norm, x, w, b, from_x), shortest);
    const float bias = static_cast<float>(std::min(a1 / (a1 + a2), most_bias));
    for (std::size_t j = 0; j < n; ++j)
      point[j] = std::clamp((point[j] + overshoot * from_point[j]) * (1 - bias) + (x[j] + overshoot * from_x[j]) * bias, 0.0f, 1.0f);
    value = co_await hunt.try_gradient(point, loss, scores, w);
    have_gradient = true;
    if (!hunt.goal().wrong(std::span<const float>(scores))) continue;
    const double d = distance(norm, point, x);
    if (result.nearest < 0 || d < result.nearest) result.nearest = d;
    for (std::size_t j = 0; j < n; ++j) point[j] = x[j] + (point[j] - x[j]) * back;
    have_gradient = false;
  }
  co_return result;
}

}  // namespace duolex::threats::evasion
