// What a bill of materials suggests about facts. A suggestion counts only once a person has taken it over: a
// library can be there and never be used, so a bill proves presence and never absence.
#pragma once

#include <string>
#include <vector>

#include "rules/rule_base.h"
#include "sbom/sbom.h"

namespace duolex::facts {

struct Proposal {
  std::string fact, value;              // of the rule base; "yes"
  std::string because;                  // the component and what it is, and how many more
  std::vector<std::size_t> components;  // of the bill, in its order
};

// Sorted by fact; one for each fact that the rule base has. Nothing is proposed from what a bill leaves out.
[[nodiscard]] std::vector<Proposal> proposals(const sbom::Sbom& bill, const rules::RuleBase& base);

}  // namespace duolex::facts
