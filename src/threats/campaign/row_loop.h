// The rows of a table attacked one by one, on several threads: what trees and networks have alike.
#pragma once

#include <functional>
#include <vector>

#include "threats/campaign/campaign.h"

namespace duolex::threats::campaign {

struct RowAttack {
  std::function<bool(const evasion::SampleResult& before)> still_holds;  // what an interrupted run found in a row
  std::function<Estimate(const std::vector<std::size_t>& rows)> estimate;
  std::function<evasion::SampleResult(unsigned worker, std::size_t row)> attack;
  std::function<bool()> failed{};  // what is asked answers no more, so that what was found last is not known; may be empty
};

// Fills picked, results, settled_before, estimate and complete.
void attack_rows(const Plan& plan, std::size_t rows, unsigned threads, const Hooks& hooks, const std::vector<evasion::SampleResult>& before, const RowAttack& how, Findings& out);

// The mean of 16 calls, 0 without a clock.
[[nodiscard]] double seconds_of(const Hooks& hooks, const std::function<void()>& call);

// Those of the rows that hold out, in their order; nothing when the run was stopped.
[[nodiscard]] std::optional<std::vector<std::size_t>> rows_that_hold(const std::vector<std::size_t>& rows, unsigned threads, const Hooks& hooks,
                                                                     const std::function<bool(unsigned worker, std::size_t row)>& holds);

}  // namespace duolex::threats::campaign
