// A tighter bound for ensembles too large to be searched through (after Chen and others, 2019): leaves of different
// trees that no row can reach together are not counted together.
//
// The leaves that a box can reach are boxes themselves. Two trees become one whose leaves are the pairs that meet; again
// and again, for as long as a list stays short. The bound is the sum of the least leaf of each list that is left:
// exact when one is left, and never weaker than Regions::bound.
#pragma once

#include "trees/regions.h"

namespace duolex::trees {

struct CliqueLimits {
  std::size_t pieces = 4096;     // of one list
  std::size_t leaves = 200'000;  // reached in all trees together; beyond it there is no bound
};

struct CliqueBound {
  double least = 0;              // as in Regions::Bound; minus infinity when there is none
  std::size_t lists = 0;         // that were left: 1 is exact
};

[[nodiscard]] CliqueBound clique_bound(const Regions& regions, const Box& box, const Regions::Aim& aim, const CliqueLimits& limits = {});

}  // namespace duolex::trees
