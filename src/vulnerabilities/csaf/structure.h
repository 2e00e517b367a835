// The structure of CSAF 2.0 as a table, in the language of docs/formats/sbom.md.
#pragma once

#include "sbom/structure.h"

namespace duolex::vulnerabilities::csaf {

// Compiled at the first call.
[[nodiscard]] const sbom::Structure& structure();

}  // namespace duolex::vulnerabilities::csaf
