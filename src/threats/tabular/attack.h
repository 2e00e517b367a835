// Attacks on a model of rows through what it answers: no bound, only rows that are tried.
#pragma once

#include <optional>
#include <string>

#include "threats/evasion/random.h"
#include "threats/tabular/search.h"

namespace duolex::threats::tabular {

struct Attacked {
  std::string by{};               // "coordinate", "restarts"; empty: not broken
  std::optional<Example> example{};
  std::size_t tried = 0;          // rows put to the model
};

// "coordinate": from the sample, the one change that hurts most, again and again. "restarts": the same from rows drawn
// within the space. At most `queries` rows are tried for each. What is found is then drawn back towards the sample,
// feature by feature, for as long as it stays wrong.
[[nodiscard]] Attacked attack_row(const Answers& judge, const Space& space, int queries, evasion::Random random);

// The row without the changes that it does not need: still wrong, and no farther.
[[nodiscard]] std::vector<double> without_needless_changes(const Answers& judge, const Space& space, std::vector<double> row);

}  // namespace duolex::threats::tabular
