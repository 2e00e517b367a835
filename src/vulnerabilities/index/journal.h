// Which records became known, changed or went when: the answer to "when did we know".
#pragma once

#include <string>

#include "vulnerabilities/index/index.h"

namespace duolex::vulnerabilities::index {

// Lines of JSON (docs/formats/advisory-index.md): one about the new index, then one for each record that differs.
// Without an old index only the first: everything is new then.
[[nodiscard]] std::string journal_of(Index* old, Index& fresh, const std::string& now);

}  // namespace duolex::vulnerabilities::index
