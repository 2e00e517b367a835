// Square (Andriushchenko and others, 2020): random search with squares whose size falls by a schedule. Sees scores
// only, no gradient.
#pragma once

#include "threats/evasion/hunt.h"

namespace duolex::threats::evasion {

struct SquareResult {
  int queries = 0;
  double margin = 0;  // the lowest reached
};

Search<SquareResult> square(Hunt& hunt, int queries, Random random);

// Whether square() knows a search for this norm.
[[nodiscard]] bool square_knows(Norm norm);

}  // namespace duolex::threats::evasion
