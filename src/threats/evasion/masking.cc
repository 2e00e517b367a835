#include "threats/evasion/masking.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "threats/evasion/apgd.h"
#include "threats/evasion/fab.h"
#include "threats/evasion/square.h"

namespace duolex::threats::evasion {
namespace {

constexpr std::uint32_t for_growth = 0x10000, for_no_bound = 0x20000;
constexpr int growth_iterations = 20;
constexpr double tolerance = 0.02;  // of a loss, relative and absolute: ascent is not exact

struct Trial {
  bool weaker = false, unbroken = false;
};

// As far as any input can be moved within the box.
double whole_box(Norm norm, std::size_t inputs) {
  const double n = static_cast<double>(inputs);
  return norm == Norm::linf ? 1 : norm == Norm::l2 ? std::sqrt(n) : n;
}

Search<bool> try_one(Place place, const Target& target, Ball ball, Sample sample, Effort effort, std::uint64_t seed, Trial& out) {
  const bool cross_entropy = sample.goal.task == Task::classes && target.outputs() >= 2;
  const Loss first{cross_entropy ? Loss::Kind::cross_entropy : Loss::Kind::margin, 0};
  const auto hunt_in = [&](double epsilon) {
    return Hunt(place.desk, place.oracle, target.form(), target.outputs(), {ball.norm, epsilon}, sample.goal, sample.x, seed, sample.number);
  };
  double before = -std::numeric_limits<double>::infinity();
  const double parts[] = {0.25, 0.5, 1};
  for (const double part : parts) {
    Hunt hunt = hunt_in(part * ball.epsilon);
    const ApgdResult r = co_await apgd(hunt, first, std::min(growth_iterations, effort.iterations), hunt.random(for_growth));
    const double reached = hunt.found() ? std::numeric_limits<double>::infinity() : r.best;
    if (std::isnan(reached) || (std::isinf(before) && before > 0 && std::isfinite(reached))) out.weaker = true;
    if (std::isfinite(before) && std::isfinite(reached) && reached < before - tolerance * (1 + std::abs(before))) out.weaker = true;
    before = reached;
  }
  Hunt hunt = hunt_in(whole_box(ball.norm, sample.x.size()));
  co_await apgd(hunt, first, effort.iterations, hunt.random(for_no_bound));
  if (!hunt.found()) co_await apgd(hunt, {Loss::Kind::margin, 0}, effort.iterations, hunt.random(for_no_bound + 1));
  if (!hunt.found() && cross_entropy) {
    std::vector<float> scores(target.outputs());
    co_await hunt.try_scores(sample.x, scores);
    const std::vector<std::size_t> others = rivals(scores, static_cast<std::size_t>(sample.goal.label));
    for (const std::size_t rival : others) {
      if (hunt.found()) break;
      co_await apgd(hunt, {Loss::Kind::towards, rival}, effort.iterations, hunt.random(for_no_bound + 2 + static_cast<std::uint32_t>(rival)));
    }
  }
  out.unbroken = !hunt.found();
  co_return true;
}

std::string count_of(std::size_t n, std::size_t of) { return std::to_string(n) + " of " + std::to_string(of); }

double share(std::size_t n, std::size_t of) { return of == 0 ? 0 : static_cast<double>(n) / static_cast<double>(of); }

}  // namespace

MaskingTrial try_masking(const Target& target, const Ball& ball, const std::vector<Sample>& samples, const Effort& effort, std::uint64_t seed,
                         unsigned threads) {
  MaskingTrial out;
  out.samples = std::min(samples.size(), masking_samples);
  const std::unique_ptr<Oracle> oracle = target.oracle();
  for (std::size_t i = 0; i < out.samples; ++i) {
    std::vector<float> one(target.outputs()), two(target.outputs());
    oracle->scores(samples[i].x.data(), 1, one.data());
    oracle->scores(samples[i].x.data(), 1, two.data());
    out.changing += std::memcmp(one.data(), two.data(), one.size() * sizeof(float)) != 0;
  }
  if (!target.has_gradient()) return out;
  std::vector<Trial> trials(out.samples);
  run_crowd(target, out.samples, threads, [&](Place place, std::size_t i) { return try_one(place, target, ball, samples[i], effort, seed, trials[i]); });
  for (const Trial& t : trials) {
    out.unbroken_without_bound += t.unbroken;
    out.weaker_when_larger += t.weaker;
  }
  return out;
}

std::vector<Sign> masking_signs(const Target& target, const Effort& effort, Norm norm, Task task, const std::vector<SampleResult>& results,
                                const MaskingTrial& trial) {
  std::vector<Sign> signs;
  const auto add = [&](const char* id, bool tested, double value, std::size_t of, double limit, const std::string& meaning) {
    signs.push_back({id, tested, tested && value > limit, value, of, limit, tested ? meaning : "not measured: " + meaning});
  };
  std::size_t correct = 0, zero = 0, by_black_box = 0, white_box_held = 0;
  for (const SampleResult& r : results) {
    correct += r.clean_correct;
    zero += r.zero_gradient;
    by_black_box += r.broken_by == "square";
    white_box_held += r.clean_correct && (r.broken_by.empty() || r.broken_by == "square");
  }
  const std::vector<std::string> names = attacks_of(effort, target, norm, task);
  const bool attacked = !names.empty(), gradients = attacked && target.has_gradient();
  const bool black_box = gradients && std::find(names.begin(), names.end(), "square") != names.end();
  add("zero_gradient", gradients, share(zero, correct), correct, 0.05,
      gradients ? count_of(zero, correct) + " correct samples have a gradient of zero everywhere: an attack by gradients cannot start there"
                : "there is no gradient");
  add("black_box_beats_white_box", black_box, static_cast<double>(by_black_box), white_box_held, 0,
      black_box ? "the search without gradients broke " + count_of(by_black_box, white_box_held) + " samples that the attacks by gradients did not"
                : "no attack without gradients beside one with them in this run");
  add("non_monotone_loss", gradients, share(trial.weaker_when_larger, trial.samples), trial.samples, 0.1,
      gradients ? "on " + count_of(trial.weaker_when_larger, trial.samples) + " samples a larger epsilon reached a lower loss" : "there is no gradient");
  add("unbounded_epsilon_fails", gradients, static_cast<double>(trial.unbroken_without_bound), trial.samples, 0,
      gradients ? count_of(trial.unbroken_without_bound, trial.samples) + " samples were not broken although the whole box was allowed"
                : "there is no gradient");
  add("randomised_output", true, static_cast<double>(trial.changing), trial.samples, 0,
      "the same input twice gave two results on " + count_of(trial.changing, trial.samples) + " samples");
  const std::vector<std::string> flat = target.flat_operators();
  std::string list;
  for (const std::string& op : flat) list += (list.empty() ? "" : ", ") + op;
  add("non_differentiable_operators", target.has_gradient(), static_cast<double>(flat.size()), flat.size(), 0,
      !target.has_gradient() ? "a black box does not show its operators" : flat.empty() ? "none" : "the model contains " + list);
  return signs;
}

}  // namespace duolex::threats::evasion
