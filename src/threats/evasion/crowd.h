// Many searches on several threads, their questions to the model answered in batches. Which batch a question is in
// depends on chance; the answers do not.
#pragma once

#include <functional>

#include "threats/evasion/hunt.h"

namespace duolex::threats::evasion {

// One thread's place: its access to the target and its desk.
struct Place {
  Desk& desk;
  Oracle& oracle;
};

// Makes search i; what it refers to outlives it.
using MakeSearch = std::function<Search<bool>(Place place, std::size_t i)>;

// Runs searches 0 … count-1 to their end, at most `crowded` at once on each thread. Stops early, leaving searches
// unfinished, once stop() is true; says whether all ended.
bool run_crowd(const Target& target, std::size_t count, unsigned threads, const MakeSearch& make, const std::function<bool()>& stop = {},
               std::size_t crowded = 64);

}  // namespace duolex::threats::evasion
