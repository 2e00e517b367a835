// What becomes of each provision of the ranges that the rule base promises to cover (law/coverage.txt): the duties,
// controls and items that answer it, or why it asks nothing of anybody here.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "law/law.h"

namespace duolex::law {

struct CoveredProvision {
  std::string provision;
  std::vector<std::string> by;  // ids of duties, controls and items; sorted
  std::string reason;           // why it asks for nothing; empty where `by` is not
  bool cited = false;           // by what answers it, so that no line says it
  [[nodiscard]] bool open() const { return by.empty() && reason.empty(); }
};

struct Coverage {
  std::vector<std::string> ranges;
  std::vector<CoveredProvision> provisions;  // in the order of the lists; those that have no parts
};

// Mistakes in the file: provisions, ids or ranges that do not exist, a line for what citations cover already.
[[nodiscard]] Result<Coverage> coverage(const Law& law);

}  // namespace duolex::law
