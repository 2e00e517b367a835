// The last release's bills of materials held against an index of advisories.
#pragma once

#include <string>

#include "documents/assessment.h"
#include "workspace/verdict/subject.h"

namespace duolex::workspace {

// `index`: empty: nothing is checked, and the assessment says so. An affected component is an open point (CRA Annex I
// Part I(2)(a)) unless one of the release's VEX documents, or the bill itself, closes it by the day of the assessment; so
// is one of which it cannot be told, and that nothing was checked, which is not known to be nothing. Fails when the index
// or a VEX document cannot be read.
[[nodiscard]] Result<void> add_known_vulnerabilities(const Subject& subject, const std::string& index, documents::Assessment& assessment);

}  // namespace duolex::workspace
