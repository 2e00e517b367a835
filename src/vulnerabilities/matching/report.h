// A scan's result in words and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "vulnerabilities/matching/match.h"

namespace duolex::vulnerabilities {

// What was scanned against what.
struct Scan {
  const sbom::Sbom* bill = nullptr;
  bool checked = false;        // whether there was advisory data
  std::string index_name;
  std::string index_meta;      // JSON of the index
  Matches matches;
};

[[nodiscard]] std::string component_name(const sbom::Component& component);  // its purl, else its title
[[nodiscard]] nlohmann::ordered_json to_json(const Scan& scan);
[[nodiscard]] std::string to_text(const Scan& scan);
// Known to be exploited, and closed by a statement: never shown without a remark.
[[nodiscard]] bool muted_though_exploited(const Finding& finding);
// How many findings have this status.
[[nodiscard]] std::size_t count(const Matches& matches, Status status);

}  // namespace duolex::vulnerabilities
