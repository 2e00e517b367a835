#include <atomic>

#include "threats/campaign/stages.h"
#include "threats/evasion/parallel.h"
#include "threats/evasion/patch.h"

namespace duolex::threats::campaign {
namespace {

constexpr std::uint32_t for_patches = 0x9a7c;

}  // namespace

void stick_patches(const Work& work, Findings& out) {
  const Plan& plan = work.plan;
  if (plan.patch == 0 || work.stopped()) return;
  const evasion::Form& form = work.rows.form;
  if (form.height < 2 || plan.patch > form.height || plan.patch > form.width) {
    out.not_tested.push_back("patches: the inputs are no pictures as large as the patch");
    return;
  }
  std::vector<std::size_t> right;
  for (const evasion::SampleResult& r : out.results)
    if (r.clean_correct) right.push_back(r.number);
  std::vector<std::unique_ptr<evasion::Oracle>> oracles;
  for (unsigned i = 0; i < work.threads; ++i) oracles.push_back(work.target.oracle());
  std::atomic<std::size_t> done{0};
  std::vector<std::optional<evasion::Patched>> found(right.size());
  const bool all = evasion::in_parallel(
      right.size(), work.threads,
      [&](unsigned worker, std::size_t k) {
        const evasion::Sample sample = work.rows.sample(plan, right[k]);
        found[k] = patch(work.target, *oracles[worker], sample.x, sample.goal, {.side = plan.patch}, evasion::Random(plan.seed, right[k], for_patches));
        if (work.hooks.progress) work.hooks.progress("patches", ++done, right.size());
      },
      [&] { return work.stopped(); });
  if (!all) {
    out.not_tested.push_back("patches: interrupted");
    return;
  }
  out.patches = PatchFinding{plan.patch, 0};
  for (std::size_t k = 0; k < right.size(); ++k)
    if (found[k]) out.patches->stuck.push_back({right[k], found[k]->top, found[k]->left, std::move(found[k]->picture), found[k]->margin});
    else ++out.patches->correct;
}

}  // namespace duolex::threats::campaign
