#include "threats/tabular/ascent.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "threats/tabular/attack.h"

namespace duolex::threats::tabular {
namespace {

constexpr std::size_t points = 16;

class Ascent {
 public:
  Ascent(const Space& space, evasion::Random random) : space_(space), random_(random), width_(space.x().size()), grouped_(width_) {
    for (const Applied::Group& g : space.applied().groups)
      for (const std::size_t f : g.members) grouped_[f] = true;
    for (std::size_t f = 0; f < width_; ++f)
      if (space.can_change(f)) free_.push_back(f);
    p_.resize(points * width_);
    for (std::size_t k = 0; k < points; ++k) {
      double* const p = p_.data() + k * width_;
      std::copy(space.x().begin(), space.x().end(), p);
      if (k == 0) continue;
      for (const std::size_t f : free_) p[f] = space.low(f) + random_.uniform() * (space.high(f) - space.low(f));
      into_reach(p);
    }
  }

  [[nodiscard]] bool possible() const { return !free_.empty(); }
  [[nodiscard]] const std::vector<std::size_t>& free() const { return free_; }
  [[nodiscard]] std::vector<float> at() const { return {p_.begin(), p_.end()}; }

  void step(const std::vector<float>& by_x, double size) {
    for (std::size_t k = 0; k < points; ++k) {
      double* const p = p_.data() + k * width_;
      const float* const g = by_x.data() + k * width_;
      if (space_.metric().sums()) {
        along_the_gradient(p, g, size);
      } else {
        for (const std::size_t f : free_) p[f] += size * (space_.high(f) - space_.low(f)) / 2 * (g[f] > 0 ? 1 : g[f] < 0 ? -1 : 0);
      }
      into_reach(p);
    }
  }

  // The allowed row beside point k.
  [[nodiscard]] std::vector<double> allowed(std::size_t k) const {
    const double* const p = p_.data() + k * width_;
    for (double reach = 1; reach > 0.4; reach -= reach == 1 ? 1e-6 : 0.1) {
      std::vector<double> row(space_.x().begin(), space_.x().end());
      for (const std::size_t f : free_) {
        if (grouped_[f]) continue;
        const double v = row[f] + reach * (p[f] - row[f]);
        row[f] = space_.applied().features[f].integer ? std::round(v) : v;
      }
      space_.pull_in(row);
      for (const Applied::Group& g : space_.applied().groups) {
        if (g.fixed) continue;
        std::vector<double> before = row;
        const std::size_t one = *std::max_element(g.members.begin(), g.members.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
        for (const std::size_t f : g.members) row[f] = f == one ? 1 : 0;
        if (!space_.holds(row)) row = std::move(before);
      }
      if (space_.holds(row)) return row;
    }
    return {space_.x().begin(), space_.x().end()};
  }

 private:
  void along_the_gradient(double* p, const float* g, double size) const {
    const bool squares = space_.metric().norm == evasion::Norm::l2;
    if (squares) {
      double length = 0;
      for (const std::size_t f : free_) length += static_cast<double>(g[f]) * static_cast<double>(g[f]);
      if (length <= 0) return;
      for (const std::size_t f : free_) p[f] += size * space_.radius() * static_cast<double>(g[f]) / std::sqrt(length);
      return;
    }
    // In L1 the steepest tenth takes the step.
    std::vector<std::size_t> order = free_;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return std::abs(g[a]) > std::abs(g[b]); });
    order.resize(std::max<std::size_t>(1, order.size() / 10));
    for (const std::size_t f : order) p[f] += size * space_.radius() / static_cast<double>(order.size()) * (g[f] > 0 ? 1 : g[f] < 0 ? -1 : 0);
  }

  void into_reach(double* p) const {
    double sum = 0;
    for (const std::size_t f : free_) {
      p[f] = std::clamp(p[f], space_.low(f), space_.high(f));
      sum += space_.metric().sums() ? space_.metric().term(f, space_.x()[f], p[f]) : 0;
    }
    const double length = space_.metric().from_terms(sum);
    if (!space_.metric().sums() || length <= space_.radius()) return;
    for (const std::size_t f : free_) p[f] = space_.x()[f] + (p[f] - space_.x()[f]) * space_.radius() / length;
  }

  const Space& space_;
  evasion::Random random_;
  std::size_t width_;
  std::vector<bool> grouped_;
  std::vector<std::size_t> free_{};
  std::vector<double> p_{};
};

}  // namespace

Ascended ascend(const Answers& judge, evasion::Oracle& oracle, std::size_t outputs, const evasion::Goal& goal, const Space& space, int iterations, evasion::Random random) {
  Ascended out;
  Ascent ascent(space, random);
  if (!ascent.possible()) return out;
  const std::size_t width = space.x().size();
  std::vector<float> scores(points * outputs), by_x(points * width), rows(points * width);
  const evasion::Loss margin{evasion::Loss::Kind::margin, 0}, entropy{evasion::Loss::Kind::cross_entropy, 0};
  const bool both = goal.task == evasion::Task::classes;
  double size = 1;
  for (int i = 0; i <= iterations; ++i) {
    std::vector<std::vector<double>> allowed;
    for (std::size_t k = 0; k < points; ++k) {
      allowed.push_back(ascent.allowed(k));
      std::copy(allowed.back().begin(), allowed.back().end(), rows.begin() + static_cast<std::ptrdiff_t>(k * width));
    }
    oracle.scores(rows.data(), points, scores.data());
    out.forward_calls += points;
    for (std::size_t k = 0; k < points; ++k) {
      if (!goal.wrong(std::span<const float>(scores.data() + k * outputs, outputs)) || !judge.margins(allowed[k]).wrong()) continue;
      std::vector<double> row = without_needless_changes(judge, space, std::move(allowed[k]));
      const double far = space.metric().distance(space.x(), row);
      out.example = Example{std::move(row), far};
      return out;
    }
    if (i == iterations) break;
    const std::vector<float> at = ascent.at();
    oracle.gradients(at.data(), points, scores.data(), [&](std::size_t k, std::span<const float> s, std::span<float> d) { (void)(both && k % 2 == 1 ? entropy : margin).at(goal, s, d); }, by_x.data());
    out.gradient_calls += points;
    if (i == 0) out.zero_gradient = std::all_of(ascent.free().begin(), ascent.free().end(), [&](std::size_t f) { return by_x[f] == 0; });
    ascent.step(by_x, size);
    size = std::max(0.02, size * 0.93);
  }
  return out;
}

}  // namespace duolex::threats::tabular
