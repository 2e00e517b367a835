// An attack on a model of rows that has gradients.
#pragma once

#include "threats/evasion/random.h"
#include "threats/evasion/target.h"
#include "threats/tabular/search.h"

namespace duolex::threats::tabular {

struct Ascended {
  std::optional<Example> example{};  // allowed, and wrong by both margins
  bool zero_gradient = false;        // of the margin at the sample, everywhere that can change
  std::uint64_t gradient_calls = 0, forward_calls = 0;
};

// Sixteen ascents at once through the box around the space, from the sample and from drawn points; at each step every
// point is brought to the allowed row beside it (whole numbers, one of a group, within the distance) and tried.
[[nodiscard]] Ascended ascend(const Answers& judge, evasion::Oracle& oracle, std::size_t outputs, const evasion::Goal& goal, const Space& space, int iterations,
                              evasion::Random random);

}  // namespace duolex::threats::tabular
