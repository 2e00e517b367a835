// Holds a tree against the structure of its format. Internal to src/sbom.
#pragma once

#include <vector>

#include "sbom/structure.h"
#include "sbom/tree.h"
#include "sbom/validity.h"

namespace duolex::sbom {

inline constexpr std::size_t most_violations = 1000;

void check_json(const Structure& structure, const ObjectShape& object, Value value, std::vector<Violation>& out);

}  // namespace duolex::sbom
