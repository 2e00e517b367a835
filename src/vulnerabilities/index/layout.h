// Compiled records as the bytes of a segment: an index that stands alone, or a delta to one.
#pragma once

#include <string>
#include <vector>

#include "vulnerabilities/feeds/signals.h"
#include "vulnerabilities/index/build.h"
#include "vulnerabilities/index/clusters.h"
#include "vulnerabilities/index/compile.h"
#include "vulnerabilities/index/format.h"

namespace duolex::vulnerabilities::index {

// An index that stands alone. One record an id is kept: the one modified last, and of equals the one with the greater
// hash. Fills the counts of `report`.
[[nodiscard]] std::string lay_out(std::vector<Compiled> records, const KevCatalogue& kev, const EpssScores& epss, BuildReport& report);

// What a delta says about the segments before it.
struct DeltaParts {
  std::uint64_t base_hash = 0, previous_hash = 0, first_record = 0;
  Clusters clusters;                    // that records of the delta have a part in, or that they changed
  std::vector<std::uint32_t> replaced;  // records of earlier segments, sorted
  std::vector<Moved> moved;             // sorted by record
  std::vector<std::string> earlier;     // ids in the clusters that are records of earlier segments; sorted
  std::vector<std::string> unnamed;     // aliases that no record states any more
};
// The records are sorted, none twice. `counts` are those of the whole, in the report's place.
[[nodiscard]] std::string lay_out_delta(std::vector<Compiled> records, const KevCatalogue& kev, const EpssScores& epss, DeltaParts parts, BuildReport& counts);

}  // namespace duolex::vulnerabilities::index
