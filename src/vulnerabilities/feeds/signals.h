// Signals of exploitation beside the advisories: CISA's catalogue of known exploited vulnerabilities and EPSS.
#pragma once

#include <map>
#include <string>

#include "base/result.h"

namespace duolex::vulnerabilities {

struct KevEntry {
  std::string added, due;   // days
  bool ransomware = false;  // known use in ransomware campaigns
};

struct KevCatalogue {
  std::string version, released;
  std::map<std::string, KevEntry> entries;  // by CVE id
};

struct EpssScores {
  std::string model, date;  // of the comment line; may be empty
  struct Score {
    std::string probability, percentile;  // decimals as written
  };
  std::map<std::string, Score> scores;  // by CVE id
  Diagnostics rejected;                 // lines that could not be read
};

// The CSV file that FIRST publishes: a comment, a heading, then "cve,epss,percentile". Fails when the heading is
// another.
[[nodiscard]] Result<EpssScores> read_epss(const std::string& file, std::string_view bytes);

}  // namespace duolex::vulnerabilities
