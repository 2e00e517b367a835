// What a fuzz target checks besides that nothing crashes.
#pragma once

#include <cstdio>
#include <cstdlib>

#include "base/diagnostic.h"

namespace duolex::fuzz {

inline void demand(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

inline void demand_reasons(const Diagnostics& diagnostics) {
  demand(!diagnostics.empty(), "a failure says why");
  for (const Diagnostic& d : diagnostics) demand(!d.message.empty(), "a diagnostic has words");
  demand(!render(diagnostics).empty(), "diagnostics can be shown");
}

}  // namespace duolex::fuzz
