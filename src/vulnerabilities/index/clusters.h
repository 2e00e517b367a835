// Which ids name the same vulnerability, and which records a signal of exploitation concerns.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vulnerabilities/feeds/signals.h"
#include "vulnerabilities/index/compile.h"

namespace duolex::vulnerabilities::index {

enum class Via : std::uint8_t { none, itself, alias, upstream, related };
// As the outputs name it: "id", "aliases", "upstream", "related"; "" for none.
[[nodiscard]] const char* name_of(Via via);

// What concerns a record: the CVE that a catalogue names, and how the record is tied to it.
struct Signals {
  Via exploited_via = Via::none;
  std::string exploited_cve;
  std::string epss_cve;  // the one with the highest score
};

struct Clusters {
  std::vector<std::uint32_t> of_record;            // by record; no_cluster when it has no other name
  std::vector<std::vector<std::string>> ids;       // by cluster, sorted
  std::vector<Signals> signals;                    // by record
};

// The records are sorted by id. Aliases make clusters in both directions; upstream and related lead one way, related
// one step.
[[nodiscard]] Clusters find_clusters(const std::vector<Compiled>& records, const KevCatalogue& kev, const EpssScores& epss);

}  // namespace duolex::vulnerabilities::index
