// Advisories in the store as they came. Internal to src/workspace.
#pragma once

#include <string>

#include "storage/portfolio_store.h"
#include "vulnerabilities/feeds/advisory.h"

namespace duolex::workspace {

enum class Stored { kept, same, older };
struct StoredAdvisory {
  Stored done = Stored::kept;
  std::int64_t id = 0;
};
// A copy that is older than the one that is there is left out. `document`: the bytes it was read from; empty for one
// from an index.
[[nodiscard]] StoredAdvisory store_advisory(storage::PortfolioStore& store, const vulnerabilities::Advisory& advisory, const std::string& document, const std::string& now);

}  // namespace duolex::workspace
