#include "threats/evasion/suite.h"

#include <algorithm>
#include <cmath>
#include <mutex>

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

Search<bool> has_zero_gradient(Hunt& hunt, Loss::Kind kind, std::vector<float>& scores) {
  std::vector<float> by_x(hunt.x().size());
  const Loss losses[] = {{kind, 0}, {Loss::Kind::margin, 0}};
  for (const Loss& loss : losses) {
    co_await hunt.try_gradient(hunt.x(), loss, scores, by_x);
    if (all_zero(by_x)) co_return true;
  }
  co_return false;
}

bool classes_for_ratio(const Target& target, Task task) { return task == Task::classes && target.outputs() >= 4; }

Search<bool> run(const std::string& name, Hunt& hunt, const Target& target, const Effort& effort, std::span<const float> clean) {
  const Task task = hunt.goal().task;
  if (name == "apgd-ce" || name == "apgd-margin") {
    const Loss loss{name == "apgd-ce" ? Loss::Kind::cross_entropy : Loss::Kind::margin, 0};
    co_await apgd(hunt, loss, effort.iterations, hunt.random(name == "apgd-ce" ? for_apgd_ce : for_apgd_t - 1));
    co_return hunt.found();
  }
  if (name == "square") {
    co_await square(hunt, effort.queries, hunt.random(for_square));
    co_return hunt.found();
  }
  std::vector<std::size_t> others{0};
  if (task == Task::classes) others = rivals(clean, static_cast<std::size_t>(hunt.goal().label));
  others.resize(std::min(others.size(), effort.targets));
  const Loss::Kind kind = classes_for_ratio(target, task) ? Loss::Kind::ratio_towards : Loss::Kind::towards;
  for (const std::size_t rival : others) {
    if (hunt.found()) break;
    if (name == "fab-t") {
      co_await fab(hunt, rival, effort.iterations);
    } else {
      co_await apgd(hunt, {kind, rival}, effort.iterations, hunt.random(for_apgd_t + static_cast<std::uint32_t>(rival)));
    }
  }
  co_return hunt.found();
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
    if (effort.set == AttackSet::standard && !has_reference(task)) names.push_back("fab-t");
  }
  if ((effort.set == AttackSet::standard || !target.has_gradient()) && square_knows(norm)) names.push_back("square");
  return names;
}

Search<bool> attack(Place place, const Target& target, Ball ball, Sample sample, Effort effort, std::uint64_t seed, SampleResult& out) {
  out.number = sample.number;
  std::vector<double> exact(target.outputs());
  place.oracle.exact_scores(sample.x.data(), 1, exact.data());
  out.finite = std::all_of(exact.begin(), exact.end(), [](double s) { return std::isfinite(s); });
  out.clean_margin = sample.goal.margin(std::span<const double>(exact));
  out.clean_correct = out.finite && !sample.goal.wrong(std::span<const double>(exact));
  const std::vector<std::string> names = attacks_of(effort, target, ball.norm, sample.goal.task);
  if (!out.clean_correct || names.empty()) co_return false;
  Hunt hunt(place.desk, place.oracle, target.form(), target.outputs(), ball, sample.goal, sample.x, seed, sample.number);
  std::vector<float> clean(target.outputs());
  if (target.has_gradient())
    out.zero_gradient = co_await has_zero_gradient(hunt, names.front() == "apgd-ce" ? Loss::Kind::cross_entropy : Loss::Kind::margin, clean);
  for (const std::string& name : names) {
    const bool broken = co_await run(name, hunt, target, effort, clean);
    if (!broken) continue;
    out.broken_by = name;
    out.example = hunt.example();
    out.distance = distance(ball.norm, sample.x, out.example);
    place.oracle.exact_scores(out.example.data(), 1, exact.data());
    out.margin = sample.goal.margin(std::span<const double>(exact));
    break;
  }
  out.refuted = hunt.refuted();
  out.forward_calls = hunt.forward_calls();
  out.gradient_calls = hunt.gradient_calls();
  co_return hunt.found();
}

namespace {

Search<bool> reported(Search<bool> search, const SampleResult& result, bool& done, std::mutex& one_at_a_time,
                      const std::function<void(const SampleResult&)>& ended) {
  const bool broken = co_await search;
  done = true;
  if (ended) {
    const std::scoped_lock lock(one_at_a_time);
    ended(result);
  }
  co_return broken;
}

}  // namespace

std::vector<std::optional<SampleResult>> attack_all(const Target& target, const Ball& ball, const std::vector<Sample>& samples, const Effort& effort,
                                                    std::uint64_t seed, unsigned threads, const std::function<void(const SampleResult&)>& ended,
                                                    const std::function<bool()>& stop) {
  struct Slot {
    SampleResult result;
    bool done = false;
  };
  std::vector<Slot> slots(samples.size());
  std::mutex one_at_a_time;
  const auto make = [&](Place place, std::size_t i) {
    return reported(attack(place, target, ball, samples[i], effort, seed, slots[i].result), slots[i].result, slots[i].done, one_at_a_time, ended);
  };
  run_crowd(target, samples.size(), threads, make, stop);
  std::vector<std::optional<SampleResult>> out(samples.size());
  for (std::size_t i = 0; i < slots.size(); ++i)
    if (slots[i].done) out[i] = std::move(slots[i].result);
  return out;
}

bool verify(Oracle& oracle, std::size_t outputs, const Ball& ball, const Sample& sample, std::span<const float> example) {
  if (example.size() != sample.x.size() || !ball.holds(sample.x, example)) return false;
  std::vector<double> exact(outputs);
  oracle.exact_scores(example.data(), 1, exact.data());
  return sample.goal.wrong(std::span<const double>(exact));
}

}  // namespace duolex::threats::evasion
