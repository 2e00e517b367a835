#include "threats/evasion/goal.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace duolex::threats::evasion {
namespace {

template <class T>
double margin_of(const Goal& goal, std::span<const T> z) {
  switch (goal.task) {
    case Task::classes: {
      const std::size_t y = static_cast<std::size_t>(goal.label);
      double best = -std::numeric_limits<double>::infinity();
      for (std::size_t i = 0; i < z.size(); ++i) {
        const double v = static_cast<double>(z[i]);
        if (std::isnan(v)) return v;
        if (i != y) best = std::max(best, v);
      }
      return static_cast<double>(z[y]) - best;
    }
    case Task::threshold: return (goal.label > 0.5 ? 1 : -1) * (static_cast<double>(z[0]) - goal.level);
    case Task::deviation: return goal.level - std::abs(static_cast<double>(z[0]) - goal.label);
    case Task::map: case Task::sequence: return margin_of(*goal.reference, z);
  }
  return 0;
}

double margin_loss(const Goal& goal, std::span<const float> z, std::span<float> d) {
  if (has_reference(goal.task)) return push_away(*goal.reference, z, d);
  const double margin = goal.margin(z);
  std::fill(d.begin(), d.end(), 0.0f);
  if (goal.task == Task::threshold) {
    d[0] = goal.label > 0.5 ? -1.0f : 1.0f;
  } else if (goal.task == Task::deviation) {
    d[0] = static_cast<double>(z[0]) >= goal.label ? 1.0f : -1.0f;
  } else {
    const std::size_t y = static_cast<std::size_t>(goal.label);
    std::size_t rival = y == 0 ? 1 : 0;
    for (std::size_t i = 0; i < z.size(); ++i)
      if (i != y && z[i] > z[rival]) rival = i;
    if (rival < z.size()) d[rival] = 1.0f;
    d[y] = -1.0f;
  }
  return -margin;
}

double cross_entropy(std::size_t y, std::span<const float> z, std::span<float> d) {
  const double top = static_cast<double>(*std::max_element(z.begin(), z.end()));
  double sum = 0;
  for (const float v : z) sum += std::exp(static_cast<double>(v) - top);
  // 1 − p(y) summed from the others: for a confident model p(y) rounds to 1 and the gradient would vanish.
  double others = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const double p = std::exp(static_cast<double>(z[i]) - top) / sum;
    if (i == y) continue;
    others += p;
    d[i] = static_cast<float>(p);
  }
  d[y] = static_cast<float>(-others);
  return std::log(sum) - (static_cast<double>(z[y]) - top);
}

double ratio_towards(std::size_t y, std::size_t t, std::span<const float> z, std::span<float> d) {
  std::vector<std::size_t> order(z.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::partial_sort(order.begin(), order.begin() + 4, order.end(), [&](std::size_t i, std::size_t j) { return z[i] != z[j] ? z[i] > z[j] : i < j; });
  const auto v = [&](std::size_t i) { return static_cast<double>(z[order[i]]); };
  const double up = static_cast<double>(z[t]) - static_cast<double>(z[y]), scale = v(0) - (v(2) + v(3)) / 2 + 1e-12;
  std::vector<double> by(z.size());
  by[t] += 1 / scale;
  by[y] -= 1 / scale;
  const double by_scale = -up / (scale * scale);
  by[order[0]] += by_scale;
  by[order[2]] -= by_scale / 2;
  by[order[3]] -= by_scale / 2;
  std::transform(by.begin(), by.end(), d.begin(), [](double b) { return static_cast<float>(b); });
  return up / scale;
}

}  // namespace

double Goal::margin(std::span<const float> scores) const { return margin_of(*this, scores); }
double Goal::margin(std::span<const double> scores) const { return margin_of(*this, scores); }

double Loss::at(const Goal& goal, std::span<const float> z, std::span<float> d) const {
  if (goal.task != Task::classes || z.size() < 2) return margin_loss(goal, z, d);
  const std::size_t y = static_cast<std::size_t>(goal.label);
  switch (kind) {
    case Kind::cross_entropy: return cross_entropy(y, z, d);
    case Kind::margin: break;
    case Kind::ratio_towards:
      if (z.size() >= 4) return ratio_towards(y, target, z, d);
      [[fallthrough]];
    case Kind::towards:
      std::fill(d.begin(), d.end(), 0.0f);
      d[target] += 1;
      d[y] -= 1;
      return static_cast<double>(z[target]) - static_cast<double>(z[y]);
  }
  return margin_loss(goal, z, d);
}

}  // namespace duolex::threats::evasion
