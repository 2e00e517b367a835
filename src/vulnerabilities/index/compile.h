// An advisory in the bytes that the index keeps of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vulnerabilities/feeds/advisory.h"

namespace duolex::vulnerabilities::index {

// What a package's blob says about one entry of the record's `affected`.
struct Hot {
  std::string key;    // of the package
  std::string bytes;
};

struct Compiled {
  std::string id, modified;
  std::uint64_t content_hash = 0;
  bool withdrawn = false;
  std::vector<std::string> aliases, upstream, related;
  std::vector<Hot> hot;
  std::string cold;                          // what a finding says beside
  std::vector<std::uint32_t> shared;         // places in `cold` of texts that many records share, in rising order
  std::uint32_t unplaced = 0;                // packages whose ecosystem no component can name; kept, never matched
};

[[nodiscard]] Compiled compile(const Advisory& advisory);

}  // namespace duolex::vulnerabilities::index
