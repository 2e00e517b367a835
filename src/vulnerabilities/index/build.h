// From sources to the bytes of an index.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "vulnerabilities/feeds/signals.h"
#include "vulnerabilities/index/compile.h"

namespace duolex::vulnerabilities::index {

struct BuildReport {
  std::size_t files = 0, other_files = 0;
  std::size_t records = 0;      // in the index
  std::size_t duplicates = 0;   // further copies of an id; the one modified last is kept
  std::size_t withdrawn = 0;
  std::size_t packages = 0;
  std::size_t clusters = 0;
  std::size_t unplaced = 0;     // entries of `affected` for ecosystems that no bill of materials can name
  std::size_t exploited = 0;    // records that a catalogue of exploited vulnerabilities concerns
  std::size_t rejected = 0;
  Diagnostics problems;         // the first thousand of the rejected, by file and line
  std::size_t kev_entries = 0, epss_scores = 0;
  std::string newest;           // when the record changed last was
  std::string kev_version, kev_released, epss_model, epss_date;
};

struct Built {
  std::string bytes;  // the index file
  BuildReport report;
};

// What sources hold, compiled.
struct Gathered {
  std::vector<Compiled> records;
  KevCatalogue kev;
  EpssScores epss;
  BuildReport report;  // of what was read
};
// Fails when a source cannot be read at all.
[[nodiscard]] Result<Gathered> gather(const std::vector<std::string>& sources);

// The same set of records in any order and any files gives the same bytes. Fails when a source cannot be read at all.
[[nodiscard]] Result<Built> build(const std::vector<std::string>& sources);

}  // namespace duolex::vulnerabilities::index
