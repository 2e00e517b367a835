// The solver, loaded when it is first asked for.
#pragma once

#include "base/result.h"
#include "consistency/prover.h"

namespace duolex::consistency {

// Looks beside the running program, one folder up, and in ../lib/duolex for libduolex_consistency.so.
// Fails with what the system says when it, or the solver it needs, cannot be loaded.
[[nodiscard]] Result<const Prover*> load_prover();

}  // namespace duolex::consistency
