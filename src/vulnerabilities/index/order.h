// Compiled records in the order of the index: by id, of one id the copy to keep first.
#pragma once

#include <vector>

#include "vulnerabilities/index/compile.h"

namespace duolex::vulnerabilities::index {

// Of equal ids the record modified last comes first, and of equals the one with the greater hash.
[[nodiscard]] bool comes_before(const Compiled& a, const Compiled& b);
void sort_records(std::vector<Compiled>& records);
// Sorts what is not sorted yet and keeps one each; returns how many were left out.
std::size_t keep_one_each(std::vector<Compiled>& records);

}  // namespace duolex::vulnerabilities::index
