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
[[nodiscard]] std::string to_json_text(const Scan& scan);
[[nodiscard]] std::string to_text(const Scan& scan);
// "not_affected (vulnerable_code_not_present: ...), said by X at T, FILE:LINE:COLUMN".
[[nodiscard]] std::string in_words(const vex::Statements& all, const vex::Holding& holding);
// Known to be exploited, and closed by a statement: never shown without a remark.
[[nodiscard]] bool muted_though_exploited(const Finding& finding);
// Why a finding is what it is, with what VEX says of it, in one line.
[[nodiscard]] std::string because(const Matches& matches, const Finding& finding);
// "CVSS 3.1 base score 7.8 (HIGH)"; "" where the advisory gives no vector.
[[nodiscard]] std::string score_words(const Finding& finding);
// What the statements that hold for a finding say; it has some.
[[nodiscard]] nlohmann::ordered_json vex_json(const Matches& matches, const Finding& finding);
// A line for each statement that holds for no finding, and for each remark.
[[nodiscard]] std::vector<std::string> vex_lines(const Matches& matches);
// How many findings have this status.
[[nodiscard]] std::size_t count(const Matches& matches, Status status);

}  // namespace duolex::vulnerabilities
