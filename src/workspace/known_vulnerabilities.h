// The last release's bills of materials held against an index of advisories.
#pragma once

#include <string>

#include "documents/assessment.h"
#include "workspace/subject.h"

namespace duolex::workspace {

// `index`: empty: nothing is checked, and the assessment says so. Each affected component is an open point (CRA
// Annex I Part I(2)(a)). Fails when the index cannot be read.
[[nodiscard]] Result<void> add_known_vulnerabilities(const Subject& subject, const std::string& index, documents::Assessment& assessment);

}  // namespace duolex::workspace
