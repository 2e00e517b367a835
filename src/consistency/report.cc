#include <algorithm>

#include "consistency/prover.h"

namespace duolex::consistency {

const char* name_of(Check check) {
  switch (check) {
    case Check::contradiction: return "contradiction";
    case Check::gap: return "gap";
    case Check::dead: return "dead";
    case Check::idle: return "idle";
    case Check::invariant: return "invariant";
    case Check::ambiguity: return "ambiguity";
    case Check::meeting: return "meeting";
    case Check::undecided: return "undecided";
  }
  return "";
}

bool Report::clear() const {
  return std::none_of(findings.begin(), findings.end(), [](const Finding& f) { return f.failure; });
}

}  // namespace duolex::consistency
