#include "threats/campaign/estimate.h"

#include <algorithm>
#include <cmath>

#include "threats/evasion/masking.h"

namespace duolex::threats::campaign {
namespace {

// For one sample that holds out.
struct Passes {
  double forward = 0, gradient = 0;
};

// `most`: the attack that goes back after each success outside of the ball does so every time; else every second time.
Passes of_attacks(const Plan& plan, const evasion::Target& target, bool most) {
  Passes p;
  const double iterations = plan.effort.iterations;
  const std::vector<std::string> names = attacks_of(plan.effort, target, plan.norm, plan.task);
  if (!names.empty() && target.has_gradient()) p.gradient += 2;  // whether there is one at all
  for (const std::string& name : names) {
    const double targets = name.ends_with("-t") ? static_cast<double>(std::min(plan.effort.targets, std::max<std::size_t>(target.outputs(), 2) - 1)) : 1;
    if (name == "square") p.forward += plan.effort.queries;
    else if (name == "fab-t") p.gradient += targets * (1 + (most ? 2 : 1.5) * iterations);
    else p.gradient += targets * (1 + iterations);
  }
  return p;
}

// Seconds of one call, for as many samples as cost no more together than one.
struct Times {
  double forward = 0, gradient = 0, exact = 0;
};

Times measured(const evasion::Target& target, const Rows& rows, const std::vector<evasion::Sample>& samples, const std::function<double()>& seconds) {
  const auto oracle = target.oracle();
  const std::size_t lanes = target.lanes(), size = target.form().size();
  std::vector<float> x(lanes * size), scores(lanes * target.outputs()), by_x(lanes * size);
  std::vector<double> exact(target.outputs());
  for (std::size_t i = 0; i < lanes; ++i) std::copy_n(rows.row(samples[i % samples.size()].number).begin(), size, x.begin() + static_cast<std::ptrdiff_t>(i * size));
  // The first call of a kind lays out its memory, which the attacks do once.
  const auto second_of_two = [&](const std::function<void()>& pass) {
    pass();
    const double start = seconds();
    pass();
    return seconds() - start;
  };
  Times t;
  t.forward = second_of_two([&] { oracle->scores(x.data(), lanes, scores.data()); });
  if (target.has_gradient()) t.gradient = second_of_two([&] { oracle->gradients(x.data(), lanes, scores.data(), [](std::size_t, auto, std::span<float> d) { d[0] = 1; }, by_x.data()); });
  t.exact = second_of_two([&] { oracle->exact_scores(x.data(), 1, exact.data()); });
  return t;
}

}  // namespace

Estimate estimate(const Plan& plan, const evasion::Target& target, const Rows& rows, const std::vector<evasion::Sample>& samples, unsigned threads,
                  const std::function<double()>& seconds) {
  Estimate out;
  const double n = static_cast<double>(samples.size());
  const double runs = 1 + static_cast<double>(std::count_if(plan.curve.begin(), plan.curve.end(), [](double e) { return e > 0; }));
  const Passes most = of_attacks(plan, target, true), usual = of_attacks(plan, target, false);
  out.forward_passes = n * runs * most.forward;
  out.gradient_passes = n * runs * most.gradient;
  if (!seconds || samples.empty()) return out;
  const Times t = measured(target, rows, samples, seconds);
  // Samples are asked about together, as many as one call takes for the price of one; fewer cost as much, and less than a
  // call each leaves threads without work.
  const auto calls = [&](double of) {
    const double full = std::ceil(of / static_cast<double>(target.lanes()));
    return full / std::min(full, static_cast<double>(threads));
  };
  const double busy = std::min(n, static_cast<double>(threads));
  out.seconds = runs * (calls(n) * (usual.forward * t.forward + usual.gradient * t.gradient) + n * t.exact / busy);
  if (plan.effort.set != evasion::AttackSet::none && target.has_gradient()) {
    // A loss that is watched at three sizes, and an ascent without bound, which is soon there.
    const double tried = std::min(n, static_cast<double>(evasion::masking_samples));
    out.seconds += calls(tried) * (3 * (1 + std::min(20.0, static_cast<double>(plan.effort.iterations))) + 5) * t.gradient;
  }
  return out;
}

}  // namespace duolex::threats::campaign
