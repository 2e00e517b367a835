#include "threats/evasion/apgd.h"

#include <algorithm>
#include <cmath>

namespace duolex::threats::evasion {
namespace {

float sign(float v) { return v > 0 ? 1.0f : v < 0 ? -1.0f : 0.0f; }

class Ascent {
 public:
  Ascent(Hunt& hunt, const Loss& loss, int iterations, Random random)
      : hunt_(hunt), loss_(loss), iterations_(iterations), random_(random), n_(hunt.x().size()), x_(hunt.x()), epsilon_(hunt.ball().epsilon) {
    if (hunt.ball().norm == Norm::linf) bounds_ = bounds_of(x_, epsilon_);
  }

  Search<ApgdResult> run() {
    const Norm norm = hunt_.ball().norm;
    scores_.resize(hunt_.outputs());
    gradient_.assign(n_, 0);
    next_.resize(n_);
    start();
    previous_ = point_;
    step_ = norm == Norm::l1 ? epsilon_ : 2 * epsilon_;
    double value = co_await hunt_.try_gradient(point_, loss_, scores_, gradient_);
    ApgdResult result{value, value};
    best_point_ = point_;
    best_gradient_ = gradient_;
    best_ = value;
    double best_at_checkpoint = value;
    bool reduced = true;
    int period = std::max(1, static_cast<int>((norm == Norm::l1 ? 0.04 : 0.22) * iterations_));
    const int shortest = std::max(1, static_cast<int>(0.06 * iterations_)), shorter = std::max(1, static_cast<int>(0.03 * iterations_));
    int since = 0, rises = 0;
    double last = value;
    for (int i = 0; i < iterations_ && !hunt_.found(); ++i) {
      advance(i == 0);
      value = co_await hunt_.try_gradient(point_, loss_, scores_, gradient_);
      rises += value > last;
      last = value;
      if (value > best_) {
        best_ = value;
        best_point_ = point_;
        best_gradient_ = gradient_;
      }
      if (++since < period) continue;
      if (norm == Norm::l1) {
        sparse_checkpoint();
      } else {
        const bool stalled = rises <= 0.75 * period || (!reduced && best_at_checkpoint >= best_);
        reduced = stalled;
        best_at_checkpoint = best_;
        if (stalled) {
          step_ /= 2;
          to_best();
        }
        period = std::max(period - shorter, shortest);
      }
      since = rises = 0;
    }
    result.best = best_;
    co_return result;
  }

 private:
  void start() {
    point_.assign(x_.begin(), x_.end());
    std::vector<float> way(n_);
    const bool cube = hunt_.ball().norm == Norm::linf;
    for (float& w : way) w = static_cast<float>(cube ? 2 * random_.uniform() - 1 : random_.normal());
    const double size = length(hunt_.ball().norm, way);
    for (std::size_t i = 0; i < n_; ++i) point_[i] += static_cast<float>(epsilon_ * static_cast<double>(way[i]) / (size + 1e-12));
    hunt_.ball().project(x_, point_);
  }

  void to_best() {
    point_ = best_point_;
    gradient_ = best_gradient_;
  }

  void advance(bool first) {
    switch (hunt_.ball().norm) {
      case Norm::linf: return advance_linf(first ? 1.0f : 0.75f);
      case Norm::l2: return advance_l2(first ? 1.0f : 0.75f);
      case Norm::l1: return advance_l1();
      case Norm::budgets: break;  // of tables, which are not attacked by gradients
    }
  }

  void advance_linf(float a) {
    const float step = static_cast<float>(step_);
    for (std::size_t i = 0; i < n_; ++i) {
      const float low = bounds_.low[i], high = bounds_.high[i];
      const float stepped = std::clamp(point_[i] + step * sign(gradient_[i]), low, high);
      next_[i] = std::clamp(point_[i] + (stepped - point_[i]) * a + (point_[i] - previous_[i]) * (1 - a), low, high);
    }
    previous_.swap(point_);
    point_.swap(next_);
  }

  void advance_l2(float a) {
    const float scale = static_cast<float>(step_ / (length(Norm::l2, gradient_) + 1e-12));
    for (std::size_t i = 0; i < n_; ++i) next_[i] = point_[i] + scale * gradient_[i];
    hunt_.ball().project(x_, next_);
    for (std::size_t i = 0; i < n_; ++i) next_[i] = point_[i] + (next_[i] - point_[i]) * a + (point_[i] - previous_[i]) * (1 - a);
    hunt_.ball().project(x_, next_);
    previous_.swap(point_);
    point_.swap(next_);
  }

  void advance_l1() {
    const std::size_t kept = std::clamp<std::size_t>(static_cast<std::size_t>(share_ * static_cast<double>(n_)), 1, n_);
    magnitudes_.resize(n_);
    std::transform(gradient_.begin(), gradient_.end(), magnitudes_.begin(), [](float g) { return std::abs(g); });
    std::nth_element(magnitudes_.begin(), magnitudes_.begin() + static_cast<std::ptrdiff_t>(kept - 1), magnitudes_.end(), std::greater<>());
    const float level = magnitudes_[kept - 1];
    std::size_t moved = 0;
    for (const float g : gradient_) moved += std::abs(g) >= level && g != 0;
    const float step = static_cast<float>(step_ / (static_cast<double>(moved) + 1e-10));
    for (std::size_t i = 0; i < n_; ++i) next_[i] = point_[i] + (std::abs(gradient_[i]) >= level ? step * sign(gradient_[i]) : 0.0f);
    hunt_.ball().project(x_, next_);
    previous_.swap(point_);
    point_.swap(next_);
  }

  void sparse_checkpoint() {
    std::size_t changed = 0;
    for (std::size_t i = 0; i < n_; ++i) changed += best_point_[i] != x_[i];
    const double now = static_cast<double>(changed), smallest = epsilon_ / 10;
    share_ = now / static_cast<double>(n_) / 1.5;
    if (now < 0.95 * changed_) {
      step_ = epsilon_;
      to_best();
    } else {
      step_ = std::max(smallest, step_ / 1.5);
    }
    changed_ = now;
  }

  Hunt& hunt_;
  const Loss& loss_;
  int iterations_;
  Random random_;
  std::size_t n_;
  std::span<const float> x_;
  double epsilon_;
  Bounds bounds_{};
  std::vector<float> scores_{}, gradient_{}, point_{}, previous_{}, next_{}, best_point_{}, best_gradient_{}, magnitudes_{};
  double best_ = 0, step_ = 0;
  double share_ = 0.2, changed_ = static_cast<double>(n_);
};

}  // namespace

Search<ApgdResult> apgd(Hunt& hunt, Loss loss, int iterations, Random random) {
  Ascent ascent(hunt, loss, iterations, random);
  co_return co_await ascent.run();
}

}  // namespace duolex::threats::evasion
