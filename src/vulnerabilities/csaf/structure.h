// The structure of CSAF 2.0 as a table, in the language of docs/formats/sbom.md.
#pragma once

#include <string>

#include "sbom/structure.h"

namespace duolex::vulnerabilities::csaf {

// Compiled at the first call.
[[nodiscard]] const sbom::Structure& structure();

// Whether the name of a branch product_version reads as a range (6.1.31).
[[nodiscard]] bool names_a_range(const std::string& version);

}  // namespace duolex::vulnerabilities::csaf
