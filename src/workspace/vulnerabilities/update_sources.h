// The list of sources of `duolex advisories update` (docs/formats/advisory-sources.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace duolex::workspace {

struct AdvisorySource {
  std::string name, url;
  std::string file;                // below the folder; also where a mirror has it
  std::string sha256, sha256_url;  // what the publisher says the bytes are, or where it says so
  std::uint64_t limit = 0;         // bytes
  int minutes = 0;                 // in all
};

[[nodiscard]] Result<std::vector<AdvisorySource>> read_advisory_sources(const std::string& file, const std::string& bytes);

// The list that comes with the program, as it is written.
[[nodiscard]] const std::string& shipped_advisory_sources();

}  // namespace duolex::workspace
