#include <atomic>

#include "threats/campaign/stages.h"
#include "threats/evasion/parallel.h"

namespace duolex::threats::campaign {
namespace {

constexpr std::uint32_t for_smoothing = 0x5300;

}  // namespace

void smooth_samples(const Work& work, Findings& out) {
  const Plan& plan = work.plan;
  if (plan.certify != "smoothing") return;
  SmoothingFinding& f = out.smoothing;
  const auto refuse = [&](const std::string& why) {
    f.note = why;
    out.not_tested.push_back("randomised smoothing: " + why);
  };
  if (plan.task != evasion::Task::classes) return refuse("it is for classes");
  if (plan.norm != evasion::Norm::l2) return refuse("its radius is one in l2; say --norm l2");
  f.samples.resize(out.results.size());
  std::atomic<std::size_t> done{0};
  std::vector<std::unique_ptr<evasion::Oracle>> oracles;
  for (unsigned i = 0; i < work.threads; ++i) oracles.push_back(work.target.oracle());
  const bool all = evasion::in_parallel(
      out.results.size(), work.threads,
      [&](unsigned worker, std::size_t i) {
        const std::size_t number = out.results[i].number;
        const evasion::Smoothed s = smooth(work.target, *oracles[worker], work.rows.row(number), plan.smoothing, evasion::Random(plan.seed, number, for_smoothing));
        f.samples[i] = {number, s.abstained, !s.abstained && static_cast<double>(s.choice) == work.rows.labels[number], s.radius};
        if (work.hooks.progress) work.hooks.progress("noise", ++done, out.results.size());
      },
      [&] { return work.stopped(); });
  if (!all) return refuse("interrupted");
  f.tested = true;
  f.note = "about the vote over noisy inputs, not about the model alone; each radius is too large with a probability of at most 0.001";
}

}  // namespace duolex::threats::campaign
