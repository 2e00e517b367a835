#include "threats/evasion/suite.h"

#include <algorithm>
#include <cmath>

#include "threats/evasion/apgd.h"
#include "threats/evasion/fab.h"
#include "threats/evasion/square.h"

namespace duolex::threats::evasion {
namespace {

// Purposes of random numbers; part of what a seed means, so their values stay.
enum Purpose : std::uint32_t { for_apgd_ce = 1, for_square = 2, for_apgd_t = 0x100 };

bool all_zero(std::span<const float> v) {
  return std::all_of(v.begin(), v.end(), [](float f) { return f == 0; });
}

bool has_zero_gradient(Oracle& oracle, const Target& target, const Sample& sample, Loss::Kind kind) {
  std::vector<float> scores(target.outputs()), by_x(sample.x.size());
  for (const Loss loss : {Loss{kind, 0}, Loss{Loss::Kind::margin, 0}}) {
    oracle.gradient(sample.x, scores, [&](std::span<const float> z, std::span<float> d) { return static_cast<void>(loss.at(sample.goal, z, d)), true; }, by_x);
    if (all_zero(by_x)) return true;
  }
  return false;
}

bool classes_for_ratio(const Target& target, Task task) { return task == Task::classes && target.outputs() >= 4; }

void run(const std::string& name, Hunt& hunt, const Target& target, const Effort& effort) {
  const Task task = hunt.goal().task;
  if (name == "apgd-ce" || name == "apgd-margin") {
    const Loss loss{name == "apgd-ce" ? Loss::Kind::cross_entropy : Loss::Kind::margin, 0};
    apgd(hunt, loss, effort.iterations, hunt.random(name == "apgd-ce" ? for_apgd_ce : for_apgd_t - 1));
    return;
  }
  if (name == "square") {
    square(hunt, effort.queries, hunt.random(for_square));
    return;
  }
  std::vector<std::size_t> rivals = task == Task::classes ? hunt.rivals() : std::vector<std::size_t>{0};
  rivals.resize(std::min(rivals.size(), effort.targets));
  for (const std::size_t rival : rivals) {
    if (hunt.found()) return;
    if (name == "fab-t")
      fab(hunt, rival, effort.iterations);
    else
      apgd(hunt, {classes_for_ratio(target, task) ? Loss::Kind::ratio_towards : Loss::Kind::towards, rival}, effort.iterations,
           hunt.random(for_apgd_t + static_cast<std::uint32_t>(rival)));
  }
}

}  // namespace

const char* name_of(AttackSet set) { return set == AttackSet::none ? "none" : set == AttackSet::apgd_ce ? "apgd-ce" : "standard"; }

std::optional<AttackSet> attack_set_named(const std::string& name) {
  for (const AttackSet s : {AttackSet::none, AttackSet::apgd_ce, AttackSet::standard})
    if (name == name_of(s)) return s;
  return std::nullopt;
}

std::vector<std::string> attacks_of(const Effort& effort, const Target& target, Norm norm, Task task) {
  std::vector<std::string> names;
  if (effort.set == AttackSet::none) return names;
  const bool cross_entropy = task == Task::classes && target.outputs() >= 2;
  if (target.has_gradient()) {
    names.push_back(cross_entropy ? "apgd-ce" : "apgd-margin");
    if (effort.set == AttackSet::standard && cross_entropy) names.push_back(target.outputs() >= 4 ? "apgd-t" : "apgd-margin");
    if (effort.set == AttackSet::standard) names.push_back("fab-t");
  }
  if ((effort.set == AttackSet::standard || !target.has_gradient()) && square_knows(norm)) names.push_back("square");
  return names;
}

SampleResult attack(Oracle& oracle, const Target& target, const Ball& ball, const Sample& sample, const Effort& effort, std::uint64_t seed) {
  SampleResult out;
  out.number = sample.number;
  std::vector<double> exact(target.outputs());
  oracle.exact_scores(sample.x, exact);
  out.finite = std::all_of(exact.begin(), exact.end(), [](double s) { return std::isfinite(s); });
  out.clean_margin = sample.goal.margin(std::span<const double>(exact));
  out.clean_correct = out.finite && !sample.goal.wrong(std::span<const double>(exact));
  const std::vector<std::string> names = attacks_of(effort, target, ball.norm, sample.goal.task);
  if (!out.clean_correct || names.empty()) return out;
  if (target.has_gradient())
    out.zero_gradient = has_zero_gradient(oracle, target, sample, names.front() == "apgd-ce" ? Loss::Kind::cross_entropy : Loss::Kind::margin);
  Hunt hunt(oracle, target.form(), target.outputs(), ball, sample.goal, sample.x, seed, sample.number);
  for (const std::string& name : names) {
    run(name, hunt, target, effort);
    if (!hunt.found()) continue;
    out.broken_by = name;
    out.example = hunt.example();
    out.distance = distance(ball.norm, sample.x, out.example);
    oracle.exact_scores(out.example, exact);
    out.margin = sample.goal.margin(std::span<const double>(exact));
    break;
  }
  out.refuted = hunt.refuted();
  out.forward_calls = hunt.forward_calls();
  out.gradient_calls = hunt.gradient_calls();
  return out;
}

bool verify(Oracle& oracle, std::size_t outputs, const Ball& ball, const Sample& sample, std::span<const float> example) {
  if (example.size() != sample.x.size() || !ball.holds(sample.x, example)) return false;
  std::vector<double> exact(outputs);
  oracle.exact_scores(example, exact);
  return sample.goal.wrong(std::span<const double>(exact));
}

}  // namespace duolex::threats::evasion
