// Auto-PGD (Croce and Hein, 2020): projected gradient ascent with momentum whose step size halves at checkpoints
// when progress stalls; for L1 its sparse variant (Croce and Hein, 2021).
#pragma once

#include "threats/evasion/hunt.h"

namespace duolex::threats::evasion {

struct ApgdResult {
  double start = 0;  // the loss at the first point
  double best = 0;   // the highest loss seen
};

// Ends early when the hunt has found an example.
Search<ApgdResult> apgd(Hunt& hunt, Loss loss, int iterations, Random random);

}  // namespace duolex::threats::evasion
