#include <atomic>

#include "tensor/bounds/certify.h"
#include "threats/campaign/stages.h"
#include "threats/evasion/parallel.h"

namespace duolex::threats::campaign {

namespace bounds = tensor::bounds;

void certify(const Work& work, Findings& out) {
  const Plan& plan = work.plan;
  if (plan.certify.empty() || plan.certify == "smoothing") return;
  const auto refuse = [&](const std::string& why) { out.not_tested.push_back("certification: " + why); };
  if (plan.norm != evasion::Norm::linf) return refuse("proofs are known for linf only");
  if (plan.task != evasion::Task::classes) return refuse("proofs are known for classes only");
  if (!plan.normalisation.mean.empty()) return refuse("the normalisation has to be inside the model");
  if (work.network == nullptr) return refuse("a black box has no weights to prove anything about");
  const auto prepared = bounds::prepare(work.network->network());
  if (!prepared) return refuse(prepared.error().front().message);
  bounds::CertifyOptions options;
  options.method = plan.certify == "bab" ? bounds::Method::branch_and_bound : bounds::Method::crown;
  options.eps = plan.epsilon;
  options.seed = plan.seed;
  // A sample that an attack broke cannot be proven; a wrong one need not.
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < out.results.size(); ++i)
    if (out.results[i].clean_correct && out.results[i].broken_by.empty()) open.push_back(i);
  std::vector<CertifiedSample> found(open.size());
  std::vector<std::unique_ptr<bounds::Certifier>> certifiers;
  for (unsigned i = 0; i < work.threads; ++i) certifiers.push_back(std::make_unique<bounds::Certifier>(*prepared));
  std::atomic<std::size_t> done{0};
  const bool all = evasion::in_parallel(
      open.size(), work.threads,
      [&](unsigned worker, std::size_t i) {
        const evasion::SampleResult& r = out.results[open[i]];
        bounds::CertifyOptions mine = options;
        const double start = work.hooks.seconds ? work.hooks.seconds() : 0;
        mine.out_of_time = [&, start] { return work.stopped() || (work.hooks.seconds && work.hooks.seconds() - start > plan.certify_seconds); };
        const auto row = work.rows.row(r.number);
        const bounds::Certificate c = certifiers[worker]->certify(row.data(), static_cast<std::size_t>(work.rows.labels[r.number]), mine);
        found[i] = {r.number, c.outcome == bounds::Outcome::certified, c.outcome == bounds::Outcome::falsified, c.margin, c.rounding, c.counter_example};
        if (work.hooks.progress) work.hooks.progress("proofs", ++done, open.size());
      },
      [&] { return work.stopped(); });
  if (!all) return refuse("interrupted");
  const auto oracle = work.target.oracle();
  for (std::size_t i = 0; i < open.size(); ++i) {
    evasion::SampleResult& r = out.results[open[i]];
    if (!found[i].falsified) continue;
    // The certifier's counter-example counts when it holds by the measure of every other.
    const evasion::Sample sample = work.rows.sample(plan, r.number);
    const evasion::Ball ball{plan.norm, plan.epsilon};
    std::vector<float> example = found[i].counter_example;
    if (example.size() != sample.x.size()) continue;
    ball.project(sample.x, example);
    if (!verify(*oracle, work.target.outputs(), ball, sample, example)) continue;
    r.broken_by = "certifier";
    r.distance = distance(plan.norm, sample.x, example);
    r.example = std::move(example);
  }
  out.certification_ran = true;
  out.certified = std::move(found);
}

}  // namespace duolex::threats::campaign
