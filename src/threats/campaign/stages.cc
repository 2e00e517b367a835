#include "threats/campaign/stages.h"

#include <algorithm>

namespace duolex::threats::campaign {

void draw_curve(const Work& work, Findings& out) {
  if (work.plan.curve.empty() || !out.complete) return;
  std::vector<double> epsilons = work.plan.curve;
  std::sort(epsilons.begin(), epsilons.end());
  // Who is broken at an epsilon is broken at every larger one.
  std::vector<evasion::Sample> left;
  for (const evasion::SampleResult& r : out.results)
    if (r.clean_correct) left.push_back(work.rows.sample(work.plan, r.number));
  for (const double epsilon : epsilons) {
    if (work.stopped()) return;
    if (work.hooks.progress) work.hooks.progress("curve", out.curve.size(), epsilons.size());
    if (epsilon > 0) {
      const auto results = attack_all(work.target, {work.plan.norm, epsilon}, left, work.plan.effort, work.plan.seed, work.threads, {}, work.hooks.stop);
      std::vector<evasion::Sample> held;
      for (std::size_t i = 0; i < left.size(); ++i) {
        if (!results[i]) return;
        if (results[i]->broken_by.empty()) held.push_back(left[i]);
      }
      left = std::move(held);
    }
    out.curve.push_back({epsilon, left.size()});
  }
}

}  // namespace duolex::threats::campaign
