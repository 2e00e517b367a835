// Deltas to an index: what some newer records and signals change, as a small segment beside it.
#pragma once

#include <string>

#include "base/result.h"
#include "vulnerabilities/index/build.h"
#include "vulnerabilities/index/index.h"
#include "vulnerabilities/index/journal.h"

namespace duolex::vulnerabilities::index {

struct BuiltDelta {
  std::string bytes;
  BuildReport report;
  std::vector<Change> changes;
};

// The delta that brings the records and signals to the index; no bytes when it would change nothing. The same index and
// the same set of records, in any order, give the same bytes. The report's counts are those of the index with the
// delta; `duplicates` are copies that are not newer than what is there. Without new entries of a catalogue, the changes
// and the count of exploited records are those of the delta's records and of the clusters they have a part in.
[[nodiscard]] Result<BuiltDelta> build_delta(Index& index, Gathered gathered);

// An index that stands alone, of what the index and its deltas hold: the bytes that a build of all their records gives.
[[nodiscard]] Result<Built> merge(Index& index);

}  // namespace duolex::vulnerabilities::index
