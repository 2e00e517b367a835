// Which components of a bill an advisory concerns, from a glance at them: most have none, and need not be read to say
// so.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "sbom/skim.h"
#include "vulnerabilities/feeds/packages.h"
#include "vulnerabilities/index/index.h"
#include "vulnerabilities/matching/evaluate.h"
#include "vulnerabilities/matching/match.h"

namespace duolex::vulnerabilities {

// What queries_for() makes of a package URL, for the plain ones among them: the number of its type among those, or nothing when the
// URL is none of them, as where its type is a distribution's. `query` is used again from call to call; nothing but key and version is set.
[[nodiscard]] std::optional<std::size_t> plain_query(std::string_view purl, Query& query);

class Glance {
 public:
  static constexpr std::size_t plain_types = 9;

  explicit Glance(index::Index& index);

  // Whether match() has to see the component; else it is counted here as match() would have counted it.
  [[nodiscard]] bool wanted(const sbom::Glimpse& component);
  // To the counts of a match of the others.
  void add_to(Matches& matches) const;

 private:
  bool any_hit();

  index::Index& index_;
  bool files_ = false, cpes_ = false;
  Query query_;
  VersionKeys keys_;
  std::array<bool, plain_types> known_{};
  std::size_t looked_up_ = 0, no_name_ = 0, no_advisories_ = 0;
};

// A bill against the index: the components that may have findings, and the counts over all.
struct ScannedBill {
  sbom::Sbom bill;
  Matches matches;
  bool may_speak = true;  // whether the bill may have statements about vulnerabilities
};
[[nodiscard]] Result<ScannedBill> scan_bill(const std::string& file, const std::string& bytes, index::Index& index);

}  // namespace duolex::vulnerabilities
