// Which questions still matter for some conclusions: the fewest facts whose answers can settle them,
// and which of all open facts decides most.
#pragma once

#include <vector>

#include "rules/decide.h"

namespace duolex::rules {

struct Questions {
  // A smallest set of facts for which there are answers that leave none of the conclusions unknown,
  // most decisive first.
  std::vector<Index> smallest;
  bool proven_smallest = false;  // no smaller set exists; false: none was found within the search limit
  // Every fact that can still change one of the conclusions, most decisive first.
  std::vector<Index> open;
};

[[nodiscard]] Questions questions(const CompiledLaw& law, const FactValues& facts,
                                  const std::vector<Index>& conclusions);

// Open facts alone, most decisive first: the one whose answers leave the fewest facts open, on average.
[[nodiscard]] std::vector<Index> by_decisiveness(const CompiledLaw& law, const FactValues& facts,
                                                 const std::vector<Index>& conclusions);

}  // namespace duolex::rules
