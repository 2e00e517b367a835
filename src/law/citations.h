// Every place of a rule base that cites a provision.
#pragma once

#include <string>
#include <vector>

#include "rules/rule_base.h"

namespace duolex::law {

struct Citation {
  std::string what;                     // "rule", "fact", "state", "day", "ambiguity", "invariant", "warning", …
  std::string id;                       // of that, or its title or text
  const rules::Cite* cite = nullptr;    // into the rule base
  rules::Index text = rules::no_index;  // the one version of an act in which what cites it holds
};

// In the order of the rule base. The rule base must outlive the result.
[[nodiscard]] std::vector<Citation> citations(const rules::RuleBase& base);

}  // namespace duolex::law
