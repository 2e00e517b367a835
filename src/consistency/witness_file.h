// A witness as a facts file that `duolex decide` takes.
#pragma once

#include <string>

#include "consistency/prover.h"

namespace duolex::consistency {

// First the facts that suffice, then the others. `about` says what it shows; lines of it become comments.
[[nodiscard]] std::string witness_file(const rules::RuleBase& base, const Witness& witness, const std::string& about);

// "product.foss: true, cra.core_function: none": the facts that suffice, on one line.
[[nodiscard]] std::string witness_line(const rules::RuleBase& base, const Witness& witness);

}  // namespace duolex::consistency
