#include <algorithm>
#include <cmath>
#include <functional>

#include "threats/campaign/stages.h"

namespace duolex::threats::campaign {
namespace {

constexpr std::size_t odd_rows = 64;

void to_probabilities(std::span<float> z) {
  float most = -INFINITY, sum = 0;
  for (const float v : z) most = std::max(most, v);
  for (float& v : z) sum += v = std::isfinite(most) ? std::exp(v - most) : 1.0f;
  for (float& v : z) v /= sum;
}

}  // namespace

// The decision alone: how sure a score is cannot be told without its scale.
void as_two_classes(const Plan& plan, double score, std::span<float> p) {
  p[1] = score >= plan.level ? 1.0f : 0.0f;
  p[0] = 1 - p[1];
}

extraction::Result copy_by_answers(const Plan& plan, const extraction::Ask& ask, std::span<const float> rows, std::size_t width, std::size_t classes, const tabular::Applied* applied, bool single,
                                   const Hooks& hooks, std::vector<std::string>& not_tested) {
  extraction::Options options;
  options.budgets = plan.extraction;
  options.seed = plan.seed;
  options.confidence = plan.confidence;
  options.stop = hooks.stop;
  if (plan.task == evasion::Task::deviation) options.tolerance = plan.level;
  if (applied != nullptr)
    options.admit = [applied, single](std::span<const float> row, std::span<const float> other, std::span<float> mixture) { tabular::admit(*applied, single, row, other, mixture); };
  if (hooks.progress) hooks.progress("copies", 0, plan.extraction.size());
  extraction::Result r = copy_model(ask, rows, width, classes, options);
  if (!r.complete) not_tested.push_back(width != 0 && rows.size() / width < 40 ? "extraction: fewer than 40 rows" : "extraction: interrupted");
  return r;
}

void copy_network(const Work& work, Findings& out) {
  if (work.plan.extraction.empty() || work.stopped()) return;
  if (has_reference(work.plan.task)) return out.not_tested.push_back("extraction: copies are made of classes and numbers");
  const auto oracle = work.target.oracle();
  const std::size_t width = work.rows.form.size();
  std::vector<float> rows;
  for (const std::size_t i : out.picked) rows.insert(rows.end(), work.rows.row(i).begin(), work.rows.row(i).end());
  const extraction::Ask ask = [&](std::span<const float> x, std::span<float> p) {
    oracle->scores(x.data(), 1, p.data());
    if (work.plan.task == evasion::Task::threshold) as_two_classes(work.plan, static_cast<double>(p[0]), p);
    else if (work.plan.task == evasion::Task::classes) to_probabilities(p);
  };
  out.extraction = copy_by_answers(work.plan, ask, rows, width, work.plan.task == evasion::Task::threshold ? 2 : work.target.outputs(), work.applied, true, work.hooks, out.not_tested);
}

std::vector<std::pair<std::string, Oddity>> broken_rows(const tabular::Applied& applied) {
  std::vector<std::size_t> whole, bounded, grouped;
  for (std::size_t f = 0; f < applied.features.size(); ++f) {
    if (applied.features[f].integer) whole.push_back(f);
    if (applied.features[f].high) bounded.push_back(f);
  }
  for (std::size_t g = 0; g < applied.groups.size(); ++g)
    if (applied.groups[g].members.size() > 1) grouped.push_back(g);
  std::vector<std::pair<std::string, Oddity>> out;
  if (!whole.empty())
    out.emplace_back("a half where the constraints demand whole numbers", [whole](std::size_t number, std::span<float> row) {
      float& v = row[whole[number % whole.size()]];
      v = std::floor(v) + 0.5f;
      return v != std::floor(v);
    });
  if (!bounded.empty())
    out.emplace_back("a value beyond the range of the constraints", [bounded, &applied](std::size_t number, std::span<float> row) {
      const tabular::Rule& r = applied.features[bounded[number % bounded.size()]];
      row[bounded[number % bounded.size()]] = static_cast<float>(*r.high + std::max(1.0, *r.high - r.low.value_or(*r.high)));
      return true;
    });
  if (!grouped.empty())
    out.emplace_back("every 1 of a one-hot group", [grouped, &applied](std::size_t number, std::span<float> row) {
      for (const std::size_t f : applied.groups[grouped[number % grouped.size()]].members) row[f] = 1;
      return true;
    });
  return out;
}

// Inputs that break what is declared are the point here: the constraints say what an honest row is, not what arrives.
void disturb(const Work& work, Findings& out) {
  if (!work.plan.availability || work.stopped()) return;
  AvailabilityFinding& a = out.availability;
  const auto oracle = work.target.oracle();
  const auto* const asked = dynamic_cast<const evasion::AskedTarget*>(&work.target);
  const std::size_t size = work.rows.form.size();
  std::vector<std::pair<std::string, Oddity>> odd;
  for (const auto& [name, value] : {std::pair{"NaN in one place", NAN}, std::pair{"+infinity in one place", INFINITY}, std::pair{"-infinity in one place", -INFINITY}, std::pair{"1e30 in one place", 1e30f}})
    odd.emplace_back(name, [value = value, size](std::size_t number, std::span<float> row) {
      row[(number * 7919) % size] = value;
      return true;
    });
  if (work.applied != nullptr)
    for (auto& broken : broken_rows(*work.applied)) odd.push_back(std::move(broken));
  std::vector<float> scores(work.target.outputs());
  const auto answered = [&](const std::vector<float>& x) {
    if (asked == nullptr) return oracle->scores(x.data(), 1, scores.data()), true;
    const auto answer = asked->try_asking(x.data());
    if (answer) scores = *answer;
    return answer.has_value();
  };
  std::string gone;
  for (const auto& [name, change] : odd) {
    if (!gone.empty()) {
      out.not_tested.push_back("availability, " + name + ": the target answers nothing any more");
      continue;
    }
    AvailabilityFinding::Odd o{name, 0, 0, 0};
    for (const std::size_t i : out.picked) {
      if (o.rows == odd_rows || o.refused != 0) break;
      const std::span<const float> row = work.rows.row(i);
      std::vector<float> x(row.begin(), row.end());
      if (!change(i, x)) continue;
      ++o.rows;
      if (answered(x)) {
        o.finite += std::all_of(scores.begin(), scores.end(), [](float s) { return std::isfinite(s); });
        continue;
      }
      ++o.refused;
      if (!answered({row.begin(), row.end()})) gone = name;  // an honest row is not answered either
    }
    a.odd.push_back(o);
  }
  a.tested = true;
  if (asked == nullptr) {
    a.unit = "passes";
    a.median_cost = a.worst_seen = a.worst_possible = 1;
    a.note = "the network does the same work for every input; what is answered to a number that is none is what this program's arithmetic gives, another run-time's may differ";
  } else {
    a.note = "the work of what can only be asked is not counted; a question that was not answered is the last of its kind; in JSON a number that is none is null";
    out.not_tested.push_back("availability: the work that inputs cause, which a black box does not show");
  }
  if (asked == nullptr && work.network == nullptr) {
    a.unit.clear();
    a.median_cost = a.worst_seen = a.worst_possible = 0;
    a.note = "how much work an input causes is not told by a model in libtorch";
    out.not_tested.push_back("availability: the work that inputs cause, of a model in libtorch");
  }
  if (!gone.empty()) a.note = "after " + gone + " the target answered nothing any more, not even an honest row; " + a.note;
  out.not_tested.push_back("availability: inputs of other shapes and sizes, which the product's own reader meets first");
}

}  // namespace duolex::threats::campaign
