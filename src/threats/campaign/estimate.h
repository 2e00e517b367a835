// What the attacks of a plan cost, before they begin.
#pragma once

#include <functional>
#include <vector>

#include "threats/campaign/campaign.h"

namespace duolex::threats::campaign {

// At most so many passes, from the effort. The time is that of a run in which no sample breaks, with the looks for masked
// gradients: a pass of each kind over this model is made and timed. Whoever breaks early makes it shorter; proofs and
// the other stages are not in it. Without a clock no pass is made.
[[nodiscard]] Estimate estimate(const Plan& plan, const evasion::Target& target, const Rows& rows, const std::vector<evasion::Sample>& samples, unsigned threads,
                                const std::function<double()>& seconds);

}  // namespace duolex::threats::campaign
