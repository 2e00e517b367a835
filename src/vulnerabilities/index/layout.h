// Compiled records as the bytes of an index file.
#pragma once

#include <string>
#include <vector>

#include "vulnerabilities/feeds/signals.h"
#include "vulnerabilities/index/build.h"
#include "vulnerabilities/index/compile.h"

namespace duolex::vulnerabilities::index {

// Fills the counts of `report`. `base_hash` is that of the index a delta belongs to.
[[nodiscard]] std::string lay_out(std::vector<Compiled> records, const KevCatalogue& kev, const EpssScores& epss, BuildReport& report,
                                  std::uint64_t base_hash = 0);

}  // namespace duolex::vulnerabilities::index
