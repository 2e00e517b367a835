// What an advisory says about one package, held against all versions of it in the portfolio at once. It says of each
// version what vulnerabilities::evaluate says of that version alone; ranges are answered by binary search.
#pragma once

#include <string_view>
#include <vector>

#include "vulnerabilities/matching/match.h"
#include "vulnerabilities/portfolio/segment.h"

namespace duolex::vulnerabilities::portfolio {

// Versions first … last-1 of a group. Hits of one advisory may overlap; affected tells more than unknown.
struct Hit {
  GroupView group;
  std::uint32_t first = 0, last = 0;
  Status status = Status::unknown;
  Reason::Kind kind = Reason::Kind::interval;
};

// `entry`: of a record, in the bytes that the index keeps of it (index::Hot). Returns false when the blob is broken.
bool evaluate_entry(std::string_view entry, std::string_view package_key, std::string_view package_blob, std::vector<Hit>& hits);

}  // namespace duolex::vulnerabilities::portfolio
