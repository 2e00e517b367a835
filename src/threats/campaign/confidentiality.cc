#include <cmath>

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

extraction::Result copy_by_answers(const Plan& plan, const extraction::Ask& ask, std::span<const float> rows, std::size_t width, std::size_t classes, const Hooks& hooks,
                                   std::vector<std::string>& not_tested) {
  extraction::Options options;
  options.budgets = plan.extraction;
  options.seed = plan.seed;
  options.confidence = plan.confidence;
  options.stop = hooks.stop;
  if (plan.task == evasion::Task::deviation) options.tolerance = plan.level;
  if (hooks.progress) hooks.progress("copies", 0, plan.extraction.size());
  extraction::Result r = copy_model(ask, rows, width, classes, options);
  if (!r.complete) not_tested.push_back(width != 0 && rows.size() / width < 40 ? "extraction: fewer than 40 rows" : "extraction: interrupted");
  return r;
}

void copy_network(const Work& work, Findings& out) {
  if (work.plan.extraction.empty() || work.stopped()) return;
  const auto oracle = work.target.oracle();
  const std::size_t width = work.rows.form.size();
  std::vector<float> rows;
  for (const std::size_t i : out.picked) rows.insert(rows.end(), work.rows.row(i).begin(), work.rows.row(i).end());
  const extraction::Ask ask = [&](std::span<const float> x, std::span<float> p) {
    oracle->scores(x.data(), 1, p.data());
    if (work.plan.task == evasion::Task::threshold) as_two_classes(work.plan, static_cast<double>(p[0]), p);
    else if (work.plan.task == evasion::Task::classes) to_probabilities(p);
  };
  out.extraction = copy_by_answers(work.plan, ask, rows, width, work.plan.task == evasion::Task::threshold ? 2 : work.target.outputs(), work.hooks, out.not_tested);
}

void disturb(const Work& work, Findings& out) {
  if (!work.plan.availability || work.stopped()) return;
  AvailabilityFinding& a = out.availability;
  const auto oracle = work.target.oracle();
  const std::size_t size = work.rows.form.size();
  const std::pair<const char*, float> odd[] = {{"NaN in one place", NAN}, {"+infinity in one place", INFINITY}, {"-infinity in one place", -INFINITY}, {"1e30 in one place", 1e30f}};
  std::vector<float> x(size), scores(work.target.outputs());
  for (const auto& [name, value] : odd) {
    AvailabilityFinding::Odd o{name, 0, 0};
    for (const std::size_t i : out.picked) {
      if (o.rows == odd_rows) break;
      const auto row = work.rows.row(i);
      std::copy(row.begin(), row.end(), x.begin());
      x[(i * 7919) % size] = value;
      oracle->scores(x.data(), 1, scores.data());
      ++o.rows;
      o.finite += std::all_of(scores.begin(), scores.end(), [](float s) { return std::isfinite(s); });
    }
    a.odd.push_back(o);
  }
  a.tested = true;
  a.unit = "passes";
  a.median_cost = a.worst_seen = a.worst_possible = 1;
  a.note = "the network does the same work for every input; what is answered to a number that is none is what this program's arithmetic gives, another run-time's may differ";
  out.not_tested.push_back("availability: inputs of other shapes and sizes, which the product's own reader meets first");
}

}  // namespace duolex::threats::campaign
