// Which ids name the same vulnerability, and which records a signal of exploitation concerns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vulnerabilities/index/compile.h"

namespace duolex::vulnerabilities::index {

enum class Via : std::uint8_t { none, itself, alias, upstream, related };
// As the outputs name it: "id", "aliases", "upstream", "related"; "" for none.
[[nodiscard]] const char* name_of(Via via);

struct Clusters {
  std::vector<std::uint32_t> of_record;       // by record; no_cluster when it has no other name
  std::vector<std::vector<std::string>> ids;  // by cluster, sorted
};

// The records are sorted by id. Aliases make clusters in both directions.
[[nodiscard]] Clusters find_clusters(const std::vector<Compiled>& records);

// How records are tied to vulnerabilities. Views of what the caller holds.
struct Ties {
  struct Tie {
    std::uint64_t hash;  // of the id
    std::string_view id;
    std::uint32_t record;
  };
  std::vector<std::string_view> ids;                    // by record
  std::vector<std::uint32_t> clusters;                  // by record, or no_cluster
  std::vector<std::vector<std::string_view>> members;   // by cluster
  std::vector<Tie> upstream, related;                   // in any order
};

// By record, whether one of these is its id, one of its aliases (in both directions, to the end), one of its upstream
// ids (to the end) or one of its related ids (one step).
[[nodiscard]] std::vector<bool> tied_to(Ties ties, const std::vector<std::string>& cves);

}  // namespace duolex::vulnerabilities::index
