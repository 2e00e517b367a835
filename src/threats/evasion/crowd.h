// Many searches on several threads, their questions to the model answered in batches by whichever thread is free: a
// search goes on where its answer was found, so that no thread is left with more than others. Which batch a question is
// in, and on which thread, depends on chance; the answers do not.
#pragma once

#include <functional>

#include "threats/evasion/hunt.h"

namespace duolex::threats::evasion {

// Where a search asks: the desk of all, and the target by way of the thread that it is on.
struct Place {
  Desk& desk;
  Oracle& oracle;
};

// Makes search i; what it refers to outlives it.
using MakeSearch = std::function<Search<bool>(Place place, std::size_t i)>;

// Runs searches 0 … count-1 to their end, at most `crowded` times `threads` at once. Stops early, leaving searches
// unfinished, once stop() is true; says whether all ended.
bool run_crowd(const Target& target, std::size_t count, unsigned threads, const MakeSearch& make, const std::function<bool()>& stop = {},
               std::size_t crowded = 64);

}  // namespace duolex::threats::evasion
