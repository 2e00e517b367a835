// FAB, targeted (Croce and Hein, 2020): looks for the nearest point beyond the boundary to one other class, by steps
// onto the boundary's linearisation, drawn back towards the sample.
#pragma once

#include "threats/evasion/hunt.h"

namespace duolex::threats::evasion {

struct FabResult {
  double nearest = -1;  // distance of the nearest wrong point seen, in single precision; below 0: none
};

Search<FabResult> fab(Hunt& hunt, std::size_t target, int iterations);

}  // namespace duolex::threats::evasion
